import type { Warning } from "../../domain/errors.ts";
import { BUILT_IN_FILE, BUILT_IN_POLICIES } from "./builtIn.ts";
import { type ParsedPolicies, parsePolicies } from "./parsePolicies.ts";
import type { PolicyFile } from "./policyFile.ts";

/** What is wrong with the operator's policies, each with file, line and column; and what is hardly meant. */
export function checkPolicies(files: readonly PolicyFile[]): Pick<ParsedPolicies, "problems" | "warnings"> {
  const { problems, warnings } = policiesOf(files);
  return { problems, warnings };
}

/** Those that are built in, then the operator's, in the order of the files. */
export function policiesOf(files: readonly PolicyFile[]): ParsedPolicies {
  const parsed = [
    parsePolicies({ name: BUILT_IN_FILE, text: BUILT_IN_POLICIES }, "built-in"),
    ...files.map((file) => parsePolicies(file, "config")),
  ];
  const policies = parsed.flatMap((one) => one.policies);
  const problems = parsed.flatMap((one) => one.problems);
  return {
    policies,
    problems: [...problems, ...takenIds(policies)],
    warnings: parsed.flatMap((one) => one.warnings),
  };
}

function takenIds(policies: ParsedPolicies["policies"]): readonly Warning[] {
  const first = new Map<string, ParsedPolicies["policies"][number]>();
  return policies.flatMap((policy): Warning[] => {
    const taken = first.get(policy.id);
    first.set(policy.id, taken ?? policy);
    if (taken === undefined) return [];
    const by =
      taken.source === undefined ? "is built in" : `stands in ${taken.source.file}:${taken.source.line}`;
    return [
      {
        code: "config_invalid",
        message: `there are two policies “${policy.id}”: the other one ${by}`,
        hint: "Give it an @id of its own.",
        ...(policy.source === undefined ? {} : { location: policy.source }),
      },
    ];
  });
}
