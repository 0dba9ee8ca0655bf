/** Of all processes one tells people: it notices what changed as soon as it is stored, and has each channel told. */
import type { Channel } from "../../alerts/channel.ts";
import type { ChannelParts } from "../../alerts/channels/definition.ts";
import { whileElected } from "../../jobs/election.ts";
import type { Database } from "../../store/connect.ts";
import { asWarning } from "../watch/inOurWords.ts";
import type { Wake } from "../watch/wake.ts";
import type { AlertContext } from "./alertContext.ts";
import type { ChannelSettings } from "./alertSettings.ts";
import { type ChannelRun, runChannel } from "./channelRun.ts";
import { noticeChanges } from "./noticing.ts";
import { passMoments } from "./passing.ts";

export interface AlerterOptions {
  readonly database: Database;
  readonly context: AlertContext;
  /** What channels are opened with. */
  readonly partsOf: (settings: ChannelSettings) => ChannelParts;
  readonly wake: Wake;
  /** Calls back when other settings are in force, until what it returns is called. */
  readonly onSettings: (listener: () => void) => () => void;
  readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  readonly random: () => number;
  readonly signal: AbortSignal;
}

/** What no message told of is seen so late. */
const POLL_MS = 2_000;
const RETRY_MS = 1_000;

/** Until the signal aborts. What goes wrong is told, and tried again for ever. */
export async function runAlerter(options: AlerterOptions): Promise<void> {
  const { database, context, signal, sleep } = options;
  const onProblem = (problem: unknown) => context.onWarning(asWarning(problem));
  while (!signal.aborted) {
    try {
      await whileElected(database, "alerts", (elected) => work(options, elected), { signal, onProblem });
    } catch (error) {
      if (signal.aborted) return;
      onProblem(error);
      await sleep(RETRY_MS, signal);
    }
  }
}

async function work(options: AlerterOptions, elected: AbortSignal): Promise<void> {
  const { context, wake, onSettings } = options;
  const channels = new OpenChannels(options, elected);
  const leave = onSettings(() => {
    channels.renew();
    wake.wake();
  });
  try {
    channels.renew();
    while (!elected.aborted) {
      await channels.buryOthers();
      for (;;) {
        if ((await noticeChanges(context)) === 0 || elected.aborted) break;
        channels.wake();
      }
      while ((await passMoments(context)) > 0) if (elected.aborted) break;
      channels.wake();
      const next = await context.records.alerts.nextMoment();
      const inMs = next === undefined ? POLL_MS : next.getTime() - context.now().getTime();
      await wake.wait(Math.min(Math.max(inMs, 0), POLL_MS), elected);
    }
  } finally {
    leave();
    await channels.close();
  }
}

/** Those of the settings that are in force: one that changed is opened anew. */
class OpenChannels {
  readonly #options: AlerterOptions;
  readonly #elected: AbortSignal;
  readonly #running = new Map<
    string,
    { readonly digest: string; readonly ending: AbortController; readonly run: ChannelRun }
  >();
  readonly #ending = new Set<Promise<void>>();
  #isRenewed = false;

  constructor(options: AlerterOptions, elected: AbortSignal) {
    this.#options = options;
    this.#elected = elected;
  }

  renew(): void {
    const wanted = new Map(this.#options.context.settings().channels.map((one) => [one.name, one]));
    for (const [name, { digest, ending, run }] of this.#running) {
      if (wanted.get(name)?.digest === digest) continue;
      ending.abort();
      this.#running.delete(name);
      const ended = run.ended.finally(() => this.#ending.delete(ended));
      this.#ending.add(ended);
    }
    for (const settings of wanted.values()) if (!this.#running.has(settings.name)) this.#start(settings);
    this.#isRenewed = true;
  }

  wake(): void {
    for (const { run } of this.#running.values()) run.wake();
  }

  /** What waits for a channel that is not there any more becomes visible. */
  async buryOthers(): Promise<void> {
    if (!this.#isRenewed) return;
    this.#isRenewed = false;
    const { context } = this.#options;
    const names = context.settings().channels.map(({ name }) => name);
    await context.records.deliveries.buryOthers(
      names,
      context.now(),
      "the operator's file has no such channel",
    );
  }

  async close(): Promise<void> {
    for (const { ending } of this.#running.values()) ending.abort();
    await Promise.all([...[...this.#running.values()].map(({ run }) => run.ended), ...this.#ending]);
  }

  #start(settings: ChannelSettings): void {
    const { context, partsOf, sleep, random } = this.#options;
    const channel = this.#open(settings, partsOf);
    if (channel === undefined) return;
    const ending = new AbortController();
    const signal = AbortSignal.any([ending.signal, this.#elected]);
    const before = [...this.#ending];
    const run = runChannel({ context, settings, channel, sleep, random, signal, after: Promise.all(before) });
    this.#running.set(settings.name, { digest: settings.digest, ending, run });
  }

  #open(settings: ChannelSettings, partsOf: AlerterOptions["partsOf"]): Channel | undefined {
    try {
      return settings.open(partsOf(settings));
    } catch (error) {
      // One that cannot be opened must not keep the others from being told.
      this.#options.context.onWarning(asWarning(error));
      return undefined;
    }
  }
}
