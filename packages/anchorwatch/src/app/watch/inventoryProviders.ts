/** The providers of an account's stacks are asked what exists: with the stacks' own configurations, as when they are read. */
import { AnchorwatchError } from "../../domain/errors.ts";
import { type Ask, noteProblem, problemOf, type SurveyProblem } from "../../inventory/asking.ts";
import { isAws, type ListedObject, listedThings, unitOfProvider } from "../../inventory/listed.ts";
import type { AskProviders, NotListed, ToldByProviders } from "../../inventory/survey.ts";
import { GLOBAL } from "../../inventory/thing.ts";
import { listWith, type NotAsked } from "../../terraform/read/listing.ts";
import type { StackId, StackStatus } from "../../watch/stack.ts";
import type { StackProvider, StackProviders } from "../stackProviders.ts";
import type { WatchContext } from "./watchContext.ts";

export interface ProvidersPlace {
  /** Number of the account that is searched. */
  readonly account: string;
  /** No other one is: stacks that do not tell theirs are taken for stacks of this one. */
  readonly isOnlyOne: boolean;
  readonly signal: AbortSignal;
}

export type ProvidersOf = (place: ProvidersPlace) => AskProviders;

export interface ListingLimits {
  /** Milliseconds for all providers of an account. */
  readonly patienceMs: number;
  /** Things of one type, and of all. */
  readonly mostOfType: number;
  readonly most: number;
}

const LIMITS: ListingLimits = { patienceMs: 5 * 60_000, mostOfType: 10_000, most: 100_000 };
/** Less than a call may take, so that the provider is told to stop. */
const DEADLINE_MS = 50_000;
const STACKS_AT_ONCE = 500;

/** What is known of a stack from the last time: which configurations it has, as long as its state is the same. */
type Remembered = Map<
  StackId,
  { readonly state: string | undefined; readonly configurations: readonly string[] }
>;

export function providersOfStacks(
  { records, stacks }: Pick<WatchContext, "records" | "stacks">,
  limits: ListingLimits = LIMITS,
): ProvidersOf {
  const remembered: Remembered = new Map();
  return (place) => async (asking) => {
    const late = AbortSignal.timeout(limits.patienceMs);
    const asked = new AskedProviders(place, {
      limits,
      asking,
      signal: AbortSignal.any([place.signal, late]),
    });
    for await (const { status, isOfAccount } of stacksOf(records, place)) {
      if (late.aborted) {
        asked.giveUp(`Not all providers could be asked within ${limits.patienceMs / 1000} s.`);
        break;
      }
      const { stack, state } = status;
      const known = remembered.get(stack.id);
      const from = { stackId: stack.id, isOfAccount };
      if (known?.state === state?.digest && asked.hasAll(known?.configurations, from)) continue;
      try {
        await stacks.with(stack, asked.signal, async (hot) => {
          const found = hot.providers();
          const configurations = found.providers.map(({ configuration }) => configuration);
          remembered.set(stack.id, { state: hot.mark.digest, configurations });
          await asked.ask(found, from);
        });
      } catch (error) {
        place.signal.throwIfAborted();
        // Which stack it was, not everybody may know who may see the account.
        asked.giveUp(`A stack could not be opened (${codeOf(error)}): its own detector says more.`);
      }
    }
    return asked.told();
  };
}

/** Those whose state was read, and that have resources there. */
async function* stacksOf(
  { stacks, unmanaged }: WatchContext["records"],
  { account, isOnlyOne }: ProvidersPlace,
): AsyncGenerator<{ readonly status: StackStatus; readonly isOfAccount: boolean }> {
  let after: { readonly value: string; readonly id: string } | undefined;
  for (;;) {
    const page = await stacks.list({ limit: STACKS_AT_ONCE, ...(after === undefined ? {} : { after }) });
    const read = page.filter(({ health, state }) => health !== "gone" && state !== undefined);
    const places = await unmanaged.places(read.map(({ stack }) => stack.id));
    for (const status of read) {
      const accounts = places.get(status.stack.id)?.accounts ?? new Set();
      if (accounts.size === 0 ? isOnlyOne : accounts.has(account))
        yield { status, isOfAccount: accounts.size <= 1 };
    }
    const last = page.at(-1);
    if (last === undefined || page.length < STACKS_AT_ONCE) return;
    after = { value: last.stack.name, id: last.stack.id };
  }
}

interface AskedBy {
  readonly stackId: StackId;
  /** It has resources in no other account. */
  readonly isOfAccount: boolean;
}

