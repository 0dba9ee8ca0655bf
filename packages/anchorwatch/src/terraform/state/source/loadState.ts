import { AnchorwatchError } from "../../../domain/errors.ts";
import { scanState } from "../scanState.ts";
import type { StateFile } from "../stateFile.ts";
import { withoutSecrets } from "./address.ts";
import { readStateFile } from "./file.ts";
import { getHttpState } from "./http.ts";
import { endedByLimit, limitOf } from "./limits.ts";
import { objectKey } from "./objectKey.ts";
import { pullState } from "./pull.ts";
import type { StateSource, StateSurroundings } from "./source.ts";

/**
 * Fetches a state and scans it. Nothing is locked, and nothing is ever written.
 * @throws AnchorwatchError `state_*`; `state_absent` and `state_missing` when nothing was deployed yet
 */
export async function loadState(source: StateSource, surroundings: StateSurroundings): Promise<StateFile> {
  const origin = originOf(source);
  const limit = limitOf(surroundings);
  try {
    return scanState(await fetchState(source, origin, surroundings, limit), origin);
  } catch (error) {
    if (error instanceof AnchorwatchError) throw error;
    throw endedByLimit(origin, limit, surroundings) ?? error;
  }
}

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

async function fetchState(
  source: StateSource,
  origin: string,
  surroundings: StateSurroundings,
  limit: AbortSignal,
): Promise<Buffer> {
  switch (source.kind) {
    case "file":
      return readStateFile(source.path, limit);
    case "pull":
      return pullState(source, origin, surroundings, limit);
    case "s3": {
      // The client of S3 takes a fifth of a small check to load: it is loaded for those who use it.
      const { getS3State } = await import("./s3.ts");
      return getS3State(source, origin, surroundings, limit);
    }
    case "http":
      return getHttpState(source, origin, surroundings, limit);
  }
}
