/** The stacks that are watched, as this process can read them. */
import { AnchorwatchError, type Warning } from "../../domain/errors.ts";
import type { WatchRecords } from "../../watch/records.ts";
import type { StackId, WatchedStack } from "../../watch/stack.ts";
import { firstSweep } from "../../watch/sweepTimes.ts";
import type { FingerprintSecret } from "../checkRequest.ts";
import { ruleWarning } from "../policy/rules/stackPolicies.ts";
import type { RulesFor } from "../policy/rulesInForce.ts";
import { claimWarning } from "./claiming.ts";
import type { Declarations } from "./declaring.ts";
import { nameTaken } from "./declaringProblems.ts";
import type { FoundStack } from "./foundStack.ts";
import { goneText, recordGone, recordReturned } from "./leavingTheWatch.ts";
import { expectedDetector } from "./stackDetector.ts";
import type { HotStacks } from "./stacks/hotStacks.ts";
import type { WatchedStacks } from "./watchContext.ts";

export interface DeclaredStacksOptions {
  readonly declarations: Declarations;
  readonly records: WatchRecords;
  readonly hot: HotStacks;
  readonly fingerprint: FingerprintSecret;
  readonly rules: RulesFor;
  readonly now: () => Date;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly onWarning: (warning: Warning) => void;
}

export interface DeclaredStacks {
  readonly stacks: WatchedStacks;
  /** Of a stack that was found already. */
  foundOf(id: StackId): Pick<FoundStack, "policy" | "spec"> | undefined;
  /** Looks for what the sources have now; the process that leads makes that be what is watched. */
  redeclare(): Promise<void>;
  /**
   * This process leads until the signal aborts. Of several that have fetched a repository at different times, each would else take away
   * what another one has just added.
   */
  lead(elected: AbortSignal): Promise<void>;
  /** It is watched no more. */
  forget(id: StackId): void;
}

/** A check of a stack that is not found does not look through all folders each time. */
const LOOK_AGAIN_MS = 10_000;

export function declaredStacks(options: DeclaredStacksOptions): DeclaredStacks {
  const { declarations, hot, fingerprint } = options;
  const found = new Map<StackId, FoundStack>();
  /** One after the other: what was found first must not be declared last. */
  let turn: Promise<unknown> = Promise.resolve();
  let leading: AbortSignal | undefined;
  const toldRules = new Set<string>();
  let lookedAt = Number.NEGATIVE_INFINITY;

  async function foundOf(stack: WatchedStack): Promise<FoundStack> {
    const known = found.get(stack.id);
    if (known !== undefined) return known;
    if (stack.declaredBy === "config") return await foundAnew(stack);
    const added = await declarations.specOf(stack);
    found.set(stack.id, added);
    return added;
  }

  /** Another process has found it, which looked later. */
  async function foundAnew(stack: WatchedStack): Promise<FoundStack> {
    const now = options.now().getTime();
    if (now - lookedAt >= LOOK_AGAIN_MS) await redeclare();
    const known = found.get(stack.id);
    if (known === undefined) throw notFoundYet(stack);
    return known;
  }

  function forget(id: StackId): void {
    found.delete(id);
    hot.forget(id);
  }

  function redeclare(): Promise<void> {
    const declared = turn.then(async () => {
      lookedAt = options.now().getTime();
      const gone = await declareFound(options, found, leading?.aborted === false);
      tellRules(options, found.values(), toldRules);
      for (const id of gone) forget(id);
    });
    turn = declared.catch(() => undefined);
    return declared;
  }

  return {
    stacks: {
      deliveryOf: ({ id }) => found.get(id)?.delivery ?? { principals: [] },
      async with(stack, signal, work) {
        const { spec } = await foundOf(stack);
        const request = { ...spec.request, stackName: stack.name, fingerprint };
        return await hot.with(stack.id, { ...spec, request }, signal, (loaded) => work(loaded, spec));
      },
    },
    foundOf: (id) => found.get(id),
    forget,
    redeclare,
    lead(elected) {
      leading = elected;
      return redeclare();
    },
  };
}

