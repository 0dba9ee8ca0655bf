/**
 * What one look at a resource makes of the one record of its drift. The rule that everything hangs on: a new state alone closes
 * nothing. What was recorded before the drift must be recorded again, or the code must say what is recorded now.
 */
import type { DriftMark, MarkStanding } from "../domain/driftMark.ts";
import type { Path } from "../domain/path.ts";
import type { DriftEnd, DriftRecord, DriftVerdict } from "./drift.ts";
import type { StateMark } from "./stack.ts";

/** Of a resource, in one check. */
export type Sight =
  | { readonly kind: "drifted"; readonly verdict: DriftVerdict; readonly digest: string }
  | { readonly kind: "in_sync" }
  /** It differs, and only where a rule says so: at these paths. */
  | { readonly kind: "ignored"; readonly paths: readonly Path[] }
  /** The state does not have it any more. `exists`: it runs all the same. `declared`: the code still has it. */
  | { readonly kind: "left_the_state"; readonly exists: boolean; readonly declared: boolean }
  /** It could not be seen: nothing is known, so nothing is closed. */
  | { readonly kind: "unseen" };

export interface Look {
  readonly sight: Sight;
  /** What the record says of each of the known drift's marks; in their order. Empty when nobody asked. */
  readonly standings: readonly MarkStanding[];
  /** When reading began. */
  readonly at: Date;
  readonly state: StateMark;
}

export type Step =
  | { readonly kind: "none" }
  | { readonly kind: "opened" | "reopened" | "updated"; readonly verdict: DriftVerdict }
  /** The state took over what had drifted. */
  | { readonly kind: "absorbed" }
  | { readonly kind: "closed"; readonly end: DriftEnd };

const NONE: Step = { kind: "none" };

export function stepDrift(known: DriftRecord | undefined, look: Look): Step {
  const { sight } = look;
  if (sight.kind === "unseen" || (known !== undefined && look.at < known.seenAt)) return NONE;
  if (known === undefined || known.status === "closed") {
    if (sight.kind === "drifted")
      return { kind: known === undefined ? "opened" : "reopened", verdict: sight.verdict };
    return NONE;
  }
  switch (sight.kind) {
    case "drifted":
      return stepDrifted(known, sight, look);
    case "in_sync":
      return stepInSync(known, look);
    case "ignored":
      return stepIgnored(known, sight, look);
    case "left_the_state":
      return stepLeft(known, sight);
  }
}

/** Part of an open drift may have been absorbed while another part of it still shows: both stay. */
function stepDrifted(
  known: DriftRecord,
  sight: Extract<Sight, { kind: "drifted" }>,
  { standings }: Look,
): Step {
  const verdict = standings.some(isStranger) ? "absorbed" : sight.verdict;
  return known.digest === sight.digest && known.verdict === verdict ? NONE : { kind: "updated", verdict };
}

function stepInSync(known: DriftRecord, look: Look): Step {
  const { standings, state } = look;
  const isSameState = known.state.digest === state.digest;
  // What had drifted before it left the state may come back with the stranger in it.
  if (known.verdict === "unmanaged" && known.marks.length === 0) return { kind: "closed", end: "adopted" };
  if (isSameState && known.verdict !== "absorbed" && known.verdict !== "unmanaged")
    return { kind: "closed", end: "reverted" };
  if (standings.length < known.marks.length || standings.some(isStranger))
    return known.verdict === "absorbed" ? NONE : { kind: "absorbed" };
  const isDeclared = standings.some((standing) => standing === "declared");
  return { kind: "closed", end: isDeclared ? "adopted" : "deployed" };
}

/** A rule silences what it speaks of, and nothing that was absorbed beside it. */
function stepIgnored(known: DriftRecord, { paths }: Extract<Sight, { kind: "ignored" }>, look: Look): Step {
  const beside = [...known.marks.keys()].filter((at) => !isSilenced(known.marks[at], paths));
  if (beside.length === 0) return { kind: "closed", end: "ignored" };
  const marks = known.marks.filter((_, at) => beside.includes(at));
  const standings = look.standings.filter((_, at) => beside.includes(at));
  const step = stepInSync({ ...known, marks }, { ...look, standings });
  const isPartly = marks.length < known.marks.length;
  return step.kind === "closed" && isPartly ? { kind: "closed", end: "ignored" } : step;
}

function isSilenced(mark: DriftMark | undefined, paths: readonly Path[]): boolean {
  return paths.some((path) => mark?.path.every((step, at) => step === path[at]));
}

function stepLeft(
  known: DriftRecord,
  { exists, declared }: Extract<Sight, { kind: "left_the_state" }>,
): Step {
  if (exists) return known.verdict === "unmanaged" ? NONE : { kind: "updated", verdict: "unmanaged" };
  if (!declared) return { kind: "closed", end: "removed" };
  // It was deleted by hand, and the state forgot it; the code never did.
  return known.verdict === "absorbed" ? NONE : { kind: "absorbed" };
}

/** What nobody can decide is no proof that the code says so. */
function isStranger(standing: MarkStanding): boolean {
  return standing === "stranger" || standing === "undecided";
}
