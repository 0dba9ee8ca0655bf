/** Whether a deployment may go on: by what it would change, by what drifted meanwhile, and by whether anybody has frozen it. */
import type { SourceLocation } from "../../domain/check.ts";
import type { DeploymentPlan } from "../../domain/plannedChange.ts";
import type { DriftFacts } from "../../policy/facts.ts";
import { byWeight, type GateFinding, type GateOutcome, outcomeOf } from "./gateFinding.ts";
import type { GateSettings } from "./gateSettings.ts";
import { type JudgedBy, judgePlan, unruledTypes } from "./judgePlan.ts";
import type { FreezeAnswer, SyncAnswer } from "./stackAnswer.ts";
import { freezeFindings, syncFindings } from "./syncFindings.ts";

export interface GateQuestion extends Omit<JudgedBy, "others"> {
  readonly stack: DriftFacts["stack"];
  /** Where the code declares a resource, as the forge names the file. */
  readonly sourceOf: (address: string) => SourceLocation | undefined;
  /** Undefined: nobody asked about a plan. */
  readonly plan: DeploymentPlan | undefined;
  readonly sync: SyncAnswer;
  readonly freeze: FreezeAnswer;
}

export interface GateAnswer {
  readonly outcome: GateOutcome;
  readonly stack: string;
  readonly at: Date;
  readonly plan: DeploymentPlan | undefined;
  readonly sync: SyncAnswer;
  readonly freeze: FreezeAnswer;
  /** Types of the plan of which no rule speaks. */
  readonly unruled: readonly string[];
  /** What blocks first. */
  readonly findings: readonly GateFinding[];
}

export function askGate(question: GateQuestion): GateAnswer {
  const { plan, freeze, settings, stack, now } = question;
  const sync = inTime(question.sync, now, settings);
  const drifts = sync.kind === "not_asked" ? [] : sync.drifts;
  const others = drifts.map(({ address, type, verdict, at, by }) => ({
    ...{ address, type, verdict, openedAt: at ?? now },
    ...(by === undefined ? {} : { principal: by }),
  }));
  const findings = [
    ...freezeFindings(freeze),
    ...syncFindings(sync, plan, settings),
    ...(plan === undefined ? [] : judgePlan(plan, { ...question, others })),
  ];
  const placed = findings.map((finding) => withSource(finding, question)).sort(byWeight);
  return {
    outcome: outcomeOf(placed),
    stack: stack.name,
    at: now,
    plan,
    sync,
    freeze,
    unruled: plan === undefined ? [] : unruledTypes(plan, question),
    findings: placed,
  };
}

/** A clock that is behind by this much is no reason to disbelieve a server. */
const MOST_AHEAD_MS = 5 * 60_000;

/** Whoever was asked goes by limits of its own, and those of the repository may be stricter. A time that has not come yet says nothing. */
function inTime(
  sync: SyncAnswer,
  now: Date,
  { maxCheckAgeMs }: Pick<GateSettings, "maxCheckAgeMs">,
): SyncAnswer {
  if (sync.kind !== "known") return sync;
  const ageMs = now.getTime() - sync.asOf.getTime();
  if (ageMs <= maxCheckAgeMs && ageMs >= -MOST_AHEAD_MS) return sync;
  const when = Number.isNaN(ageMs) ? "a time that is none" : sync.asOf.toISOString();
  const why = ageMs > maxCheckAgeMs ? "which is too long ago" : "which has not come yet";
  const because = `the last check that saw all of the stack is of ${when}, ${why}`;
  return { kind: "unknown", because, drifts: sync.drifts };
}

function withSource(finding: GateFinding, { sourceOf }: GateQuestion): GateFinding {
  const source = finding.address === undefined ? undefined : sourceOf(finding.address);
  return source === undefined ? finding : { ...finding, source };
}

/** 0: pass. 2: blocked. 1: nobody can tell, which is never a yes. */
export function gateStatus({ outcome }: Pick<GateAnswer, "outcome">): 0 | 1 | 2 {
  return outcome === "pass" ? 0 : outcome === "blocked" ? 2 : 1;
}
