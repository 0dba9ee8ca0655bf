/** Which exceptions speak of a drift. Patterns are people's, and linear to match; what they are matched with may be hostile. */
import { matchesGlob, parseGlob } from "../../compare/glob.ts";
import { ELEMENT, flatSteps, matchesPath, parsePathPattern } from "../../compare/pathPattern.ts";
import { configAddress } from "../../domain/address.ts";
import {
  type Classification,
  type DriftClass,
  type FiredAdjustment,
  type RuleOrigin,
  type Severity,
  worstOf,
} from "../../domain/classification.ts";
import type { Labels } from "../../domain/labels.ts";
import type { Path } from "../../domain/path.ts";
import type { DriftRecord } from "../../watch/drift.ts";
import type {
  AcceptedDrift,
  EscalatedPattern,
  Excepted,
  ExceptionPattern,
  ExceptionRecord,
  IgnoredPattern,
  StandingException,
} from "../../watch/exception.ts";
import { lastToEnd, maySilence } from "../../watch/stepException.ts";

/** A drift with its severity, as exceptions are asked about it. */
export type JudgedDrift = Pick<
  DriftRecord,
  "id" | "address" | "type" | "found" | "digest" | "classification"
>;

/** Those in force for one stack: its own, and those of the operator's file that speak of it. */
export type StackException = ActiveException | StandingException;
type ActiveException = ExceptionRecord & { readonly state: "active" };

export function speaksOfStack(
  { stack, labels = {} }: Pick<StandingException, "stack" | "labels">,
  subject: { readonly name: string; readonly labels?: Labels | undefined },
): boolean {
  if (stack !== undefined && !matchesGlob(parseGlob(stack), subject.name)) return false;
  return Object.entries(labels).every(([name, value]) => subject.labels?.[name] === value);
}

/** What silences it, and until when; of several what ends last. */
export function exceptedBy(
  drift: JudgedDrift,
  exceptions: readonly StackException[],
  now: Date,
): Excepted | undefined {
  const severity = drift.classification?.severity;
  const fit = exceptions.filter(silences).filter((one) => now < one.until && maySilence(one, { severity }));
  const accepted = fit.flatMap((one) => (isAcceptedBy(one, drift) ? [exceptedOf(one)] : []));
  const patterns = fit
    .filter((one) => one.kind === "ignore")
    .filter(({ pattern }) => speaksOf(pattern, drift));
  const whole = patterns.filter(({ pattern }) => pattern.path === undefined).map(exceptedOf);
  return lastToEnd([...accepted, ...whole, ...piecemeal(drift, patterns)]);
}

type Silencing = Extract<StackException, { readonly kind: "accept" | "ignore" }>;

function silences(exception: StackException): exception is Silencing {
  return exception.kind !== "escalate";
}

function isAcceptedBy(exception: Silencing, drift: JudgedDrift): boolean {
  return exception.kind === "accept" && exception.driftId === drift.id && exception.digest === drift.digest;
}

/** Each place that differs is ignored by some of them: it is silent as long as all of these are there. */
function piecemeal(
  drift: JudgedDrift,
  patterns: readonly (IgnoredPattern & { readonly id: string })[],
): readonly Excepted[] {
  const places = placesOf(drift);
  if (places === undefined || places.length === 0) return [];
  const needed: Excepted[] = [];
  for (const place of places) {
    const found = lastToEnd(
      patterns
        .filter(({ pattern }) => pattern.path !== undefined && isAt(pattern.path, place))
        .map(exceptedOf),
    );
    if (found === undefined) return [];
    needed.push(found);
  }
  const [first] = needed.toSorted((one, other) => one.until.getTime() - other.until.getTime());
  return first === undefined ? [] : [first];
}

function exceptedOf({
  id,
  kind,
  until,
}: { readonly id: string } & Pick<AcceptedDrift | IgnoredPattern, "kind" | "until">): Excepted {
  return { id, kind, until };
}

/** With what people say is worse than the rules think. It only ever raises. */
export function escalated(
  classification: Classification,
  drift: JudgedDrift,
  exceptions: readonly StackException[],
  now: Date,
): Classification {
  let { severity, class: ofClass } = classification;
  const adjustments: FiredAdjustment[] = [];
  for (const one of exceptions) {
    if (one.kind !== "escalate" || (one.until !== undefined && now >= one.until)) continue;
    if (!raisesIt(one.pattern, drift)) continue;
    const raised = raisedBy(one, { severity, class: ofClass });
    if (raised.severity === severity && raised.class === ofClass) continue;
    const origin: RuleOrigin = "operator";
    adjustments.push({
      ...{ id: `exception ${one.id}`, origin, from: severity, to: raised.severity },
      ...{ because: one.reason, values: [] },
    });
    ({ severity, class: ofClass } = raised);
  }
  if (adjustments.length === 0) return classification;
  return {
    ...classification,
    ...{ severity, class: ofClass },
    adjustments: [...classification.adjustments, ...adjustments],
  };
}

interface Weight {
  readonly severity: Severity;
  readonly class: DriftClass;
}

function raisedBy({ raise }: EscalatedPattern, { severity, class: ofClass }: Weight): Weight {
  return {
    severity: raise.severity === undefined ? severity : worstOf(severity, raise.severity),
    class: raise.class ?? ofClass,
  };
}

/** One place is enough; and where nobody knows the places, it may be one of them. */
function raisesIt(pattern: ExceptionPattern, drift: JudgedDrift): boolean {
  const { path } = pattern;
  if (!speaksOf(pattern, drift)) return false;
  if (path === undefined) return true;
  return placesOf(drift)?.some((place) => isAt(path, place)) ?? true;
}

function speaksOf(
  { type, address }: ExceptionPattern,
  drift: Pick<DriftRecord, "type" | "address">,
): boolean {
  if (type !== undefined && !matchesGlob(parseGlob(type), drift.type)) return false;
  if (address === undefined) return true;
  const glob = parseGlob(address);
  return matchesGlob(glob, drift.address) || matchesGlob(glob, configAddress(drift.address));
}

interface Place {
  readonly path: Path;
  readonly op?: string;
}

/** Where it differs; undefined: in more places than the record has. */
function placesOf({ found }: Pick<DriftRecord, "found">): readonly Place[] | undefined {
  const data = (found["data"] ?? {}) as {
    readonly changes?: readonly Place[];
    readonly changesInContent?: number;
  };
  return data.changesInContent === undefined ? (data.changes ?? []) : undefined;
}

/** Elements of a set have no position: `ingress[*]` speaks of each. */
function isAt(text: string, { path, op }: Place): boolean {
  const pattern = parsePathPattern(text);
  return (
    matchesPath(pattern, path) || (op !== "replace" && matchesPath(pattern, [...flatSteps(path), ELEMENT]))
  );
}
