/** What proves that a log was rolled back or forked is kept, where the log itself cannot take it away again. */

import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { DurableFiles } from "../storage/directory/durableFiles.ts";
import type { FileLayer } from "../storage/directory/fileLayer.ts";

/** Two checkpoints of one log that cannot both be true. */
export interface Evidence {
  readonly reason: "rolled_back" | "forked";
  /** What the log itself has. Undefined: nothing at all. */
  readonly own: string | undefined;
  /** Name of the anchor, and the signed note that it had. */
  readonly anchor: string;
  readonly anchored: string;
  readonly found: Date;
}

/** Keeps it and says where. */
export type KeepEvidence = (evidence: Evidence) => Promise<string>;

/** A file for each two checkpoints, in `PRIVATE/evidence`. The same two are kept once. */
export function evidenceFolder(files: FileLayer, privateFolder: string): KeepEvidence {
  return async (evidence) => {
    await mkdir(privateFolder, { recursive: true, mode: 0o700 });
    const bytes = new TextEncoder().encode(formatEvidence(evidence));
    const both = createHash("sha256")
      .update(JSON.stringify([evidence.own, evidence.anchored]))
      .digest("hex");
    const path = join(privateFolder, "evidence", `${evidence.reason}-${both.slice(0, 16)}.json`);
    const durable = new DurableFiles(files, privateFolder);
    await durable.clearTemporary();
    await durable.write([{ path, bytes }]);
    return path;
  };
}

function formatEvidence({ reason, own, anchor, anchored, found }: Evidence): string {
  const stored = {
    schema: "anchorwatch.evidence/v1",
    reason,
    found: found.toISOString(),
    own: own ?? null,
    anchor,
    anchored,
  };
  return `${JSON.stringify(stored, undefined, 2)}\n`;
}
