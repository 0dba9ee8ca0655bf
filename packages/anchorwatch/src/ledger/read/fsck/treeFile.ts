/** Whether `.tree`, which says where a writer goes on, fits the signed checkpoint. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Checkpoint } from "tlog";
import { AnchorwatchError, messageOf } from "../../../domain/errors.ts";
import { hasCode } from "../../storage/directory/storageError.ts";
import type { TreeState } from "../../storage/storage.ts";
import { parseTreeState } from "../../storage/treeState.ts";
import { damage, type Finding, note } from "./finding.ts";

const FILE = ".tree";

export type TreeFile =
  | { readonly kind: "state"; readonly state: TreeState }
  | { readonly kind: "missing" }
  | { readonly kind: "unusable"; readonly finding: Finding };

/** Copies of a log need no such file: its absence is only told of a log that has a private folder, which its writer made. */
export function treeFindings(
  tree: TreeFile,
  checkpoint: Checkpoint | undefined,
  isWritten: boolean,
): readonly Finding[] {
  switch (tree.kind) {
    case "missing":
      return isWritten ? [MISSING] : [];
    case "unusable":
      return [tree.finding];
    case "state":
      return checkpoint === undefined ? [] : compare(tree.state, checkpoint);
  }
}

const MISSING = note(
  FILE,
  "it is missing",
  "The next writer goes on at the signed checkpoint and writes it again.",
);

function compare(state: TreeState, { size, root }: Checkpoint): readonly Finding[] {
  if (state.size < size) {
    const message = `it says that ${state.size} entries are written, and the checkpoint covers ${size}`;
    return [
      note(
        FILE,
        message,
        "An older file was put back here. The next writer goes on at the signed checkpoint.",
      ),
    ];
  }
  if (state.size > size) {
    const more = state.size - size;
    const message = `${more === 1 ? "1 entry is" : `${more} entries are`} written that no checkpoint covers yet`;
    const advice =
      "A writer is at work, or died before it signed: the next one signs them. If an old checkpoint was put back, restore the newest.";
    return [note(FILE, message, advice)];
  }
  if (state.root === Buffer.from(root).toString("base64")) return [];
  const message = "it names another root than the checkpoint of the same size";
  return [damage(FILE, message, "Files of two logs were mixed. Restore the folder from a copy.")];
}

/** Never rejects: what is wrong with the file is a finding. */
export async function readTreeFile(folder: string): Promise<TreeFile> {
  const path = join(folder, FILE);
  try {
    return { kind: "state", state: parseTreeState(await readFile(path), path) };
  } catch (error) {
    if (hasCode(error, "ENOENT")) return { kind: "missing" };
    return { kind: "unusable", finding: unusable(error) };
  }
}

function unusable(error: unknown): Finding {
  if (!(error instanceof AnchorwatchError)) {
    const advice = "Give this user the right to read it, or look as the user who writes the log.";
    return damage(FILE, `it cannot be read: ${messageOf(error)}`, advice);
  }
  const advice =
    "Remove this one file, or restore it from a copy: the signed checkpoint says where to go on.";
  return damage(FILE, "it does not say how far the log is written", advice);
}
