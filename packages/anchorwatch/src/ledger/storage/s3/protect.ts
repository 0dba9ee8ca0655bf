import { AnchorwatchError } from "../../../domain/errors.ts";
import { cacheControl, servedFile } from "../servedFile.ts";
import type { PutOptions } from "./bucket.ts";
import { type Retention, retainUntil } from "./retention.ts";

/** How an object of the log is served, and until when it cannot be deleted. */
export type Protect = (path: string) => Omit<PutOptions, "condition">;

export function protection(retention: Retention, clock: () => Date): Protect {
  return (path) => {
    const served = servedFile(path);
    if (served === undefined) {
      throw new AnchorwatchError("internal", `The ledger's writer writes ${path}, which no log has`);
    }
    return {
      contentType: served.contentType,
      cacheControl: cacheControl(served),
      retainUntil: retainUntil(retention, clock()),
    };
  };
}

export function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}
