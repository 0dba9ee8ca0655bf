/** What is wrong with the tree of a log: first as a whole, and where that fails, place by place. */
import { type Checkpoint, type LogSource, TlogError, type VerifierKey, verifyLog } from "tlog";
import { openLog } from "../openLog.ts";
import { lookAtEntries } from "./entriesOf.ts";
import { damage, type Finding, withoutPath } from "./finding.ts";
import { ahead, lookAtLeftovers, moreAhead } from "./leftovers.ts";

export interface CheckObserver {
  readonly progress: (done: number, total: number) => void;
  readonly signal: AbortSignal;
}

export interface TreeFindings {
  readonly checkpoint: Checkpoint;
  readonly signedBy: readonly VerifierKey[];
  readonly findings: readonly Finding[];
  /** So many entries, from the first, are all right. */
  readonly readable: number;
  /** All entries and tiles agree with one another. */
  readonly agrees: boolean;
}

/** @param onEntry told of every entry that can be read, perhaps twice */
export async function lookAtTree(
  source: LogSource,
  keys: readonly VerifierKey[],
  onEntry: (index: number, bytes: Uint8Array) => void,
  observer: CheckObserver,
): Promise<TreeFindings> {
  const { progress, signal } = observer;
  try {
    const { checkpoint, signedBy, others } = await verifyLog(source, {
      keys,
      signal,
      onProgress: ({ entries, size }) => progress(entries, size),
      onEntries: (first, entries) => {
        for (const [at, bytes] of entries.entries()) onEntry(first + at, bytes);
      },
    });
    const { size: readable } = checkpoint;
    const { paths, count } = others.ahead;
    const findings = [...paths.map(ahead), ...moreAhead(count - paths.length)];
    return { checkpoint, signedBy, findings, readable, agrees: true };
  } catch (error) {
    if (!(error instanceof TlogError)) throw error;
    return await lookAtPlaces(source, keys, onEntry, observer, error);
  }
}

/** To tell everything that is wrong, and how much is right. */
async function lookAtPlaces(
  source: LogSource,
  keys: readonly VerifierKey[],
  onEntry: (index: number, bytes: Uint8Array) => void,
  { progress, signal }: CheckObserver,
  first: TlogError,
): Promise<TreeFindings> {
  const log = await openLog(source, { keys, signal });
  const { checkpoint, signedBy } = log;
  const agrees = first.code === "log_root_mismatch";
  const looked = agrees
    ? { findings: [otherRoot(first)], readable: 0 }
    : await lookAtEntries(log, { progress, signal, entry: onEntry });
  const told = new Set(looked.findings.map(({ path }) => path));
  const leftovers = await lookAtLeftovers(source, checkpoint.size, told, signal);
  const isTold = [...looked.findings, ...leftovers].some(({ path }) => path === first.location.path);
  const findings = [...looked.findings, ...leftovers, ...(isTold ? [] : [treeFault(first)])];
  return { checkpoint, signedBy, findings, readable: looked.readable, agrees };
}

function otherRoot(error: TlogError): Finding {
  const advice =
    "Restore the folder from a copy, or the checkpoint that belongs to these tiles. If nothing was restored here lately, ask who changed it.";
  return damage("checkpoint", withoutPath(error), advice);
}

/** A file of the tree that reading the entries got by without. */
function treeFault(error: TlogError): Finding {
  const advice =
    "Restore this file from a copy of the log. What it holds is computed from entries, so nothing is lost for good.";
  return damage(error.location.path ?? ".", withoutPath(error), advice);
}
