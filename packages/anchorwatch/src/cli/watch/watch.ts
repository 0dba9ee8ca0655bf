/** `anchorwatch watch DIR`: the stacks of a folder, looked at again and again in this process, without a server. */
import { basename, resolve } from "node:path";
import { AnchorwatchError, messageOf } from "../../domain/errors.ts";
import type { CheckFlags } from "../checkFlags.ts";
import { resourceName } from "../formats/words.ts";
import { untilInterrupted } from "../interruption.ts";
import { writeTo } from "../output.ts";
import { formatProblemText, problemOf } from "../problem.ts";
import type { Surroundings } from "../surroundings.ts";
import { type Display, openDisplay } from "./display.ts";
import {
  beginCheck,
  countRead,
  emptyView,
  endCheck,
  failCheck,
  type LiveView,
  withProblem,
  withStacks,
} from "./model.ts";
import { type NamedRequest, stacksIn } from "./stacks.ts";
import type { WarmChecks } from "./warmChecks.ts";

const EVERY_MS = 30_000;

export interface WatchFlags {
  /** Milliseconds from the beginning of one round to the beginning of the next. */
  readonly every?: number;
  readonly readRole?: string;
  readonly externalId?: string;
  readonly profile?: string;
  readonly config?: string;
  readonly color: boolean;
}

/** Stacks that are looked at at the same time. */
const AT_ONCE = 2;

/** 0 when a person ended it; 1 when there is nothing that could be watched. */
export async function runWatch(
  wanted: string | undefined,
  flags: WatchFlags,
  surroundings: Surroundings,
): Promise<number> {
  const folder = resolve(surroundings.workingDirectory, wanted ?? ".");
  const find = () => stacksIn(wanted, checkFlagsOf(flags), surroundings, folder);
  let stacks: readonly NamedRequest[];
  try {
    stacks = await find();
  } catch (error) {
    await writeTo(surroundings.stderr, formatProblemText(problemOf(error), false));
    return 1;
  }
  const checks = await surroundings.lasting.openWarmChecks();
  const title = wanted ?? basename(folder);
  const display = openDisplay({ title, everyMs: flags.every ?? EVERY_MS, colour: flags.color }, surroundings);
  const outcome = await untilInterrupted(withKeys(surroundings), async (signal) => {
    try {
      await new Rounds(checks, display, surroundings).run(stacks, find, flags.every ?? EVERY_MS, signal);
    } finally {
      await checks.close();
    }
  });
  await display.close();
  if (outcome.kind !== "failed") return 0;
  await writeTo(surroundings.stderr, formatProblemText(problemOf(outcome.error), true));
  return 1;
}

class Rounds {
  readonly #checks: WarmChecks;
  readonly #display: Display;
  readonly #surroundings: Surroundings;
  #view: LiveView = emptyView();
  /** Of the configuration, as it was read last. */
  #problem: string | undefined;

  constructor(checks: WarmChecks, display: Display, surroundings: Surroundings) {
    this.#checks = checks;
    this.#display = display;
    this.#surroundings = surroundings;
  }

  /** Until the signal fires. A configuration that cannot be read leaves the stacks as they were. */
  async run(
    first: readonly NamedRequest[],
    find: () => Promise<readonly NamedRequest[]>,
    everyMs: number,
    signal: AbortSignal,
  ): Promise<void> {
    let stacks = first;
    while (!signal.aborted) {
      const begun = this.#now().getTime();
      this.#display.nextAt(undefined);
      await this.#round(stacks, signal);
      if (signal.aborted) return;
      const next = Math.max(begun + everyMs, this.#now().getTime());
      this.#display.nextAt(new Date(next));
      await this.#pause(next - this.#now().getTime(), signal);
      stacks = await this.#found(find, stacks);
    }
  }

  async #round(stacks: readonly NamedRequest[], signal: AbortSignal): Promise<void> {
    this.#set(
      withStacks(
        this.#view,
        stacks.map(({ name }) => name),
      ),
      this.#problem,
    );
    const waiting = [...stacks];
    const work = async () => {
      for (let stack = waiting.shift(); stack !== undefined && !signal.aborted; stack = waiting.shift())
        await this.#check(stack, signal);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  }

  async #check({ name, request }: NamedRequest, signal: AbortSignal): Promise<void> {
    this.#set(beginCheck(this.#view, name, this.#now()));
    const read = new Set<string>();
    try {
      const result = await this.#checks.check(name, request, {
        signal,
        // What is read again, since the state moved meanwhile, is told again.
        result: (resource) => {
          const before = read.size;
          if (read.add(resourceName(resource)).size > before) this.#set(countRead(this.#view, name));
        },
      });
      this.#set(endCheck(this.#view, name, result));
    } catch (error) {
      if (signal.aborted) return;
      const { message } = problemOf(error);
      this.#set(failCheck(this.#view, name, message, this.#now()));
    }
  }

  async #found(
    find: () => Promise<readonly NamedRequest[]>,
    before: readonly NamedRequest[],
  ): Promise<readonly NamedRequest[]> {
    try {
      const found = await find();
      this.#problem = undefined;
      return found;
    } catch (error) {
      if (!(error instanceof AnchorwatchError)) throw error;
      this.#problem = `the configuration cannot be used, the one before stays: ${messageOf(error)}`;
      return before;
    }
  }

  #set(view: LiveView, problem?: string): void {
    this.#view = problem === undefined ? view : withProblem(view, problem);
    this.#display.show(this.#view);
  }

  #now(): Date {
    return this.#surroundings.lasting.clock();
  }

  #pause(milliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const end = () => {
        cancel();
        signal.removeEventListener("abort", end);
        resolve();
      };
      const cancel = this.#surroundings.every(Math.max(1, milliseconds), end);
      signal.addEventListener("abort", end, { once: true });
    });
  }
}

/** In a terminal that shows no input, Ctrl-C is a key like any other. */
function withKeys(surroundings: Surroundings): Pick<Surroundings, "onInterrupt" | "every"> {
  const { lasting, every } = surroundings;
  return {
    every,
    onInterrupt: (listener) => {
      const stopSignals = surroundings.onInterrupt(listener);
      const stopKeys = lasting.onKey((key) => {
        if (key === "q" || key === "Q" || key === CTRL_C || key === CTRL_D) listener("SIGINT");
      });
      return () => {
        stopSignals();
        stopKeys();
      };
    },
  };
}

const CTRL_C = "\u0003";
const CTRL_D = "\u0004";

/** What a check is asked for besides. */
function checkFlagsOf({ readRole, externalId, profile, config, color }: WatchFlags): CheckFlags {
  return {
    target: [],
    format: "text",
    all: false,
    variables: [],
    pending: false,
    strict: false,
    ignore: [],
    ...(readRole === undefined ? {} : { readRole }),
    ...(externalId === undefined ? {} : { externalId }),
    ...(profile === undefined ? {} : { profile }),
    ...(config === undefined ? {} : { config }),
    color,
  };
}
