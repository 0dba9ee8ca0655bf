/** What the roles may. Operators can add policies of their own, but none of these can be taken away: a `forbid` is stronger. */
import { NAMESPACE } from "./cedarSchema.ts";

export const BUILT_IN_FILE = "built in";

export const BUILT_IN_POLICIES = `@id("viewer")
@means("viewers see stacks and accounts, and how the watch is doing")
permit (
  principal in ${NAMESPACE}::Role::"viewer",
  action in [${actions("stack.view", "account.view", "watch.view")}],
  resource
);

@id("operator")
@means("operators see what viewers see, and run the watch: stacks, checks, baselines, exceptions, alerts, and requests to put a drift right")
permit (
  principal in ${NAMESPACE}::Role::"operator",
  action in [${actions(
    "stack.view",
    "account.view",
    "watch.view",
    "stack.check",
    "stack.add",
    "stack.remove",
    "exception.manage",
    "drift.acknowledge",
    "deploy.freeze",
    "account.baseline",
    "remediation.request",
    "metrics.view",
    "configuration.view",
  )}],
  resource
);

@id("approver")
@means("approvers see what viewers see, answer requests to put a drift right and alerts, and make exceptions")
permit (
  principal in ${NAMESPACE}::Role::"approver",
  action in [${actions("stack.view", "account.view", "watch.view", "remediation.review", "exception.manage", "drift.acknowledge", "deploy.freeze")}],
  resource
);

@id("auditor")
@means("auditors see everything and change nothing")
permit (
  principal in ${NAMESPACE}::Role::"auditor",
  action in ${NAMESPACE}::Action::"view",
  resource
);

@id("administrator")
@means("administrators look after users, roles and the watch; requests to put a drift right they neither make nor answer")
permit (
  principal in ${NAMESPACE}::Role::"administrator",
  action in [${actions(
    "stack.view",
    "account.view",
    "watch.view",
    "metrics.view",
    "configuration.view",
    "ledger.view",
    "access.view",
    "access.manage",
    "watch.manage",
    "channels.manage",
    "drift.acknowledge",
    "deploy.freeze",
    "stack.check",
    "stack.add",
    "stack.remove",
    "account.baseline",
  )}],
  resource
);
`;

function actions(...names: readonly string[]): string {
  const listed = names.map((name) => `\n    ${NAMESPACE}::Action::"${name}"`);
  return `${listed.join(",")}\n  `;
}
