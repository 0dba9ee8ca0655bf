/** An anchor contradicts the log: nothing more may be signed, and what proves it is kept. */
import { AnchorwatchError } from "../../domain/errors.ts";
import type { Anchor } from "../anchors/anchor.ts";
import { AnchorConflict } from "../anchors/seen.ts";
import { type KeepEvidence, keptSentence } from "./evidence.ts";

export interface EvidenceKeeper {
  readonly keepEvidence: KeepEvidence;
  readonly clock: () => Date;
}

/** The anchor knows another or a longer history. */
export function isConflict(error: unknown): error is AnchorwatchError {
  return error instanceof AnchorwatchError && error.code === "ledger_anchor_conflict";
}

/** The same error, with where the evidence is kept. @param own the checkpoint that the anchor did not take, a signed note */
export async function withEvidence(
  conflict: AnchorwatchError,
  anchor: Anchor,
  own: string,
  { keepEvidence, clock }: EvidenceKeeper,
): Promise<AnchorwatchError> {
  const { code, message, hint = "Do not sign on.", location } = conflict;
  const { reason, seen } =
    conflict instanceof AnchorConflict ? conflict : { reason: "forked" as const, seen: undefined };
  const kept = await keptSentence(keepEvidence, {
    reason,
    own,
    anchor: anchor.name,
    anchored: seen,
    said: message,
    found: clock(),
  });
  const details = { hint: `${hint} ${kept}`, cause: conflict };
  return new AnchorwatchError(code, message, { ...details, ...(location === undefined ? {} : { location }) });
}
