/** A check without a server says why drift matters, too: by the rules that are built in, and those of the repository. */
import type { CheckResult, ResourceResult, StackIdentity } from "../../domain/check.ts";
import type { Classification } from "../../domain/classification.ts";
import type { OtherDrift } from "../../policy/facts.ts";
import { wholeKey } from "../../terraform/read/readStack.ts";
import type { MustTell } from "../../terraform/read/telling.ts";
import type { WholeValues } from "../../terraform/read/whole.ts";
import type { CheckRequest } from "../checkRequest.ts";
import { isDrift } from "../exitStatus.ts";
import { factsOf, MOST_OTHERS, stackFacts } from "./facts.ts";
import { seenResource } from "./seenResource.ts";
import type { StackPolicy } from "./stackPolicy.ts";
import { tellingBy } from "./telling.ts";

/** The rules of a check without a server. They are loaded when something differs: most checks need none of them. */
export interface OwnRules {
  /** What is told whatever rules of the repository ignore. */
  readonly mustTell: MustTell;
  /** The result with why its drifts matter, and with what is wrong with rules of the repository. */
  classified(result: CheckResult, wholes: ReadonlyMap<string, WholeValues>): Promise<CheckResult>;
}

export function ownRules(
  { policy: load, hasOwnRules = false }: Pick<CheckRequest, "policy" | "hasOwnRules">,
  { name, kind: engine }: Pick<StackIdentity, "name" | "kind">,
  now: () => Date,
): OwnRules {
  const policy = async () => await load?.();
  return {
    mustTell: async (resource, whole) => {
      const known = await policy();
      return known !== undefined && tellingBy(known.policy, { name, engine }, now)(resource, whole);
    },
    async classified(result, wholes) {
      const known = hasOwnRules || result.resources.some(isDrift) ? await policy() : undefined;
      if (known === undefined) return result;
      const warnings = [...result.warnings, ...known.warnings];
      return classifyCheck({ ...result, warnings }, wholes, known.policy);
    },
  };
}

/** Nobody knows who did it, nor what the operator calls the stack. */
function classifyCheck(
  result: CheckResult,
  wholes: ReadonlyMap<string, WholeValues>,
  policy: StackPolicy,
): CheckResult {
  const drifted = result.resources.filter(isDrift);
  const others = drifted
    .slice(0, MOST_OTHERS + 1)
    .map((resource) => [resource, otherOf(resource, result.finishedAt)] as const);
  const classified = new Map(
    drifted.map((resource) => {
      const beside = others.filter(([one]) => one !== resource).map(([, other]) => other);
      return [resource, classificationOf(resource, { result, wholes, policy, others: beside })] as const;
    }),
  );
  return {
    ...result,
    resources: result.resources.map((resource) => {
      const classification = classified.get(resource);
      return classification === undefined ? resource : { ...resource, classification };
    }),
  };
}

interface Around {
  readonly result: CheckResult;
  readonly wholes: ReadonlyMap<string, WholeValues>;
  readonly policy: StackPolicy;
  readonly others: readonly OtherDrift[];
}

function classificationOf(
  resource: ResourceResult,
  { result: { stack, finishedAt: now }, wholes, policy, others }: Around,
): Classification {
  const { address, type, provider, id = "", source } = resource;
  const facts = factsOf({
    stack: stackFacts({ name: stack.name, engine: stack.kind }),
    resource: { address, type, provider, id, ...source },
    verdict: verdictOf(resource),
    seen: seenResource(resource, wholes.get(wholeKey(resource))),
    ...{ attributions: [], openedAt: now, now, others, isBreakGlass: policy.isBreakGlass },
  });
  return policy.classify(facts);
}

function otherOf(resource: ResourceResult, openedAt: Date): OtherDrift {
  const { address, type } = resource;
  return { address, type, verdict: verdictOf(resource), openedAt };
}

function verdictOf({ verdict }: ResourceResult): OtherDrift["verdict"] {
  return verdict as OtherDrift["verdict"];
}
