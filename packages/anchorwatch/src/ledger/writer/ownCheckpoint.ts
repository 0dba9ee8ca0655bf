/** A checkpoint that claims to be of this log, wherever it was found. */
import { type Checkpoint, openCheckpoint, TlogError, type VerifierKey } from "tlog";
import { AnchorwatchError } from "../../domain/errors.ts";

export interface OwnCheckpoint {
  readonly checkpoint: Checkpoint;
  /** The signed note as it was found. */
  readonly note: string;
}

/**
 * `what` begins the sentence of an error. @throws AnchorwatchError `ledger_checkpoint_invalid` for what is no checkpoint or has a
 * false signature, `ledger_origin_mismatch` for one of another log, `ledger_key_unknown` for one that no known key signed
 */
export async function openOwnCheckpoint(
  note: Uint8Array | string,
  { origin, keys }: { readonly origin: string; readonly keys: readonly VerifierKey[] },
  what: string,
): Promise<OwnCheckpoint> {
  try {
    const { checkpoint } = await openCheckpoint(note, keys, origin);
    return { checkpoint, note: typeof note === "string" ? note : new TextDecoder().decode(note) };
  } catch (error) {
    if (!(error instanceof TlogError)) throw error;
    throw refusal(error, what);
  }
}

function refusal(cause: TlogError, what: string): AnchorwatchError {
  const message = `${what[0]?.toUpperCase()}${what.slice(1)} is not accepted: ${cause.message}`;
  switch (cause.code) {
    case "checkpoint_origin_mismatch":
      return new AnchorwatchError("ledger_origin_mismatch", message, {
        cause,
        hint: "It is another log than was meant. Each log has its own folder, private folder and anchors.",
      });
    case "note_unsigned":
      return new AnchorwatchError("ledger_key_unknown", message, {
        cause,
        hint: "Give the key that this log was signed with, or after a rotation both keys.",
      });
    default:
      return new AnchorwatchError("ledger_checkpoint_invalid", message, {
        cause,
        hint: "The file was damaged or changed. Nothing was signed; restore it from a copy.",
      });
  }
}
