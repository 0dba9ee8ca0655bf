/** The rules of a check without a server. Loaded when something is to be classified: most checks need none of it. */
import type { Warning } from "../../domain/errors.ts";
import type { PolicySettings } from "./rules/policySettings.ts";
import type { RepositoryRules } from "./rules/repositoryRules.ts";
import type { StackPolicy } from "./stackPolicy.ts";

export interface LoadedPolicy {
  readonly policy: StackPolicy;
  /** About rules of the repository that cannot be used. */
  readonly warnings: readonly Warning[];
}

/**
 * @param settings the operator's; undefined: he says nothing
 * @throws AnchorwatchError `policy_pack_damaged`
 */
export async function loadPolicy(
  repository: RepositoryRules | undefined,
  settings?: PolicySettings,
): Promise<LoadedPolicy> {
  const [{ newStackPolicies, ruleWarning }, { DEFAULT_POLICY }] = await Promise.all([
    import("./rules/stackPolicies.ts"),
    import("./rules/policySettings.ts"),
  ]);
  const policy = newStackPolicies(() => settings ?? DEFAULT_POLICY).policyFor(repository);
  return { policy, warnings: policy.problems.map(ruleWarning) };
}

/** Whether a repository says anything that may be wrong. */
export function hasRules({ rules, adjustments, problems }: RepositoryRules): boolean {
  return rules.length + adjustments.length + problems.length > 0;
}
