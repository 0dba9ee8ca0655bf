/** What a repository ignores can never be critical: whatever it says, that is told. */
import type { Change } from "../../domain/check.ts";
import type { Labels } from "../../domain/labels.ts";
import type { MustTell } from "../../terraform/read/telling.ts";
import { factsOf, stackFacts } from "./facts.ts";
import { seenDespite } from "./seenResource.ts";
import type { StackPolicy } from "./stackPolicy.ts";

/**
 * The rules are asked about what is ignored alone, as if it were the whole drift; and where something else differs, whether that is critical
 * only together with it. Who did it is not known then: what only that makes critical stays ignored.
 */
export function tellingBy(
  policy: StackPolicy,
  stack: {
    readonly name: string;
    readonly engine: "terraform" | "cloudformation";
    readonly labels?: Labels | undefined;
  },
  now: () => Date,
): MustTell {
  return (resource, whole) => {
    const { address, type, provider, id = "", source, verdict, changes = [] } = resource;
    const at = now();
    const isCritical = (only: readonly Change[]) => {
      const facts = factsOf({
        stack: stackFacts(stack),
        resource: { address, type, provider, id, ...source },
        verdict: verdict === "deleted" ? "deleted" : "changed",
        seen: seenDespite(only, whole),
        ...{ attributions: [], openedAt: at, now: at, others: [], isBreakGlass: policy.isBreakGlass },
      });
      return policy.classify(facts).severity === "critical";
    };
    const ignored = changes.filter(({ ignoredBy }) => ignoredBy !== undefined);
    const others = changes.filter(({ ignoredBy }) => ignoredBy === undefined);
    if (isCritical(ignored)) return true;
    return others.length > 0 && isCritical(changes) && !isCritical(others);
  };
}
