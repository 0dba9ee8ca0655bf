/** Every permission of the connection: who gets it, for what, and what happens without it. */
import type { ConnectOptions } from "./connectOptions.ts";
import type { Statement } from "./documents/statement.ts";
import { executorPolicies, executorTrust, readTrust } from "./executorPolicies.ts";
import { principalStatements } from "./principalPolicy.ts";
import { feedPolicy, readPolicies } from "./readPolicies.ts";

export interface ExplainedPermission {
  /** `read role`, `executor role`, `whoever runs Anchorwatch`. */
  readonly who: string;
  readonly effect: "Allow" | "Deny";
  readonly actions: readonly string[];
  /** `*`: all of the account. Empty in a trust policy. */
  readonly resources: readonly string[];
  readonly why: string;
  /** After “Without it ”. */
  readonly without: string;
}

export function explainedPermissions(
  options: ConnectOptions,
  externalId: string,
): readonly ExplainedPermission[] {
  const { principal, executor } = options;
  const reads = readPolicies(options).flatMap(({ statements }) => statements);
  const read = [...readTrust(principal, externalId), ...reads, ...feedPolicy(options).statements];
  const executing = [
    ...executorTrust(principal, externalId),
    ...executorPolicies(options).flatMap(({ statements }) => statements),
  ];
  return [
    ...read.map((statement) => explained("read role", statement)),
    ...(executor.kind === "none" ? [] : executing.map((statement) => explained("executor role", statement))),
    ...principalStatements(options).map((statement) => explained("whoever runs Anchorwatch", statement)),
  ];
}

function explained(
  who: string,
  { effect, actions, resources = [], why, without }: Statement,
): ExplainedPermission {
  return { who, effect, actions, resources, why, without };
}
