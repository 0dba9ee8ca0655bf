/** One channel, told of what is due, one after the other: a slow one holds up no other. */
import type { Channel } from "../../alerts/channel.ts";
import type { DeliveryRecord } from "../../alerts/records.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import { asWarning } from "../watch/inOurWords.ts";
import { createWake, type Wake } from "../watch/wake.ts";
import type { AlertContext } from "./alertContext.ts";
import type { ChannelSettings } from "./alertSettings.ts";
import { ChannelPace } from "./channelPace.ts";
import { deliverOne, type Outcome } from "./delivering.ts";
import { joinHeld } from "./joinHeld.ts";

export interface ChannelRunOptions {
  readonly context: AlertContext;
  readonly settings: ChannelSettings;
  readonly channel: Channel;
  readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** Until then another form of the same channel may still be at work. */
  readonly after?: Promise<unknown>;
}

export interface ChannelRun {
  /** There may be something to tell. */
  readonly wake: () => void;
  /** Resolves when the signal has ended it. Never rejects. */
  readonly ended: Promise<void>;
}

const AT_ONCE = 100;
/** What nobody woke it for is seen so late. */
const POLL_MS = 10_000;
const RETRY_MS = 1_000;
/** What could not even be put into words is tried again so late. */
const UNSAID_PAUSE_MS = 10 * 60_000;

export function runChannel(options: ChannelRunOptions): ChannelRun {
  const wake = createWake(options.sleep);
  const pace = new ChannelPace(options.settings);
  return { wake: () => wake.wake(), ended: run(options, pace, wake) };
}

async function run(options: ChannelRunOptions, pace: ChannelPace, wake: Wake): Promise<void> {
  const { context, settings, signal, sleep } = options;
  const { deliveries } = context.records;
  await options.after;
  while (!signal.aborted) {
    try {
      const due = await deliveries.due(settings.name, context.now(), AT_ONCE);
      for (const record of await joinHeld(context, due)) await tell(options, pace, record);
      if (due.length === AT_ONCE) continue;
      const next = await deliveries.nextLook(settings.name);
      const inMs = next === undefined ? POLL_MS : next.getTime() - context.now().getTime();
      await wake.wait(Math.min(Math.max(inMs, 0), POLL_MS), signal);
    } catch (error) {
      if (signal.aborted) return;
      context.onWarning(asWarning(error));
      await sleep(RETRY_MS, signal);
    }
  }
}

async function tell(options: ChannelRunOptions, pace: ChannelPace, record: DeliveryRecord): Promise<void> {
  const { context, signal, sleep } = options;
  const now = () => context.now().getTime();
  for (;;) {
    signal.throwIfAborted();
    const waitMs = pace.nextAt(now()) - now();
    if (waitMs <= 0) break;
    await sleep(waitMs, signal);
  }
  const begun = now();
  const outcome = await deliverOrPutOff(options, record);
  if (outcome.kind === "quiet") return;
  pace.begins(begun);
  if (outcome.kind === "sent") pace.worked();
  else if (outcome.isChannels) pace.failed(now(), outcome.afterMs);
}

/** What is told is made of what others chose: should it make this fail, the other alerts are told all the same. */
async function deliverOrPutOff(options: ChannelRunOptions, record: DeliveryRecord): Promise<Outcome> {
  const { context, channel, settings, random, signal } = options;
  try {
    return await deliverOne({ context, channel, quiet: settings.quiet, random, signal }, record);
  } catch (error) {
    if (signal.aborted || (error instanceof AnchorwatchError && error.code.startsWith("database_")))
      throw error;
    context.onWarning(asWarning(error));
    await context.records.deliveries.settle({
      ...{ ...record, looked: record.wanted, failures: record.failures + 1 },
      problem: "what it is to be told failed in a way that nobody expected",
      lookAt: new Date(context.now().getTime() + UNSAID_PAUSE_MS),
    });
    return { kind: "quiet" };
  }
}
