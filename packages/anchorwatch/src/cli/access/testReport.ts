/** What came out of tests of access, for people and for pipelines. */
import type { PolicyTestResult } from "../../app/access/policyTests/runPolicyTests.ts";
import { escapeJson, escapeText } from "../../domain/escape.ts";
import { plural } from "../../domain/plural.ts";

import { element, xml } from "../formats/xml.ts";
import type { LedgerPaint } from "../ledger/paint.ts";

export type TestFormat = "text" | "json" | "junit";

/** @param file as it is shown */
export function testReport(
  format: TestFormat,
  file: string,
  results: readonly PolicyTestResult[],
  paint: LedgerPaint,
): string {
  switch (format) {
    case "text":
      return text(file, results, paint);
    case "json":
      return json(file, results);
    case "junit":
      return junit(file, results);
  }
}

function text(file: string, results: readonly PolicyTestResult[], paint: LedgerPaint): string {
  const failed = failures(results);
  const lines = failed.flatMap(({ test, failure }) => [
    `${paint.bad("FAIL")}  ${escapeText(`${file}:${test.line}`)}  ${paint.strong(escapeText(test.name))}`,
    `      ${escapeText(failure ?? "")}`,
  ]);
  const all = plural(results.length, "test");
  const end =
    failed.length === 0
      ? `${paint.good("OK")}  ${escapeText(file)}: ${all}, all as expected`
      : `${escapeText(file)}: ${all}, ${failed.length} not as expected`;
  return `${[...lines, end].join("\n")}\n`;
}

function json(file: string, results: readonly PolicyTestResult[]): string {
  const document = {
    schema: "anchorwatch.access-tests/v1",
    file,
    tests: results.length,
    failed: failures(results).length,
    results: results.map(({ test, decision, failure }) => ({
      name: test.name,
      line: test.line,
      ok: failure === undefined,
      expected: test.expect,
      found: decision.allowed ? "allow" : "deny",
      policies: decision.because.map(({ id }) => id),
      ...(failure === undefined ? {} : { failure }),
    })),
  };
  return `${escapeJson(JSON.stringify(document, null, 2))}\n`;
}

function junit(file: string, results: readonly PolicyTestResult[]): string {
  const counts = {
    tests: `${results.length}`,
    failures: `${failures(results).length}`,
    errors: "0",
    skipped: "0",
  };
  const cases = results.map(({ test, failure }) => {
    const attributes = {
      classname: "anchorwatch.access",
      name: test.name,
      file,
      line: `${test.line}`,
      time: "0",
    };
    const failed =
      failure === undefined ? "" : element("failure", { message: failure, type: "access" }, xml(failure));
    return element("testcase", attributes, failed);
  });
  const suite = element("testsuite", { name: file, ...counts, time: "0" }, `\n${cases.join("\n")}\n`);
  const suites = element("testsuites", { name: "anchorwatch access", ...counts, time: "0" }, `\n${suite}\n`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${suites}\n`;
}

function failures(results: readonly PolicyTestResult[]): readonly PolicyTestResult[] {
  return results.filter(({ failure }) => failure !== undefined);
}
