/** What proves that a log was rolled back or forked is kept, where the log itself cannot take it away again. */

import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { messageOf } from "../../domain/errors.ts";
import type { ConflictReason } from "../anchors/seen.ts";
import type { FileLayer } from "../storage/directory/fileLayer.ts";

/** Two checkpoints of one log that cannot both be true. */
export interface Evidence {
  readonly reason: ConflictReason;
  /** What the log itself has. Undefined: nothing at all. */
  readonly own: string | undefined;
  /** Who has seen something else: an anchor, or a file with an earlier checkpoint. */
  readonly anchor: string;
  /** The signed note that it had. Undefined: it contradicts without showing one, as a witness does; `said` is all there is. */
  readonly anchored: string | undefined;
  /** In words, what the contradiction is. */
  readonly said: string;
  readonly found: Date;
}

/** Keeps it and says where. */
export type KeepEvidence = (evidence: Evidence) => Promise<string>;

/**
 * A file for each two checkpoints in that folder, which is made where it is missing. The same two are kept once.
 * @param folder absolute; never inside a log that is served
 * @param unique another text at each call, for temporary names: several may find the same at once
 */
export function evidenceFolder(files: FileLayer, folder: string, unique: () => string): KeepEvidence {
  return async (evidence) => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await files.syncFolder(dirname(folder));
    const path = join(folder, `${evidence.reason}-${digestOf(evidence)}.json`);
    const temporary = join(folder, `.${unique()}`);
    try {
      await writeDurably(files, temporary, new TextEncoder().encode(formatEvidence(evidence)));
      await files.rename(temporary, path);
    } catch (error) {
      // The first error is the one to tell.
      await files.removeFile(temporary).catch(() => undefined);
      throw error;
    }
    await files.syncFolder(folder);
    return path;
  };
}

/**
 * Keeps it, and says in a sentence where. Where that fails, the sentence holds the checkpoints themselves: nothing may come in the way
 * of telling the contradiction.
 */
export async function keptSentence(keep: KeepEvidence, evidence: Evidence): Promise<string> {
  const { own, anchored } = evidence;
  try {
    const path = await keep(evidence);
    return own === undefined || anchored === undefined
      ? `What is known of it is kept in ${path}.`
      : `Both checkpoints are kept in ${path}.`;
  } catch (error) {
    const notes = [own, anchored].filter((note) => note !== undefined);
    return `The evidence could not be kept in a file (${messageOf(error)}). Keep it yourself:\n${notes.join("\n")}`;
  }
}

async function writeDurably(files: FileLayer, path: string, bytes: Uint8Array): Promise<void> {
  const file = await files.create(path);
  try {
    await file.write(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

function digestOf({ own, anchored, anchor }: Evidence): string {
  const both = anchored === undefined ? [own, anchor] : [own, anchored];
  return createHash("sha256").update(JSON.stringify(both)).digest("hex").slice(0, 16);
}

function formatEvidence({ reason, own, anchor, anchored, said, found }: Evidence): string {
  const stored = {
    schema: "anchorwatch.evidence/v1",
    reason,
    found: found.toISOString(),
    said,
    own: own ?? null,
    anchor,
    anchored: anchored ?? null,
  };
  return `${JSON.stringify(stored, undefined, 2)}\n`;
}
