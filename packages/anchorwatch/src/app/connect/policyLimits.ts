/** What IAM takes: looked at before anything is written, since it would be refused in the middle of an apply. */
import { AnchorwatchError } from "../../domain/errors.ts";
import type { ConnectOptions } from "./connectOptions.ts";
import { policySize } from "./documents/statement.ts";
import { boundaryStatements, executorPolicies } from "./executorPolicies.ts";
import { feedPolicy, POLICIES_PER_ROLE, POLICY_LIMIT, readPolicies } from "./readPolicies.ts";

/** References become ARNs, of which each is at most so much longer. */
const ARN_ROOM = 400;

/** @throws AnchorwatchError `connection_invalid` */
export function checkLimits(options: ConnectOptions): void {
  const reads = [...readPolicies(options), feedPolicy(options)];
  const executes = executorPolicies(options);
  const boundary = { id: "executor-boundary", statements: boundaryStatements(options) };
  for (const { id, statements } of [...reads, ...executes, boundary]) {
    const size = policySize(statements) + (id.startsWith("read-") ? 0 : ARN_ROOM);
    if (size > POLICY_LIMIT) {
      throw tooMuch(`the policy ${id} would have ${size} characters, and IAM takes ${POLICY_LIMIT}`);
    }
  }
  const most = Math.max(reads.length, reads.length + executes.length);
  if (most > POLICIES_PER_ROLE)
    throw tooMuch(`a role would have ${most} policies, and IAM takes ${POLICIES_PER_ROLE}`);
}

function tooMuch(why: string): AnchorwatchError {
  return new AnchorwatchError("connection_invalid", `The connection is too large: ${why}`, {
    hint: "Name fewer services with --services or --executor-services.",
  });
}
