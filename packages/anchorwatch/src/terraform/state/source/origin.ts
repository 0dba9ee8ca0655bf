import { withoutSecrets } from "./address.ts";
import { objectKey } from "./objectKey.ts";
import type { StateSource } from "./source.ts";

/** How errors and reports name the source: without credentials. */
export function originOf(source: StateSource): string {
  switch (source.kind) {
    case "file":
      return source.path;
    case "pull":
      return `the state of ${source.dir}${source.workspace === undefined ? "" : ` (workspace ${source.workspace})`}`;
    case "s3":
      return `s3://${source.bucket}/${objectKey(source)}`;
    case "http":
      return withoutSecrets(source.address);
  }
}
