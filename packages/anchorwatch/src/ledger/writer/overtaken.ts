/**
 * Where no lock prevents it, another writer may take the log while this one still finds out how far it is. What looks like a
 * contradiction then is that one's work, and proves nothing.
 */
import type { ErrorCode } from "../../domain/error-codes.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { WriterLease } from "../storage/storage.ts";
import type { KeepEvidence } from "./evidence.ts";

const CONTRADICTIONS: ReadonlySet<ErrorCode> = new Set([
  "ledger_anchor_conflict",
  "ledger_corrupt",
  "ledger_forked",
  "ledger_rolled_back",
]);

/** The error that a start ended with, or `ledger_fenced` when another writer is the reason. */
export async function unlessOvertaken(name: string, lease: WriterLease, error: unknown): Promise<unknown> {
  const contradicts = error instanceof AnchorwatchError && CONTRADICTIONS.has(error.code);
  return !contradicts || (await isHeld(lease)) ? error : overtaken(name, error);
}

/** Keeps nothing that another writer is the reason for. */
export function evidenceWhileHeld(name: string, lease: WriterLease, keep: KeepEvidence): KeepEvidence {
  return async (evidence) => {
    if (await isHeld(lease)) return keep(evidence);
    throw overtaken(name, undefined);
  };
}

/** When nobody can tell, what was found counts. */
function isHeld(lease: WriterLease): Promise<boolean> {
  return lease.isHeld().catch(() => true);
}

function overtaken(name: string, cause: unknown): AnchorwatchError {
  const message = `The ledger ${name} was taken over by another writer; nothing more is written here`;
  const hint = "End one of the two processes. Nothing that was acknowledged is lost.";
  return new AnchorwatchError("ledger_fenced", message, { hint, cause });
}
