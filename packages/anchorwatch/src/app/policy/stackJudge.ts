/** What the rules, and what people decided, make of a drift of one stack. */
import type { Classification, RuleProblem } from "../../domain/classification.ts";
import type { OtherDrift } from "../../policy/facts.ts";
import type { DriftRecord } from "../../watch/drift.ts";
import type { Excepted, ExceptionRecord, StandingException } from "../../watch/exception.ts";
import type { SeenResource } from "../../watch/seenResource.ts";
import type { WatchedStack } from "../../watch/stack.ts";
import { escalated, exceptedBy, type StackException, speaksOfStack } from "./exceptionMatching.ts";
import { factsOf, stackFacts } from "./facts.ts";
import type { StackPolicy } from "./stackPolicy.ts";

/** What is in force for one stack, besides what people decided by API. */
export interface StackRules {
  readonly policy: StackPolicy;
  /** Those of the operator's file that may speak of it. */
  readonly standing: readonly StandingException[];
  /** What is wrong with rules of its repository; the others count. */
  readonly problems?: readonly RuleProblem[];
  /** This process has not read its repository yet, so what that says is missing. */
  readonly isPartial?: true;
}

export interface JudgeParts extends StackRules {
  readonly stack: Pick<WatchedStack, "name" | "engine" | "labels">;
  /** Its own. */
  readonly exceptions: readonly ExceptionRecord[];
}

export interface StackJudge {
  /** The drift with what is said of it now. A closed one keeps what was said of it last. */
  judged(drift: DriftRecord, seen: SeenResource, others: readonly OtherDrift[], now: Date): DriftRecord;
  /** The same of one to which nothing has happened: where only a part of the rules is known, nothing is taken back. */
  judgedAgain(drift: DriftRecord, seen: SeenResource, others: readonly OtherDrift[], now: Date): DriftRecord;
}

/** In place of the rules' digest: it is judged again as soon as the repository was read. */
const NOT_READ = `sha256:${"f".repeat(64)}`;

export function stackJudge({ stack, policy, standing, exceptions, isPartial }: JudgeParts): StackJudge {
  const inForce: readonly StackException[] = [
    ...exceptions.flatMap((one) => (one.state === "active" ? [{ ...one, state: one.state }] : [])),
    ...standing.filter((one) => speaksOfStack(one, stack)),
  ];
  function saidOf(drift: DriftRecord, seen: SeenResource, others: readonly OtherDrift[], now: Date) {
    const facts = factsOf({
      ...{ stack: stackFacts(stack), resource: resourceOf(drift), verdict: drift.verdict, seen },
      ...{ attributions: drift.attributions, openedAt: drift.openedAt, now, others },
      isBreakGlass: policy.isBreakGlass,
    });
    return { ...policy.classify(facts), policy: policy.digest };
  }
  function withExceptions({ excepted: _, ...drift }: DriftRecord, said: Classification, now: Date) {
    const classified: DriftRecord = { ...drift, classification: escalated(said, drift, inForce, now) };
    const excepted = exceptedBy(classified, inForce, now);
    return excepted === undefined ? classified : { ...classified, excepted };
  }
  const judged: StackJudge["judged"] = (given, seen, others, now) => {
    const { excepted: _, ...drift } = given;
    return drift.status === "closed" ? drift : withExceptions(drift, saidOf(drift, seen, others, now), now);
  };
  return {
    judged,
    judgedAgain(drift, seen, others, now) {
      const { classification: last, status } = drift;
      const isOurs = last === undefined || last.policy === policy.digest;
      if (isPartial !== true || isOurs || status === "closed") return judged(drift, seen, others, now);
      const { againAt: _, ...kept } = last;
      return withExceptions(drift, { ...kept, policy: NOT_READ }, now);
    },
  };
}

type Judged = { readonly classification?: Classification; readonly excepted?: Excepted };

/** Whether every word is the same. */
export function saysTheSame(one: DriftRecord, other: DriftRecord): boolean {
  return told(one) === told(other) && exceptedText(one) === exceptedText(other);
}

/** Whether it matters as much, for the same rules. Sentences and values that go by the clock change all the time, and are no news. */
export function weighsTheSame(one: Judged, other: Judged): boolean {
  return weight(one) === weight(other) && exceptedText(one) === exceptedText(other);
}

/** What is said, as a text. The order of values within it is that of the rules, which is the same for the same rules. */
export function told(subject: { readonly classification?: Classification } | undefined): string {
  const classification = subject?.classification;
  if (classification === undefined) return "";
  const { policy: _, againAt: __, ...rest } = classification;
  return JSON.stringify(rest);
}

function weight({ classification }: Judged): string {
  if (classification === undefined) return "";
  const { class: ofClass, severity, isComplete, rules, adjustments, problems } = classification;
  return JSON.stringify([
    ...[ofClass, severity, isComplete],
    rules.map(({ id, severity: own }) => [id, own]),
    adjustments.map(({ id, from, to }) => [id, from, to]),
    problems.map(({ rule }) => rule),
  ]);
}

function exceptedText({ excepted }: Judged): string {
  return JSON.stringify(excepted ?? null);
}

export function otherOf({ address, type, verdict, attributions, openedAt }: DriftRecord): OtherDrift {
  const principal = attributions[0]?.actor.principal;
  return { address, type, verdict, openedAt, ...(principal === undefined ? {} : { principal }) };
}

function resourceOf({ address, type, found }: DriftRecord) {
  const data = (found["data"] ?? {}) as {
    readonly resource?: { readonly provider?: string; readonly id?: string };
    readonly source?: { readonly file: string; readonly line: number };
  };
  const { provider = "", id = "" } = data.resource ?? {};
  return { address, type, provider, id, ...data.source };
}