/** What is wrong with rules of repositories; the same, at each search, is told once. */
function tellRules(
  { rules, onWarning }: DeclaredStacksOptions,
  stacks: Iterable<FoundStack>,
  told: Set<string>,
): void {
  const policies = new Set([...stacks].flatMap(({ policy }) => policy ?? []));
  for (const problem of [...policies].flatMap((policy) => rules(policy).problems ?? [])) {
    const warning = ruleWarning(problem);
    const text = JSON.stringify(warning);
    if (told.has(text)) continue;
    // Texts name lines, and there is no end of these.
    if (told.size >= MOST_TOLD) told.clear();
    told.add(text);
    onWarning(warning);
  }
}

const MOST_TOLD = 1000;

/** Gives those that are to be read no more. */
async function declareFound(
  { declarations, records, now, random, onWarning }: DeclaredStacksOptions,
  found: Map<StackId, FoundStack>,
  isLeader: boolean,
): Promise<readonly StackId[]> {
  const { stacks, mayHave } = await declarations.find();
  const own = await withoutTaken(stacks, records, onWarning);
  for (const one of own) found.set(one.stack.id, one);
  const known = new Set(own.map(({ stack }) => stack.id));
  const lost = [...found.values()].flatMap(({ stack }) =>
    stack.declaredBy === "config" && !known.has(stack.id) && !mayHave(stack) ? [stack.id] : [],
  );
  if (!isLeader) return lost;
  const at = now();
  const { gone, claims } = await records.transaction(async (inside) => {
    const declared = await inside.stacks.declare(
      own.map(({ stack }) => stack),
      at,
      {
        // A repository that cannot be reached does not make its stacks vanish.
        keeps: mayHave,
        firstSweepAt: ({ sweepEveryMs }, index) => firstSweep(at, sweepEveryMs, index, random()),
      },
    );
    await inside.detectors.expect(declared.added.map((stack) => expectedDetector(stack, at)));
    const returned = new Set(declared.returned);
    await recordReturned(
      inside,
      declared.added.filter(({ id }) => returned.has(id)),
      at,
    );
    return { ...declared, claims: await recordGone(inside, declared.gone, "undeclared", at) };
  });
  for (const stack of gone) onWarning({ code: "stack_gone", message: goneText(stack), hint: GONE_HINT });
  for (const claim of claims) onWarning(claimWarning(claim));
  return [...lost, ...gone.map(({ id }) => id)];
}

const GONE_HINT =
  "If that was not meant, put its folder or its declaration back: its drifts and its history stay.";

/** One name that somebody has taken by API must not keep all other stacks from being declared. */
async function withoutTaken(
  stacks: readonly FoundStack[],
  records: WatchRecords,
  onWarning: (warning: Warning) => void,
): Promise<readonly FoundStack[]> {
  const taken = await records.stacks.addedByApi(stacks.map(({ stack }) => stack.name));
  return stacks.filter(({ stack }) => {
    if (!taken.has(stack.name)) return true;
    onWarning(nameTaken(stack.name, "anchorwatch.yaml", "the stacks added by API"));
    return false;
  });
}

function notFoundYet({ name, origin }: WatchedStack): AnchorwatchError {
  if (origin.kind === "repository")
    return new AnchorwatchError(
      "repository_unreachable",
      `The stack ${name} is not read before ${origin.url} can be`,
      { hint: "What is wrong with the repository is told apart from this. Nothing is closed meanwhile." },
    );
  return new AnchorwatchError(
    "stack_folder_missing",
    `The stack ${name} is not read before ${origin.path} can be`,
    { hint: "What is wrong with the folder is told apart from this. Nothing is closed meanwhile." },
  );
}
