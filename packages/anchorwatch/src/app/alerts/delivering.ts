/** One delivery: what a channel is to be told of one alert now, if anything, told, and what became of it. */
import { hash } from "node:crypto";
import type { Alert } from "../../alerts/alert.ts";
import { type Channel, ChannelFailure, type Delivery, type Reference } from "../../alerts/channel.ts";
import { type Standing, type TellStep, tellingOf, toldNow } from "../../alerts/conversation/telling.ts";
import type { AlertMessage } from "../../alerts/message/message.ts";
import type { DeliveryRecord } from "../../alerts/records.ts";
import { type QuietHours, quietUntil } from "../../alerts/routing/quietHours.ts";
import { messageOf as textOf } from "../../domain/errors.ts";
import type { AlertContext } from "./alertContext.ts";
import { ALERTER, alertEntry } from "./entries.ts";
import { MOST_SHOWN, messageOf, standingOf } from "./message/messageOf.ts";

export interface Delivering {
  readonly context: AlertContext;
  readonly channel: Channel;
  readonly quiet: QuietHours | undefined;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly signal: AbortSignal;
}

/** `quiet`: nothing was to be sent. */
export type Outcome =
  | { readonly kind: "quiet" }
  | { readonly kind: "sent" }
  | { readonly kind: "failed"; readonly afterMs: number | undefined; readonly isChannels: boolean };

/** So long it is tried; a service that is down over a weekend is not waited for any longer. */
const PATIENCE_MS = 24 * 3_600_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 10 * 60_000;
/** Nothing that a channel waits for takes longer. */
const DEADLINE_MS = 30_000;
const GRACE_MS = 2_000;

/** @throws AnchorwatchError `database_*`; or what the signal was aborted with */
export async function deliverOne(delivering: Delivering, record: DeliveryRecord): Promise<Outcome> {
  const { context, channel, signal } = delivering;
  const now = context.now();
  const { lookAt: waited, ...looked } = { ...anew(record), looked: record.wanted };
  const settle = async (change: Partial<DeliveryRecord>): Promise<Outcome> => {
    await context.records.deliveries.settle({ ...looked, ...change });
    return { kind: "quiet" };
  };
  if (record.toldIn !== undefined) return await settle({});
  // It failed, and its time has not come: what is new goes with it then.
  if (record.deadAt === undefined && record.failures > 0 && waited !== undefined && waited > now)
    return await settle({ lookAt: waited });
  const about = await whatToTell(delivering, record);
  const telling = about && tellingOf(record.told, about.standing, channel.updates);
  if (about === undefined || telling === undefined) {
    await context.records.deliveries.settle(nothingToTell(record));
    return { kind: "quiet" };
  }
  const { step, notBefore } = telling;
  if (notBefore !== undefined && notBefore > now) return await settle({ lookAt: notBefore });
  const held = heldUntil(delivering, step, about.message, now);
  if (held !== undefined) return await settle({ lookAt: held, heldSince: record.heldSince ?? now });
  const delivery: Delivery = {
    key: keyOf(record, step, about.standing),
    step,
    message: about.message,
    ...(record.reference === undefined ? {} : { reference: record.reference }),
  };
  let reference: Reference;
  try {
    ({ reference } = await deliverInTime(channel, delivery, signal));
  } catch (error) {
    signal.throwIfAborted();
    return await recordFailure(delivering, looked, delivery, error, about);
  }
  // Should this not be written down, it is sent again, under the same key.
  await recordSent(delivering, { ...looked, reference }, delivery, about);
  return { kind: "sent" };
}

/** What is on its way when this process is to end has a moment to arrive: given up, it would be sent again by the next one. */
async function deliverInTime(channel: Channel, delivery: Delivery, signal: AbortSignal) {
  signal.throwIfAborted();
  const late = new AbortController();
  const onEnding = () =>
    AbortSignal.timeout(GRACE_MS).addEventListener("abort", () => late.abort(signal.reason), { once: true });
  signal.addEventListener("abort", onEnding, { once: true });
  try {
    return await channel.deliver(delivery, AbortSignal.any([late.signal, AbortSignal.timeout(DEADLINE_MS)]));
  } finally {
    signal.removeEventListener("abort", onEnding);
  }
}

interface About {
  readonly alert: Alert;
  readonly message: AlertMessage;
  readonly standing: Standing;
  readonly entryIds: readonly string[];
}

/** Undefined: there is nothing of it that this channel is told of. */
async function whatToTell(
  { context, channel }: Pick<Delivering, "context" | "channel">,
  { alert: id }: DeliveryRecord,
): Promise<About | undefined> {
  const { alerts, deliveries } = context.records;
  const alsoOf = await deliveries.toldWith(id, channel.name);
  const part = { channel: channel.name, alsoOf };
  const alert = await alerts.byId(id);
  const counts = await alerts.countsOf(id, part);
  if (alert === undefined || counts === undefined) return undefined;
  const ids = (await alerts.members(id, part, MOST_SHOWN)).map((member) => member.id);
  const found = new Map((await context.drifts.byIds(ids)).map((one) => [one.drift.id as string, one]));
  const drifts = ids.flatMap((drift) => found.get(drift) ?? []);
  const others = (await Promise.all(alsoOf.map((other) => alerts.byId(other)))).flatMap((one) => one ?? []);
  const whole = counts.open > 0 && others.length > 0 ? toldTogether(alert, others) : alert;
  const parts = { alert: whole, counts, drifts, alerts: 1 + alsoOf.length, origin: context.origin() };
  const message = messageOf(parts);
  return {
    alert,
    message,
    standing: standingOf(parts, message),
    entryIds: drifts.map(({ drift }) => drift.entryId),
  };
}

