/** Which playbooks a step of a drift sets in motion. */
import { isAtLeast, type Severity } from "../../domain/classification.ts";
import type { PlaybookEvent } from "../../domain/playbookEvent.ts";
import type { Routable } from "../routing/route.ts";
import type { Playbook } from "./playbook.ts";

/** A step in the life of a drift, as far as it matters here. */
export interface Moment {
  readonly kind: string;
  /** After it, and after the step before. */
  readonly severity?: Severity;
  readonly before?: Severity;
  /** An exception silences the drift. */
  readonly isExcepted: boolean;
}

/** What silences a drift keeps playbooks quiet as well; that it is over is told all the same. Undefined: nothing that they wait for. */
export function eventOf({ kind, severity, before, isExcepted }: Moment): PlaybookEvent | undefined {
  if (kind === "closed") return "resolved";
  if (isExcepted) return undefined;
  if (kind === "opened" || kind === "reopened" || kind === "rearmed") return "opened";
  const isWorse =
    severity !== undefined && before !== undefined && severity !== before && isAtLeast(severity, before);
  return isWorse ? "escalated" : undefined;
}

/** `problem`: nobody can tell whether the condition holds. */
export type Fitting =
  | { readonly kind: "yes" | "no" }
  | { readonly kind: "problem"; readonly message: string };

export function fits(
  { when }: Playbook,
  drift: Pick<Routable, "severity" | "class" | "labels" | "facts">,
): Fitting {
  const { severity, class: wanted, labels = {}, holds } = when;
  const isMeant =
    (severity === undefined || isAtLeast(drift.severity, severity)) &&
    (wanted === undefined || drift.class === wanted) &&
    Object.entries(labels).every(([name, value]) => drift.labels[name] === value);
  if (!isMeant) return { kind: "no" };
  if (holds === undefined) return { kind: "yes" };
  const outcome = holds(drift.facts());
  if (typeof outcome !== "boolean") return { kind: "problem", message: outcome.problem.message };
  return { kind: outcome ? "yes" : "no" };
}
