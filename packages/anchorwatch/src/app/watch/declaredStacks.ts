/** The stacks that are watched, as this process can read them. */
import { AnchorwatchError, type Warning } from "../../domain/errors.ts";
import type { WatchRecords } from "../../watch/records.ts";
import type { StackId, StackStatus, WatchedStack } from "../../watch/stack.ts";
import type { FingerprintSecret } from "../checkRequest.ts";
import type { Declarations } from "./declaring.ts";
import { nameTaken } from "./declaringProblems.ts";
import type { FoundStack } from "./foundStack.ts";
import type { HotStacks } from "./stacks/hotStacks.ts";
import type { WatchedStacks } from "./watchContext.ts";

export interface DeclaredStacksOptions {
  readonly declarations: Declarations;
  readonly records: WatchRecords;
  readonly hot: HotStacks;
  readonly fingerprint: FingerprintSecret;
  readonly now: () => Date;
  readonly onWarning: (warning: Warning) => void;
}

export interface DeclaredStacks {
  readonly stacks: WatchedStacks;
  /** Looks for what the sources have now, and makes that be what is watched. */
  redeclare(): Promise<void>;
  /** It is watched no more. */
  forget(id: StackId): void;
}

export function declaredStacks(options: DeclaredStacksOptions): DeclaredStacks {
  const { declarations, hot, fingerprint } = options;
  const found = new Map<StackId, FoundStack>();
  /** One after the other: what was found first must not be declared last. */
  let turn: Promise<unknown> = Promise.resolve();

  async function foundOf(stack: WatchedStack): Promise<FoundStack> {
    const known = found.get(stack.id);
    if (known !== undefined) return known;
    if (stack.declaredBy === "config") throw notFoundYet(stack);
    const added = await declarations.specOf(stack);
    found.set(stack.id, added);
    return added;
  }

  function forget(id: StackId): void {
    found.delete(id);
    hot.forget(id);
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
    forget,
    redeclare() {
      const declared = turn.then(async () => {
        const gone = await declareFound(options, found);
        for (const id of gone) forget(id);
      });
      turn = declared.catch(() => undefined);
      return declared;
    },
  };
}

/** Gives those that are gone now. */
async function declareFound(
  { declarations, records, now, onWarning }: DeclaredStacksOptions,
  found: Map<StackId, FoundStack>,
): Promise<readonly StackId[]> {
  const { stacks, isComplete } = await declarations.find();
  const before = (await records.stacks.list()).filter(({ health }) => health !== "gone");
  const own = withoutTaken(stacks, before, onWarning);
  for (const one of own) found.set(one.stack.id, one);
  const declared = own.map(({ stack }) => stack);
  const known = new Set(declared.map(({ id }) => id));
  const missing = before
    .map(({ stack }) => stack)
    .filter(({ declaredBy, id }) => declaredBy === "config" && !known.has(id));
  // A repository that cannot be reached does not make its stacks vanish.
  await records.stacks.declare(isComplete ? declared : [...declared, ...missing], now());
  return isComplete ? missing.map(({ id }) => id) : [];
}

/** One name that somebody has taken by API must not keep all other stacks from being declared. */
function withoutTaken(
  stacks: readonly FoundStack[],
  before: readonly StackStatus[],
  onWarning: (warning: Warning) => void,
): readonly FoundStack[] {
  const added = before.flatMap(({ stack }) => (stack.declaredBy === "api" ? [stack.name] : []));
  const taken = new Set(added);
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