interface Asked {
  readonly provider: StackProvider;
  readonly readBy: Set<string>;
  isOfAccount: boolean;
  readonly problems: SurveyProblem[];
  readonly listed: readonly string[];
  readonly notListed: readonly NotListed[];
  readonly objects: readonly ListedObject[];
}

interface Asking {
  readonly limits: ListingLimits;
  readonly asking: Parameters<AskProviders>[0];
  readonly signal: AbortSignal;
}

class AskedProviders {
  readonly signal: AbortSignal;
  readonly #place: ProvidersPlace;
  readonly #limits: ListingLimits;
  readonly #asking: (onProblem: (problem: SurveyProblem) => void) => Ask;
  /** By configuration. */
  readonly #asked = new Map<string, Asked>();
  /** Of no provider in particular. */
  readonly #problems: SurveyProblem[] = [];
  #count = 0;

  constructor(place: ProvidersPlace, { limits, asking, signal }: Asking) {
    this.#place = place;
    this.#limits = limits;
    this.#asking = asking;
    this.signal = signal;
  }

  /** True, and the stack is noted, when all of them were asked already. */
  hasAll(configurations: readonly string[] | undefined, by: AskedBy): boolean {
    const all = (configurations ?? []).map((one) => this.#asked.get(one));
    if (configurations === undefined || all.includes(undefined)) return false;
    for (const one of all) if (one !== undefined) note(one, by);
    return true;
  }

  async ask({ providers, refused }: StackProviders, by: AskedBy): Promise<void> {
    for (const code of refused)
      this.giveUp(`A provider of a stack may not be asked, or its configuration cannot be told (${code}).`);
    for (const provider of providers) {
      const known = this.#asked.get(provider.configuration);
      if (known !== undefined) note(known, by);
      else if (this.#count >= this.#limits.most)
        this.giveUp(`Providers told of more than ${this.#limits.most} things: others were not asked.`);
      else await this.#askOne(provider, by);
    }
  }

  /** There may be things that nobody was asked for. */
  giveUp(message: string): void {
    noteProblem(this.#problems, { kind: "failed", permission: "providers", message });
  }

  told(): ToldByProviders {
    const units = [...this.#asked.values()].map((asked) => {
      const { provider, problems, listed, notListed, objects, readBy, isOfAccount } = asked;
      const { source, configuration, region } = provider;
      const from = { provider: source, configuration, region, readBy, isOfAccount };
      return {
        ...{ unit: unitOfProvider(from), service: source, region: (isAws(source) && region) || GLOBAL },
        ...{ problems, listed, notListed },
        things: listedThings(objects, { ...from, account: this.#place.account }),
      };
    });
    if (this.#problems.length === 0) return { units, isWhole: true };
    const rest = { unit: "providers", service: "providers", region: GLOBAL, problems: this.#problems };
    return { units: [...units, { ...rest, things: [] }], isWhole: false };
  }

  async #askOne(provider: StackProvider, by: AskedBy): Promise<void> {
    const { signal } = this;
    const problems: SurveyProblem[] = [];
    const onProblem = (problem: SurveyProblem) =>
      noteProblem(problems, { ...problem, message: provider.scrub(problem.message) });
    const options = {
      ask: this.#asking(onProblem),
      onPartial: (type: string, why: string) => onProblem(problemOf(type, `${type}: ${why}`)),
      ...{ deadlineMs: DEADLINE_MS, most: this.#limits.mostOfType, signal },
    };
    let list: Awaited<ReturnType<typeof listWith>> = { types: [], notAsked: [], objects: [] };
    try {
      list = await provider.use(signal, (reader) => listWith(reader, options));
    } catch (error) {
      this.#place.signal.throwIfAborted();
      const message = `The provider could not be asked (${codeOf(error)}): checks of its stacks say more.`;
      onProblem({ kind: "failed", permission: "providers", message });
    }
    const { types: listed, notAsked, objects } = list;
    this.#count += objects.length;
    const { stackId, isOfAccount } = by;
    this.#asked.set(provider.configuration, {
      ...{ provider, readBy: new Set([stackId]), isOfAccount, problems, listed, objects },
      notListed: notAsked.map(notListedOf),
    });
  }
}

function note(asked: Asked, { stackId, isOfAccount }: AskedBy): void {
  asked.readBy.add(stackId);
  asked.isOfAccount ||= isOfAccount;
}

function notListedOf({ type, wants }: NotAsked): NotListed {
  return { type, because: `the provider lists it only when it is told ${wants.join(" and ")}` };
}

/** Messages name stacks and files. */
function codeOf(error: unknown): string {
  if (error instanceof AnchorwatchError) return error.code;
  return error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : "internal";
}
