/** What came out of cases for rules, for people and for pipelines. */
import type { CaseResult, RuleCoverage } from "../../app/policy/cases/runCases.ts";
import { escapeJson, escapeText } from "../../domain/escape.ts";
import { plural } from "../../domain/plural.ts";
import { element, xml } from "../formats/xml.ts";
import type { LedgerPaint } from "../ledger/paint.ts";

export type CaseFormat = "text" | "json" | "junit";

export interface CaseReport {
  readonly results: readonly CaseResult[];
  readonly coverage: readonly RuleCoverage[];
  /** Percent of the rules that must have a case that makes them fire. */
  readonly minCoverage?: number;
}

/** `isGood`: all cases are as expected, and enough rules have some. */
export function caseReport(
  format: CaseFormat,
  report: CaseReport,
  paint: LedgerPaint,
): { readonly text: string; readonly isGood: boolean } {
  const isGood = failed(report).length === 0 && isCovered(report);
  switch (format) {
    case "text":
      return { isGood, text: text(report, paint) };
    case "json":
      return { isGood, text: json(report) };
    case "junit":
      return { isGood, text: junit(report) };
  }
}

function failed({ results }: CaseReport): readonly CaseResult[] {
  return results.filter(({ failures }) => failures.length > 0);
}

function uncovered({ coverage }: CaseReport): readonly string[] {
  return coverage.filter(({ firing }) => firing === 0).map(({ id }) => id);
}

/** No rules at all are covered. */
function percentOf(report: CaseReport): number {
  const all = report.coverage.length;
  return all === 0 ? 100 : ((all - uncovered(report).length) / all) * 100;
}

function isCovered(report: CaseReport): boolean {
  return report.minCoverage === undefined || percentOf(report) >= report.minCoverage;
}

const MOST_NAMED = 20;

function text(report: CaseReport, paint: LedgerPaint): string {
  const bad = failed(report);
  const lines = bad.flatMap(({ case: { file, line, name }, failures }) => [
    `${paint.bad("FAIL")}  ${escapeText(`${file}:${line}`)}  ${paint.strong(escapeText(name))}`,
    ...failures.map((failure) => `      ${escapeText(failure)}`),
  ]);
  const all = plural(report.results.length, "case");
  lines.push(
    bad.length === 0
      ? `${paint.good("OK")}  ${all}, all as expected`
      : `${all}, ${bad.length} not as expected`,
  );
  const missing = uncovered(report);
  const rules = plural(report.coverage.length, "rule");
  if (report.coverage.length > 0) {
    const enough = isCovered(report) ? "" : `; ${paint.bad(`expected at least ${report.minCoverage} %`)}`;
    lines.push(`${Math.floor(percentOf(report))} % of ${rules} have a case that makes them fire${enough}`);
  }
  if (missing.length > 0) {
    const more = missing.length > MOST_NAMED ? ` and ${missing.length - MOST_NAMED} more` : "";
    lines.push(`      none: ${missing.slice(0, MOST_NAMED).map(escapeText).join(", ")}${more}`);
  }
  return `${lines.join("\n")}\n`;
}

function json(report: CaseReport): string {
  const document = {
    schema: "anchorwatch.policy-tests/v1",
    cases: report.results.length,
    failed: failed(report).length,
    results: report.results.map(({ case: { file, line, name }, classification, failures }) => ({
      file,
      line,
      name,
      ok: failures.length === 0,
      class: classification.class,
      severity: classification.severity,
      rules: classification.rules.map(({ id }) => id),
      adjustments: classification.adjustments.map(({ id }) => id),
      failures,
    })),
    coverage: { percent: Math.floor(percentOf(report)), rules: report.coverage },
  };
  return `${escapeJson(JSON.stringify(document, null, 2))}\n`;
}

function junit(report: CaseReport): string {
  const cases = report.results.map(({ case: { file, line, name }, failures }) =>
    testCase({ classname: "anchorwatch.policy", name, file, line: `${line}` }, failures),
  );
  const percent = Math.floor(percentOf(report));
  const covered = isCovered(report)
    ? []
    : [
        `expected cases for at least ${report.minCoverage} % of the rules, found ${percent} %; none: ${uncovered(report).join(", ")}`,
      ];
  const all =
    report.minCoverage === undefined
      ? cases
      : [...cases, testCase({ classname: "anchorwatch.policy", name: "coverage of rules" }, covered)];
  const counts = {
    tests: `${all.length}`,
    failures: `${failed(report).length + covered.length}`,
    errors: "0",
    skipped: "0",
  };
  const suite = element("testsuite", { name: "policy", ...counts, time: "0" }, `\n${all.join("\n")}\n`);
  const suites = element("testsuites", { name: "anchorwatch policy", ...counts, time: "0" }, `\n${suite}\n`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${suites}\n`;
}

function testCase(attributes: Readonly<Record<string, string>>, failures: readonly string[]): string {
  const [first] = failures;
  const failure =
    first === undefined
      ? ""
      : element("failure", { message: first, type: "policy" }, xml(failures.join("\n")));
  return element("testcase", { ...attributes, time: "0" }, failure);
}
