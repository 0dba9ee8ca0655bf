/** The ledger's entry about why a drift matters. */
import { type Classification, problemText } from "../../domain/classification.ts";
import type { JsonObject } from "../../domain/jsonValue.ts";
import { fitting } from "../../ledger/entry/fitting.ts";
import type { EntryActor, EntryReference, EntryStack } from "../../ledger/entry/form.ts";
import type { ClassifiedData } from "../../ledger/entry/kinds/drift.ts";
import type { Excepted } from "../../watch/exception.ts";
import type { OutboxEntry } from "../../watch/records.ts";

export interface ClassifiedNews {
  readonly id: string;
  readonly at: Date;
  readonly classification: Classification;
  readonly excepted?: Excepted | undefined;
  /** Entry that opened it. */
  readonly opened: string;
  readonly checkId?: string;
  readonly stack?: EntryStack;
  readonly address: string;
}

const ACTOR: EntryActor = { type: "system", id: "anchorwatch/policy" };
const MOST = 30;
const LONGEST = 2000;

export function classifiedEntry({
  id,
  at,
  classification,
  excepted,
  opened,
  checkId,
  stack,
  address,
}: ClassifiedNews): OutboxEntry {
  const refs: readonly EntryReference[] = [
    ...(checkId === undefined ? [] : [{ type: "check", id: checkId }]),
    ...(opened === "" ? [] : [{ type: "drift", id: opened }]),
  ];
  const entry: JsonObject = {
    id,
    kind: "drift.classified",
    time: at.toISOString(),
    actor: { ...ACTOR },
    ...(stack === undefined ? {} : { stack: { ...stack } }),
    ...(address === "" ? {} : { address: address.toWellFormed() }),
    refs: refs.map((ref) => ({ ...ref })),
    data: { ...dataOf(classification, excepted) } as unknown as JsonObject,
  };
  return { id, entry, content: [] };
}

function dataOf(said: Classification, excepted: Excepted | undefined): ClassifiedData {
  const {
    class: classification,
    severity,
    isComplete,
    rules,
    adjustments,
    problems,
    fallback,
    policy,
  } = said;
  return {
    classification,
    severity,
    rules: fitting(
      rules.slice(0, MOST).map(({ id: name, explanation, severity: own, origin, values }) => ({
        ...{ name, severity: own, origin, reason: short(explanation) },
        values: values
          .slice(0, MOST)
          .map(({ expression, value }) => ({ expression: short(expression), value: shown(value) })),
      })),
    ),
    controls: [...new Set(rules.flatMap(({ controls }) => controls))].slice(0, MOST).map(short),
    ...(adjustments.length === 0
      ? {}
      : {
          adjustments: adjustments.slice(0, MOST).map(({ id: name, from, to, because }) => ({
            name: short(name),
            from,
            to,
            reason: short(because),
          })),
        }),
    ...(fallback === undefined ? {} : { because: short(fallback.because) }),
    ...(isComplete ? {} : { incomplete: problems.slice(0, MOST).map((one) => short(problemText(one))) }),
    ...(excepted === undefined
      ? {}
      : { excepted: { by: excepted.id, kind: excepted.kind, until: excepted.until.toISOString() } }),
    ...(/^sha256:[0-9a-f]{64}$/.test(policy) ? { policy } : {}),
  };
}

function short(text: string): string {
  return text.slice(0, LONGEST).toWellFormed() || "?";
}

/** As the rule saw it, as text where it is no plain value: an entry holds no tree of somebody else's. */
function shown(value: unknown): string {
  return short(typeof value === "string" ? value : JSON.stringify(value));
}
