/** What a log's checkpoint is worth. A fault of it is told, and does not keep anybody from looking at the tiles. */
import { type LogSource, TlogError, type VerifierKey } from "tlog";
import { openLog } from "../openLog.ts";
import { damage, type Finding } from "./finding.ts";

export type CheckpointFile =
  /** It says what the tree is. `trusted`: the keys to read it with; none where its signature is false. */
  | {
      readonly kind: "usable";
      readonly trusted: readonly VerifierKey[];
      readonly findings: readonly Finding[];
    }
  | { readonly kind: "unusable"; readonly finding: Finding }
  | { readonly kind: "missing"; readonly finding: Finding; readonly error: unknown };

/** @throws AnchorwatchError only what is no matter of the checkpoint */
export async function lookAtCheckpoint(
  source: LogSource,
  keys: readonly VerifierKey[],
): Promise<CheckpointFile> {
  try {
    await openLog(source, { keys });
    return { kind: "usable", trusted: keys, findings: [] };
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    if (!(cause instanceof TlogError)) throw error;
    const { code, message } = cause;
    switch (code) {
      case "note_signature_invalid":
      case "note_unsigned":
      case "checkpoint_origin_mismatch":
        return { kind: "usable", trusted: [], findings: [damage("checkpoint", message, FALSE_SIGNATURE)] };
      case "log_file_missing":
        return { kind: "missing", finding: damage("checkpoint", "it is missing", MISSING), error };
      case "source_failed":
        return { kind: "unusable", finding: damage("checkpoint", message, NOT_READABLE) };
      default:
        return { kind: "unusable", finding: damage("checkpoint", message, UNUSABLE) };
    }
  }
}

const FALSE_SIGNATURE =
  "Restore the checkpoint from a copy or an anchor. If nothing was restored here lately, ask who changed it.";
const MISSING =
  "Restore it from a copy or an anchor. Where there is none, the next writer signs the tree that .tree names.";
const UNUSABLE =
  "Restore it from a copy or an anchor. Where there is none, remove the file: the next writer signs the tree that .tree names.";
const NOT_READABLE = "Give this user the right to read it; the rest is looked at all the same.";
