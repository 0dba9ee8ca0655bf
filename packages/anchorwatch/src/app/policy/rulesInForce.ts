/** What is in force at the moment: for each stack, and for what no stack has. */
import { hash } from "node:crypto";
import type { Labels } from "../../domain/labels.ts";
import type { StandingException } from "../../watch/exception.ts";
import type { StackId, WatchedStack } from "../../watch/stack.ts";
import type { RepositoryRules } from "./rules/repositoryRules.ts";
import type { StackPolicies } from "./rules/stackPolicies.ts";
import type { StackRules } from "./stackJudge.ts";

export interface RulesInForce {
  /** Of a stack with what its repository says; where it was not read yet, without that. */
  ofStack(stack: Pick<WatchedStack, "id" | "labels">): StackRules;
  /** The same; undefined where it was not read yet, or is not there any more. */
  known(stack: Pick<WatchedStack, "id" | "labels">): StackRules | undefined;
  /** Of what no stack has, in accounts that have these labels: no repository speaks of it. */
  ofAccounts(labels?: Labels): StackRules;
}

/** Of a repository that says this; undefined: of one that says nothing. */
export type RulesFor = (repository: RepositoryRules | undefined) => StackRules;

/** @param standing what the operator's file says at the moment */
export function rulesFor(policies: StackPolicies, standing: () => readonly StandingException[]): RulesFor {
  return (repository) => {
    const policy = policies.policyFor(repository);
    const now = standing();
    const { problems } = policy;
    if (now.length === 0) return { policy, standing: now, problems };
    const digest = `sha256:${hash("sha256", `${policy.digest} ${JSON.stringify(now)}`)}`;
    return { policy: { ...policy, digest }, standing: now, problems };
  };
}

/** @param repositoryOf of a stack that was read: what its repository says, if anything */
export function rulesInForce(
  rules: RulesFor,
  repositoryOf: (id: StackId) => { readonly policy?: RepositoryRules } | undefined,
): RulesInForce {
  return {
    ofStack: ({ id, labels }) => {
      const found = repositoryOf(id);
      const inForce = labelled(rules(found?.policy), labels);
      return found === undefined ? { ...inForce, isPartial: true } : inForce;
    },
    known: ({ id, labels }) => {
      const found = repositoryOf(id);
      return found && labelled(rules(found.policy), labels);
    },
    ofAccounts: (labels) => labelled(rules(undefined), labels),
  };
}

/** With other labels the same rules may say something else. */
function labelled(rules: StackRules, labels: Labels = {}): StackRules {
  const sorted = Object.entries(labels).sort(([one], [other]) => (one < other ? -1 : 1));
  if (sorted.length === 0) return rules;
  const { policy } = rules;
  const digest = `sha256:${hash("sha256", `${policy.digest} ${JSON.stringify(sorted)}`)}`;
  return { ...rules, policy: { ...policy, digest } };
}
