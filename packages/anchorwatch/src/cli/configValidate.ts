import { dirname, resolve } from "node:path";
import type { Configuration } from "../app/configuration/configuration.ts";
import { findConfiguration } from "../app/configuration/find.ts";
import { resolveInside, shownName } from "../app/configuration/inside.ts";
import { readConfiguration, withRuleFiles } from "../app/configuration/load.ts";
import { parseConfiguration } from "../app/configuration/parse.ts";
import { formatProblem } from "../app/configuration/problems.ts";
import type { ServerConfiguration } from "../app/configuration/server/serverConfiguration.ts";
import { AnchorwatchError, type Warning } from "../domain/errors.ts";
import { escapeLines, escapeText } from "../domain/escape.ts";
import { plural } from "../domain/plural.ts";

import { writeTo } from "./output.ts";
import { formatProblemText, formatWarningText, problemOf } from "./problem.ts";
import { assertOperatorsFile } from "./serverFlag.ts";
import type { Surroundings } from "./surroundings.ts";

/** `anchorwatch config validate --server FILE`: the operator's file. */
export async function runServerValidate(file: string, surroundings: Surroundings): Promise<number> {
  const { stdout, stderr, workingDirectory } = surroundings;
  try {
    const { parseServerConfiguration } = await import("../app/configuration/server/parse.ts");
    assertOperatorsFile(
      file,
      "--server",
      "What is in force on a server, `anchorwatch config show --server URL` shows.",
    );
    const path = resolve(workingDirectory, file);
    const shown = shownName(path, workingDirectory);
    const text = await readConfiguration(path, shown, "--server");
    const parsed = await parseServerConfiguration(text, shown, dirname(path));
    if (!parsed.ok) {
      await writeTo(stderr, problemList(parsed.problems, shown));
      return 1;
    }
    const { unsetVariables } = await import("../app/configuration/server/unsetVariables.ts");
    const warnings = [
      ...parsed.configuration.warnings,
      ...unsetVariables(parsed.configuration, surroundings.environment),
    ];
    for (const warning of warnings) await writeTo(stderr, formatWarningText(warning));
    const about = serverContents(parsed.configuration);
    await writeTo(stdout, `${escapeText(shown)}: OK (${escapeText(about)})\n`);
    return 0;
  } catch (error) {
    await writeTo(stderr, formatProblemText(problemOf(error), false));
    return 1;
  }
}

/** `anchorwatch config validate`: 0 when the file is right, 1 with every problem on stderr. */
export async function runConfigValidate(
  given: string | undefined,
  surroundings: Surroundings,
): Promise<number> {
  const { stdout, stderr, workingDirectory } = surroundings;
  try {
    const file = await locate(given, workingDirectory);
    const shown = shownName(file, workingDirectory);
    const parsed = parseConfiguration(await readConfiguration(file, shown), shown);
    const problems = parsed.ok
      ? [
          ...(await missingFiles(file, parsed.configuration)),
          ...(await wrongRules(file, parsed.configuration)),
        ]
      : parsed.problems;
    if (parsed.ok && problems.length === 0) {
      await writeTo(stdout, `${escapeText(shown)}: OK (${contents(parsed.configuration)})\n`);
      return 0;
    }
    await writeTo(stderr, problemList(problems, shown));
  } catch (error) {
    await writeTo(stderr, formatProblemText(problemOf(error), false));
  }
  return 1;
}

function problemList(problems: readonly Warning[], shown: string): string {
  const lines = problems.flatMap((problem) => escapeLines(formatProblem(problem)));
  return `${lines.join("\n")}\n${escapeText(shown)}: ${plural(problems.length, "problem")}\n`;
}

async function locate(given: string | undefined, workingDirectory: string): Promise<string> {
  if (given !== undefined) return resolve(workingDirectory, given);
  const found = await findConfiguration(workingDirectory);
  if (found !== undefined) return found;
  throw new AnchorwatchError(
    "config_unreadable",
    "there is no anchorwatch.yaml here or in the repository around",
    {
      hint: "Give the file: anchorwatch config validate FILE",
    },
  );
}

async function missingFiles(file: string, configuration: Configuration): Promise<readonly Warning[]> {
  const problems: Warning[] = [];
  for (const stack of configuration.stacks) {
    const location = { file: configuration.file, line: stack.line };
    for (const path of [stack.path, ...stack.varFiles, ...(stack.state === undefined ? [] : [stack.state])]) {
      try {
        await resolveInside(file, path, location);
      } catch (error) {
        if (!(error instanceof AnchorwatchError)) throw error;
        const hint = error.hint === undefined ? {} : { hint: error.hint };
        problems.push({ code: error.code, message: error.message, location, ...hint });
      }
    }
  }
  return problems;
}

/** Rules of the repository beside those that are built in; the operator's are not known here. */
async function wrongRules(file: string, configuration: Configuration): Promise<readonly Warning[]> {
  const { policy } = await withRuleFiles(file, configuration);
  if (policy.rules.length + policy.adjustments.length + policy.problems.length === 0) return [];
  const { newStackPolicies, ruleWarning } = await import("../app/policy/rules/stackPolicies.ts");
  const { DEFAULT_POLICY } = await import("../app/policy/rules/policySettings.ts");
  const { problems } = newStackPolicies(() => DEFAULT_POLICY).policyFor(policy);
  return problems.map((problem) => {
    const { hint: _, ...warning } = ruleWarning(problem);
    return warning;
  });
}

function serverContents({ ledger, watch, access, policy: classification }: ServerConfiguration): string {
  const { stacks, events, identities } = watch;
  const parts = [
    ledger === undefined
      ? "no ledger"
      : `the ledger ${ledger.place.name}, ${plural(ledger.anchors.length, "anchor")}`,
  ];
  if (stacks.length > 0) parts.push(`stacks in ${plural(stacks.length, "place")}`);
  if (events.length > 0) parts.push(plural(events.length, "event source"));
  if (identities.length > 0) parts.push(plural(identities.length, "identity rule"));
  const { providers, assignments, workloads, policies } = access;
  if (providers.length > 0) parts.push(plural(providers.length, "identity provider"));
  if (assignments.length > 0)
    parts.push(`${assignments.length} given ${assignments.length === 1 ? "role" : "roles"}`);
  if (workloads.length > 0) parts.push(plural(workloads.length, "workload"));
  if (policies.length > 0)
    parts.push(`${policies.length} policy ${policies.length === 1 ? "file" : "files"}`);
  const { rules, adjustments } = classification.compiled;
  if (rules.length + adjustments.length > 0)
    parts.push(`${plural(rules.length, "rule")} and ${plural(adjustments.length, "adjustment")} for drifts`);
  return parts.join(", ");
}

function contents({ stacks, ignore, sensitive, policy, ruleFiles }: Configuration): string {
  const rules =
    ignore.length + sensitive.length + policy.rules.length + policy.adjustments.length + ruleFiles.length;
  return `${plural(stacks.length, "stack")}, ${plural(rules, "rule")}`;
}
