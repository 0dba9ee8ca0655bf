/** Looks at every file of a log's folder. Nothing is changed; a fault does not end it. */
import { type Checkpoint, type LogSource, TlogError, type VerifierKey, verifyLog } from "tlog";
import { folderSource } from "tlog/node";
import { openLog } from "../openLog.ts";
import { speaking } from "../productWords.ts";
import { ContentReferences } from "./contentReferences.ts";
import { lookAtEntries } from "./entriesOf.ts";
import { damage, type Finding, type LedgerHealth, note, withoutPath } from "./finding.ts";
import { lookAtOtherFiles } from "./otherFiles.ts";
import { lookAtTreeFile } from "./treeFile.ts";

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

export interface CheckObserver {
  readonly progress: (done: number, total: number) => void;
  readonly signal: AbortSignal;
}

/** @throws AnchorwatchError `ledger_missing`, `ledger_unreachable`: the folder is no log, or cannot be read */
export async function checkFolder(folder: FolderToCheck, observer: CheckObserver): Promise<LedgerHealth> {
  const { name, path, isWritten } = folder;
  const source = { ...folderSource(path), name };
  const others = await speaking(`The ledger ${name}`, () =>
    lookAtOtherFiles(path, source.list(""), observer.signal),
  );
  const content = new ContentReferences(others.content);
  const { checkpoint, signedBy, ...log } = await lookAtLog(source, folder, content, observer);
  const tree = await lookAtTreeFile(path, checkpoint, isWritten);
  return {
    name,
    size: checkpoint?.size ?? 0,
    files: others.files,
    findings: [...log.findings, ...tree, ...others.findings, ...content.findings()],
    readable: log.readable,
    signedBy,
  };
}

interface LogFindings {
  readonly checkpoint: Checkpoint | undefined;
  readonly signedBy: readonly VerifierKey[];
  readonly findings: readonly Finding[];
  readonly readable: number;
}

async function lookAtLog(
  source: LogSource,
  { keys }: FolderToCheck,
  content: ContentReferences,
  observer: CheckObserver,
): Promise<LogFindings> {
  const signature = await lookAtCheckpoint(source, keys);
  if (signature.kind === "unusable") {
    return { checkpoint: undefined, signedBy: [], findings: [signature.finding], readable: 0 };
  }
  const { trusted, findings } = signature;
  try {
    const verified = await verifyLog(source, {
      keys: trusted,
      signal: observer.signal,
      onProgress: ({ entries, size }) => observer.progress(entries, size),
      onEntries: (first, entries) => {
        for (const [at, bytes] of entries.entries()) content.see(first + at, bytes);
      },
    });
    const { checkpoint, signedBy, others } = verified;
    return { checkpoint, signedBy, findings: [...findings, ...leftovers(others)], readable: checkpoint.size };
  } catch (error) {
    if (!(error instanceof TlogError)) throw error;
    // Now place by place, to tell everything that is wrong and how much is right.
    const log = await openLog(source, { keys: trusted, signal: observer.signal });
    const entry = (index: number, bytes: Uint8Array) => content.see(index, bytes);
    const looked = await lookAtEntries(log, { ...observer, entry });
    const { checkpoint, signedBy } = log;
    const first = looked.findings.some(({ path }) => path === error.location.path)
      ? []
      : [leftoverFault(error)];
    return {
      checkpoint,
      signedBy,
      findings: [...findings, ...looked.findings, ...first],
      readable: looked.readable,
    };
  }
}

type Signature =
  | {
      readonly kind: "usable";
      readonly trusted: readonly VerifierKey[];
      readonly findings: readonly Finding[];
    }
  | { readonly kind: "unusable"; readonly finding: Finding };

/** A signature that cannot be believed is a fault of its own: the tiles are looked at all the same. */
async function lookAtCheckpoint(source: LogSource, keys: readonly VerifierKey[]): Promise<Signature> {
  try {
    await openLog(source, { keys });
    return { kind: "usable", trusted: keys, findings: [] };
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    if (!(cause instanceof TlogError)) throw error;
    if (cause.code === "log_file_missing" && !(await hasEntries(source))) throw error;
    if (/^(note_signature_invalid|note_unsigned|checkpoint_origin_mismatch)$/.test(cause.code)) {
      return {
        kind: "usable",
        trusted: [],
        findings: [damage("checkpoint", cause.message, FALSE_SIGNATURE)],
      };
    }
    return { kind: "unusable", finding: damage("checkpoint", cause.message, NO_CHECKPOINT) };
  }
}

const FALSE_SIGNATURE =
  "Restore the checkpoint from a copy or an anchor. If nothing was restored here lately, ask who changed it.";
const NO_CHECKPOINT =
  "Restore it from a copy or an anchor. Where there is none, remove the file: the next writer signs the tree that .tree names.";

/** Without a checkpoint and without entries it is no log at all. */
async function hasEntries(source: LogSource): Promise<boolean> {
  for await (const _path of source.list?.("tile/entries/") ?? []) return true;
  return false;
}

function leftovers({
  ahead,
  strangers,
}: Awaited<ReturnType<typeof verifyLog>>["others"]): readonly Finding[] {
  return [
    ...ahead.paths.map((path) =>
      note(
        path,
        "it belongs to a larger tree than the checkpoint's",
        "A writer is at work, or died: the next one cleans up.",
      ),
    ),
    ...strangers.paths.map((path) =>
      note(path, "no file of a log", "It is in nobody's way. Remove it if nobody knows what it is for."),
    ),
  ];
}

/** All entries are right, so it is a file that no reader needs. */
function leftoverFault(error: TlogError): Finding {
  return damage(
    error.location.path ?? ".",
    withoutPath(error),
    "Restore it from a copy; where it is a partial tile that a fuller one replaced, remove it.",
  );
}
