/** Rules that ignore come from the code, whoever wrote it. What matters most is told all the same: somebody else says what that is. */
import type { Change, Reason, ResourceResult } from "../../domain/check.ts";
import type { Judgement } from "./judge.ts";
import type { WholeValues } from "./whole.ts";

/**
 * Whether what is ignored of it may not be silenced.
 * @param resource with all that differs, `ignoredBy` where a rule would silence that. Only what the provider calls secret is masked, since
 * the same code says what else is: nothing of it is kept or shown
 */
export type MustTell = (resource: ResourceResult, whole: WholeValues) => boolean | Promise<boolean>;

/** The judgement, with what is ignored told after all where that must be. */
export async function told(
  judged: Judgement,
  mustTell: (verdict: "changed" | "deleted", changes: readonly Change[]) => ReturnType<MustTell>,
): Promise<Judgement> {
  const differing = judged.changes.filter(({ informational }) => !informational);
  const isGone = judged.live === null && judged.verdict === "ignored";
  if (!isGone && differing.every(({ ignoredBy }) => ignoredBy === undefined)) return judged;
  const verdict = isGone ? "deleted" : "changed";
  const { reason, changesBySchema, ...rest } = judged;
  const asked = changesBySchema?.().filter(({ informational }) => !informational) ?? differing;
  if (!(await mustTell(verdict, asked))) return judged;
  const despite = isGone && reason !== undefined ? { reason: despiteOf(reason) } : {};
  return { ...rest, ...despite, verdict, changes: judged.changes.map(withoutRule) };
}

/** Nobody is to wonder why his rule does nothing. */
function despiteOf({ message }: Reason): Reason {
  return { code: "told_despite", message: `It is told although it is ${message}: it is critical.` };
}

function withoutRule(change: Change): Change {
  const { ignoredBy, ...rest } = change;
  return ignoredBy === undefined || change.informational ? change : { ...rest, toldDespite: ignoredBy };
}
