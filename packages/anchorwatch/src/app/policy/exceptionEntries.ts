/** The ledger's entries about exceptions. */
import type { JsonObject } from "../../domain/jsonValue.ts";
import type { EntryActor, EntryReference, EntryStack } from "../../ledger/entry/form.ts";
import type { ExceptionExpiredData, ExceptionGrantedData } from "../../ledger/entry/kinds/response.ts";
import type { DriftRecord } from "../../watch/drift.ts";
import type { ExceptionEnd, ExceptionRecord } from "../../watch/exception.ts";
import type { OutboxEntry } from "../../watch/records.ts";

/** What goes on by itself. */
export const POLICY_ACTOR: EntryActor = { type: "system", id: "anchorwatch/policy" };

export interface ExceptionNews {
  readonly id: string;
  readonly exception: ExceptionRecord;
  readonly actor: EntryActor;
  readonly stack: EntryStack;
  /** That it accepts. */
  readonly drift?: Pick<DriftRecord, "entryId" | "address"> | undefined;
  readonly at: Date;
}

export function grantedEntry(news: ExceptionNews): OutboxEntry {
  return entryOf("exception.granted", news, grantedData(news.exception));
}

export function endedEntry(news: ExceptionNews, end: ExceptionEnd): OutboxEntry {
  const { because, id: exception } = news.exception;
  const data: ExceptionExpiredData = {
    cause: end === "expired" ? "time" : end,
    exception,
    ...(because === undefined ? {} : { reason: because.toWellFormed() }),
  };
  return entryOf("exception.expired", news, data);
}

function grantedData(exception: ExceptionRecord): ExceptionGrantedData {
  const { kind: type, id, reason, until } = exception;
  const common = {
    ...{ exception: id, type, reason: reason.toWellFormed() },
    ...(until === undefined ? {} : { until: until.toISOString() }),
  };
  if (exception.kind === "accept") {
    const { digest, evenCritical } = exception;
    return { ...common, ...(/^sha256:[0-9a-f]{64}$/.test(digest) ? { digest } : {}), evenCritical };
  }
  const pattern = wellFormed(exception.pattern);
  return exception.kind === "ignore"
    ? { ...common, pattern, evenCritical: exception.evenCritical }
    : { ...common, pattern, raise: exception.raise };
}

function wellFormed<Given extends object>(texts: Given): Given {
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, String(text).toWellFormed()]),
  ) as Given;
}

function entryOf(
  kind: string,
  { id, actor, stack, drift, exception, at }: ExceptionNews,
  data: object,
): OutboxEntry {
  const refs: readonly EntryReference[] = [
    { type: "exception", id: exception.id },
    ...(drift === undefined || drift.entryId === "" ? [] : [{ type: "drift", id: drift.entryId }]),
  ];
  const entry: JsonObject = {
    id,
    kind,
    time: at.toISOString(),
    actor: { ...actor },
    stack: { ...stack },
    ...(drift === undefined || drift.address === "" ? {} : { address: drift.address.toWellFormed() }),
    refs: refs.map((ref) => ({ ...ref })),
    data: { ...data } as unknown as JsonObject,
  };
  return { id, entry, content: [] };
}
