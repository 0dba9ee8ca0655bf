/** Looks at every file of a log's folder. Nothing is changed; a fault does not end it. */
import type { LogSource, VerifierKey } from "tlog";
import { openFolder } from "../openFolder.ts";
import { speaking } from "../productWords.ts";
import { type CheckpointFile, lookAtCheckpoint } from "./checkpointFile.ts";
import { ContentReferences } from "./contentReferences.ts";
import { damage, type Finding, type LedgerHealth, type SizeSource } from "./finding.ts";
import { type CheckObserver, lookAtTree, type TreeFindings } from "./logFindings.ts";
import { lookAtOtherFiles } from "./otherFiles.ts";
import { readTreeFile, type TreeFile, treeFindings } from "./treeFile.ts";
import { treeOfTiles, withUnsignedTree } from "./unsignedTree.ts";

export interface FolderToCheck {
  /** For messages. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  /** Keys that may have signed the checkpoint. */
  readonly keys: readonly VerifierKey[];
  /** Whether its writer works on this machine. */
  readonly isWritten: boolean;
}

/** @throws AnchorwatchError `ledger_missing`, `ledger_unreachable`: the folder is no log, or cannot be read */
export async function checkFolder(folder: FolderToCheck, observer: CheckObserver): Promise<LedgerHealth> {
  const { name, path, keys, isWritten } = folder;
  return await speaking(`The ledger ${name}`, async () => {
    const source = openFolder(name, path);
    const tree = await readTreeFile(path);
    const signature = await lookAtCheckpoint(source, keys);
    // Before anything is read: without a checkpoint, entries and .tree it is no log at all.
    const basis = await basisOf(source, signature, tree);
    const content = new ContentReferences();
    const log = await lookAtLog(basis, (index, bytes) => content.see(index, bytes), observer);
    const others = await lookAtOtherFiles(path, observer.signal);
    const signed = basis.by === "checkpoint" ? log?.checkpoint : undefined;
    // Again: a writer who is at work writes it before the checkpoint, which was read meanwhile.
    const written = await readTreeFile(path);
    return {
      name,
      size: log?.checkpoint.size ?? 0,
      sizeBy: basis.by,
      files: others.files,
      findings: [
        ...basis.findings,
        ...(log?.findings ?? []),
        ...treeFindings(written, signed, isWritten),
        ...others.content.damaged,
        ...others.strangers,
        ...content.findings(others.content.whole),
      ],
      readable: log?.readable ?? 0,
      signedBy: log?.signedBy ?? [],
    };
  });
}

/** By what the tree is looked at. */
interface Basis {
  readonly by: SizeSource;
  readonly source: LogSource;
  readonly keys: readonly VerifierKey[];
  readonly findings: readonly Finding[];
}

async function basisOf(source: LogSource, signature: CheckpointFile, tree: TreeFile): Promise<Basis> {
  if (signature.kind === "usable") {
    const { trusted, findings } = signature;
    return { by: "checkpoint", source, keys: trusted, findings };
  }
  const findings = [signature.finding];
  if (tree.kind === "state") {
    return { by: ".tree", source: withUnsignedTree(source, tree.state), keys: [], findings };
  }
  const state = await treeOfTiles(source);
  if (state !== undefined) {
    return { by: "tiles", source: withUnsignedTree(source, state), keys: [], findings };
  }
  if (signature.kind === "missing" && tree.kind === "missing" && !(await hasEntries(source)))
    throw signature.error;
  return { by: "nothing", source, keys: [], findings };
}

async function lookAtLog(
  { by, source, keys }: Basis,
  onEntry: (index: number, bytes: Uint8Array) => void,
  observer: CheckObserver,
): Promise<TreeFindings | undefined> {
  if (by === "nothing") return undefined;
  const log = await lookAtTree(source, keys, onEntry, observer);
  if (by === "checkpoint") return log;
  const findings = log.findings.map((finding) => (finding.path === "checkpoint" ? otherRoot(by) : finding));
  // Nothing is signed: then what agrees with itself is all that can be asked for.
  return { ...log, findings, readable: log.agrees ? log.checkpoint.size : log.readable };
}

/** What the readers say of a checkpoint is about the tree that stood in for it. */
function otherRoot(by: Exclude<SizeSource, "checkpoint" | "nothing">): Finding {
  const message = "all entries and tiles agree with one another, but not with the root that it names";
  const path = by === ".tree" ? by : "tile";
  return damage(path, message, "Files of two logs were mixed. Restore the folder from a copy.");
}

async function hasEntries(source: LogSource): Promise<boolean> {
  for await (const _path of source.list?.("tile/entries/") ?? []) return true;
  return false;
}
