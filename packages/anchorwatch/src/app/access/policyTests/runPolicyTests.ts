/** Tests of access, run against the operator's roles and policies. */
import { type Asking, createAuthorizer } from "../../../auth/authorize/authorizer.ts";
import type { Decision } from "../../../auth/authorize/decision.ts";
import { nearest } from "../../configuration/nearest.ts";
import type { AccessSettings } from "../accessSettings.ts";
import { assignmentsOf } from "../assignmentsOf.ts";
import type { PolicyTest } from "./parsePolicyTests.ts";

export interface PolicyTestResult {
  readonly test: PolicyTest;
  readonly decision: Decision;
  /** What is wrong; undefined: it is as expected. */
  readonly failure?: string;
}

/** @throws AnchorwatchError `config_invalid` for policies in which something is wrong */
export function runPolicyTests(
  tests: readonly PolicyTest[],
  { policies, assignments }: Pick<AccessSettings, "policies" | "assignments">,
): readonly PolicyTestResult[] {
  const authorizer = createAuthorizer(policies);
  const known = authorizer.policies.map(({ id }) => id);
  const results = tests.map((test) => {
    const who: Asking = { ...test.who, assignments: assignmentsOf(test.who, assignments) };
    const decision = authorizer.decide(who, test.question);
    const failure = failureOf(test, decision, known);
    return { test, decision, ...(failure === undefined ? {} : { failure }) };
  });
  authorizer.close();
  return results;
}

function failureOf(
  { expect, because }: PolicyTest,
  decision: Decision,
  known: readonly string[],
): string | undefined {
  const found = decision.allowed ? "allow" : "deny";
  if (found !== expect) return `expected ${expect}, found ${found} (${reasonOf(decision)})`;
  // A policy that fails denies, and nobody meant that.
  if (decision.failures.length > 0) return `expected ${expect} by a decision, found ${reasonOf(decision)}`;
  if (because === undefined || decision.because.some(({ id }) => id === because)) return undefined;
  if (!known.includes(because)) {
    const meant = nearest(because, known);
    return `there is no policy “${because}”${meant === undefined ? "" : `; did you mean “${meant}”?`}`;
  }
  return `expected ${expect} because of “${because}”, found ${expect} (${reasonOf(decision)})`;
}

function reasonOf({ because, failures, limited, allowed }: Decision): string {
  const [failure] = failures;
  if (failure !== undefined)
    return `${failure.policy?.id ?? "the policies"} could not decide: ${failure.message}`;
  if (limited) return "the token's limit";
  if (because.length === 0) return "no policy permits it";
  return `${allowed ? "permitted" : "forbidden"} by ${because.map(({ id }) => `“${id}”`).join(", ")}`;
}
