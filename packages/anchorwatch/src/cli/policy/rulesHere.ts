/** The rules that commands go by: built in, those of the operator's file if one is named, and those of the repository around. */
import { dirname, resolve } from "node:path";
import type { Configuration } from "../../app/configuration/configuration.ts";
import { findConfiguration } from "../../app/configuration/find.ts";
import { shownName } from "../../app/configuration/inside.ts";
import { loadConfiguration } from "../../app/configuration/load.ts";
import { DEFAULT_POLICY } from "../../app/policy/rules/policySettings.ts";
import { newStackPolicies, type RulePolicy, ruleWarning } from "../../app/policy/rules/stackPolicies.ts";
import { operatorsFile } from "../access/operatorsFile.ts";
import { writeTo } from "../output.ts";
import { formatWarningText } from "../problem.ts";
import { SERVER_VARIABLE } from "../serverFlag.ts";
import type { Surroundings } from "../surroundings.ts";

export interface RulesFlags {
  readonly server?: string;
  readonly config?: string;
}

export interface RulesHere {
  readonly policy: RulePolicy;
  /** Absent: there is no anchorwatch.yaml. */
  readonly configuration?: Configuration;
  /** Its folder, absolute. */
  readonly folder?: string;
}

/** Tells what is wrong with rules of the repository. @throws AnchorwatchError where a file cannot be used at all */
export async function rulesHere(
  { server, config }: RulesFlags,
  surroundings: Surroundings,
): Promise<RulesHere> {
  const { workingDirectory, environment, stderr } = surroundings;
  const isNamed = server !== undefined || (environment[SERVER_VARIABLE] ?? "") !== "";
  const settings = isNamed ? (await operatorsFile(server, surroundings)).policy : DEFAULT_POLICY;
  const file =
    config === undefined ? await findConfiguration(workingDirectory) : resolve(workingDirectory, config);
  const configuration = file === undefined ? undefined : await loadConfiguration(file, workingDirectory);
  const policy = newStackPolicies(() => settings).policyFor(configuration?.policy);
  for (const problem of policy.problems) await writeTo(stderr, formatWarningText(ruleWarning(problem)));
  return {
    policy,
    ...(configuration === undefined ? {} : { configuration }),
    ...(file === undefined ? {} : { folder: dirname(file) }),
  };
}

/** How a file is called in messages. */
export function shownHere(path: string, { workingDirectory }: Surroundings): string {
  return shownName(path, workingDirectory);
}