/** They are over together; and answered only where each that goes on is: what nobody has answered is told. */
function toldTogether(alert: Alert, others: readonly Alert[]): Alert {
  const { acknowledged: _, snoozed: __, ...rest } = alert;
  const open = [alert, ...others].filter(({ status }) => status === "open");
  const { acknowledged, snoozed } = open[0] ?? {};
  return {
    ...{ ...rest, status: "open" },
    ...(acknowledged !== undefined && open.every((one) => one.acknowledged !== undefined)
      ? { acknowledged }
      : {}),
    ...(snoozed !== undefined && open.every((one) => one.snoozed !== undefined) ? { snoozed } : {}),
  };
}

/** What is tried again, since there is something else to tell, has all the time again. */
function anew({ deadAt, failingSince, problem, ...record }: DeliveryRecord): DeliveryRecord {
  if (deadAt !== undefined) return { ...record, failures: 0 };
  return {
    ...record,
    ...(failingSince === undefined ? {} : { failingSince }),
    ...(problem === undefined ? {} : { problem }),
  };
}

/** What could not be delivered stays what it was; what only failed so far is not tried any more, and what fails next has all the time. */
function nothingToTell({ lookAt: _, heldSince: __, ...record }: DeliveryRecord): DeliveryRecord {
  const looked = { ...record, looked: record.wanted };
  if (record.deadAt !== undefined) return looked;
  const { failingSince: ___, problem: ____, ...known } = looked;
  return { ...known, failures: 0 };
}

/** What is critical breaks through; and what was told may end, or be answered, quietly in its place. */
function heldUntil(
  { channel, quiet }: Delivering,
  step: TellStep,
  { severity }: AlertMessage,
  now: Date,
): Date | undefined {
  if (quiet === undefined || severity === "critical") return undefined;
  if (channel.updates && (step === "resolve" || step === "acknowledge")) return undefined;
  return quietUntil(quiet, now);
}

/** Whoever gets it twice knows by this that it is the same: of what begins, whatever it says by then. */
function keyOf({ alert, channel, told }: DeliveryRecord, step: TellStep, { content }: Standing): string {
  const opens = told?.opens ?? 0;
  const which = step === "open" ? ["open", opens + 1] : [step, opens, content];
  return hash("sha256", JSON.stringify([alert, channel, ...which])).slice(0, 32);
}

async function recordSent(
  { context, channel }: Delivering,
  record: DeliveryRecord,
  { step }: Delivery,
  { alert, message, standing, entryIds }: About,
): Promise<void> {
  const at = context.now();
  const { failingSince: _, problem: __, heldSince: ___, ...kept } = record;
  const told = toldNow(record.told, standing, step, at);
  await context.records.transaction(async ({ deliveries, outbox }) => {
    await deliveries.settle({ ...kept, told, failures: 0 });
    // What is changed in place a hundred times is told by the first and the last.
    if (step === "update" && channel.updates && alert.raised === (record.told?.raised ?? 0)) return;
    const data = { ...entryData(channel, alert, message), outcome: "sent" as const, step };
    await outbox.put([
      alertEntry({ id: context.newId(), kind: "alert.sent", at, actor: ALERTER, data, drifts: entryIds }),
    ]);
  });
}

function entryData({ kind, name }: Channel, { id, escalation }: Alert, { severity, total }: AlertMessage) {
  return {
    ...{ channel: kind, recipient: name, alert: id, severity, drifts: total },
    ...(escalation === 0 ? {} : { escalation }),
  };
}

async function recordFailure(
  { context, channel, random }: Delivering,
  record: DeliveryRecord,
  { step }: Delivery,
  error: unknown,
  { alert, message, entryIds }: About,
): Promise<Outcome> {
  const at = context.now();
  const failure = error instanceof ChannelFailure ? error : undefined;
  const problem = failure?.message ?? problemOf(error);
  const failingSince = record.failingSince ?? at;
  const failures = record.failures + 1;
  const isOver = failure?.retry === "never" || at.getTime() - failingSince.getTime() >= PATIENCE_MS;
  const pause =
    Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures - 1, 20)) * (0.75 + random() / 2);
  const lookAt = new Date(at.getTime() + Math.max(pause, failure?.afterMs ?? 0));
  const failed = { ...record, failures, failingSince, problem };
  if (!isOver) await context.records.deliveries.settle({ ...failed, lookAt });
  else {
    context.onWarning({
      code: "channel_failed",
      message: `the channel ${channel.name} could not be told of ${alert.id}: ${problem}`,
      hint: "It is a dead letter: `anchorwatch alerts dead` lists it, `anchorwatch alerts resend` sends it again.",
    });
    await context.records.transaction(async ({ deliveries, outbox }) => {
      await deliveries.settle({ ...failed, deadAt: at });
      const data = {
        ...entryData(channel, alert, message),
        outcome: "failed" as const,
        step,
        message: problem,
      };
      await outbox.put([
        alertEntry({ id: context.newId(), kind: "alert.sent", at, actor: ALERTER, data, drifts: entryIds }),
      ]);
    });
  }
  // What is wrong with one message says nothing of the others.
  return { kind: "failed", afterMs: failure?.afterMs, isChannels: failure?.retry !== "never" };
}

/** Of what no channel should throw, the words may hold an address. */
function problemOf(error: unknown): string {
  if (error instanceof DOMException && error.name === "TimeoutError")
    return `nothing was answered within ${DEADLINE_MS / 1000} s`;
  return `it failed in a way that nobody expected (${textOf(error).length} characters, ${error instanceof Error ? error.name : typeof error})`;
}
