import { resolve } from "node:path";
import { resolveInside } from "../../app/configuration/inside.ts";
import { readConfiguration } from "../../app/configuration/load.ts";
import { configurationError } from "../../app/configuration/problems.ts";
import { builtinCases, casesInForce } from "../../app/policy/cases/builtinCases.ts";
import { type PolicyCase, parseCases } from "../../app/policy/cases/parseCases.ts";
import { coverageOf, runCases } from "../../app/policy/cases/runCases.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import { wantsColour } from "../formats/palette.ts";
import { ledgerPaint } from "../ledger/paint.ts";
import { writeReport } from "../output.ts";
import type { Surroundings } from "../surroundings.ts";
import { type RulesFlags, type RulesHere, rulesHere, shownHere } from "./rulesHere.ts";
import { type CaseFormat, caseReport } from "./testReport.ts";

export interface PolicyTestFlags extends RulesFlags {
  readonly format: CaseFormat;
  /** Percent. */
  readonly minCoverage?: number;
  readonly builtin: boolean;
  readonly color: boolean;
}

/** `anchorwatch policy test`: 0 all as expected and rules covered, 1 not, or an error. */
export async function testPolicy(
  given: readonly string[],
  flags: PolicyTestFlags,
  surroundings: Surroundings,
): Promise<number> {
  const here = await rulesHere(flags, surroundings);
  const { rules, problems } = here.policy;
  const cases: PolicyCase[] = flags.builtin ? [...casesInForce(builtinCases(), rules)] : [];
  for (const path of await caseFiles(given, flags, here, surroundings))
    cases.push(...(await casesOf(path, surroundings)));
  const results = runCases(cases, rules);
  const origins = flags.builtin
    ? (["builtin", "operator", "repository"] as const)
    : (["operator", "repository"] as const);
  const coverage = coverageOf(results, rules, origins);
  const report = {
    results,
    coverage,
    ...(flags.minCoverage === undefined ? {} : { minCoverage: flags.minCoverage }),
  };
  const { stdout, environment } = surroundings;
  const paint = ledgerPaint(wantsColour(stdout, environment, flags.color));
  const { text, isGood } = caseReport(flags.format, report, paint);
  await writeReport(stdout, text);
  return isGood && problems.length === 0 ? 0 : 1;
}

async function casesOf(path: string, surroundings: Surroundings): Promise<readonly PolicyCase[]> {
  const shown = shownHere(path, surroundings);
  const parsed = parseCases(await readConfiguration(path, shown, "the argument"), shown);
  if (parsed.ok) return parsed.cases;
  throw configurationError(shown, parsed.problems, `anchorwatch policy test ${shown}`);
}

async function caseFiles(
  given: readonly string[],
  { builtin }: PolicyTestFlags,
  { configuration, folder }: RulesHere,
  { workingDirectory }: Surroundings,
): Promise<readonly string[]> {
  if (given.length > 0) return given.map((path) => resolve(workingDirectory, path));
  const named = configuration?.policyTests ?? [];
  if (configuration === undefined || folder === undefined || named.length === 0) {
    if (builtin) return [];
    throw new AnchorwatchError("policy_tests_missing", "No file with cases was named", {
      hint: "Give one: anchorwatch policy test FILE. Or list them under policyTests in anchorwatch.yaml.",
    });
  }
  const location = { file: configuration.file, line: named[0]?.line ?? 1 };
  return await Promise.all(
    named.map(({ path, line }) =>
      resolveInside(resolve(folder, "anchorwatch.yaml"), path, { ...location, line }),
    ),
  );
}
