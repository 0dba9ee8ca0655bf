/**
 * JUnit XML as GitLab and Jenkins read it: one test case per resource. Drift is a failure, a blind spot an error.
 * @see https://docs.gitlab.com/ci/testing/unit_test_reports
 */
import { isBlindSpot, isDrift } from "../../app/exitStatus.ts";
import type { CheckResult, PendingChange, ResourceResult } from "../../domain/check.ts";
import { escapeText } from "../../domain/escape.ts";
import { fullText, headline } from "./summary.ts";
import { conclusion, pendingText, resourceName, sorted, sourceFile } from "./words.ts";
import { element, xml } from "./xml.ts";

/** `strict`: code that was never deployed fails too, in a suite of its own. */
export function renderJunit(result: CheckResult, options: { readonly strict: boolean }): string {
  const suites = [resourceSuite(result)];
  if (options.strict && result.pending.length > 0) suites.push(pendingSuite(result));
  const total = suites.reduce((sum, { counts }) => addCounts(sum, counts), NOTHING);
  const attributes = { name: "anchorwatch", ...countAttributes(total), time: seconds(result) };
  const body = suites.map(({ xml }) => xml).join("\n");
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element("testsuites", attributes, `\n${body}\n`)}\n`;
}

interface Counts {
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
  readonly skipped: number;
}

interface Suite {
  readonly counts: Counts;
  readonly xml: string;
}

type Outcome = "passed" | "failures" | "errors" | "skipped";

const NOTHING: Counts = { tests: 0, failures: 0, errors: 0, skipped: 0 };

function resourceSuite(result: CheckResult): Suite {
  const resources = sorted(result.resources);
  const cases = resources.map((resource) => resourceCase(resource, result));
  const counts = resources.map(outcomeOf).reduce(countOutcome, NOTHING);
  const drifted = resources.filter(isDrift).length;
  const blind = resources.filter(isBlindSpot).length;
  const notes = [
    conclusion(drifted, blind, result),
    ...result.pending.map((p) => `pending: ${pendingLine(p)}`),
  ];
  return suite(result, escapeText(result.stack.name), counts, [
    ...cases,
    element("system-out", {}, xml(notes.join("\n"))),
  ]);
}

function pendingSuite(result: CheckResult): Suite {
  const counts = { ...NOTHING, tests: result.pending.length, failures: result.pending.length };
  const cases = result.pending.map((pending) => {
    const failure = element(
      "failure",
      { message: pendingLine(pending), type: "pending" },
      xml(pendingLine(pending)),
    );
    return element(
      "testcase",
      { classname: className(result, "pending"), name: escapeText(pending.address), time: "0" },
      failure,
    );
  });
  return suite(result, `${escapeText(result.stack.name)} pending`, counts, cases);
}

function suite(result: CheckResult, name: string, counts: Counts, children: readonly string[]): Suite {
  const timestamp = result.startedAt.toISOString().replace(/\.\d+Z$/, "");
  const attributes = { name, ...countAttributes(counts), time: seconds(result), timestamp };
  return { counts, xml: element("testsuite", attributes, `\n${children.join("\n")}\n`) };
}

function resourceCase(resource: ResourceResult, result: CheckResult): string {
  const attributes = {
    classname: className(result, resource.type),
    name: resourceName(resource),
    ...(resource.source === undefined
      ? {}
      : { file: sourceFile(resource.source, result), line: String(resource.source.line) }),
    time: "0",
  };
  return element("testcase", attributes, outcomeElement(resource, result));
}

function outcomeElement(resource: ResourceResult, result: CheckResult): string {
  const message = headline(resource);
  const text = xml(fullText(resource, result, 20));
  switch (outcomeOf(resource)) {
    case "failures":
      return element("failure", { message, type: resource.verdict }, text);
    case "errors":
      return element("error", { message, type: resource.reason?.code ?? resource.verdict }, text);
    case "skipped":
      return element("skipped", { message });
    case "passed":
      return "";
  }
}

function outcomeOf(resource: ResourceResult): Outcome {
  if (isDrift(resource)) return "failures";
  if (isBlindSpot(resource)) return "errors";
  return resource.verdict === "in_sync" ? "passed" : "skipped";
}

function countOutcome(counts: Counts, outcome: Outcome): Counts {
  const tests = counts.tests + 1;
  return outcome === "passed" ? { ...counts, tests } : { ...counts, tests, [outcome]: counts[outcome] + 1 };
}

function addCounts(a: Counts, b: Counts): Counts {
  return {
    tests: a.tests + b.tests,
    failures: a.failures + b.failures,
    errors: a.errors + b.errors,
    skipped: a.skipped + b.skipped,
  };
}

function countAttributes(counts: Counts): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, String(count)]));
}

/** GitLab shows it as the suite; Jenkins takes what stands before the last dot for a package. */
function className(result: CheckResult, type: string): string {
  return escapeText(`${result.stack.name.replaceAll(".", "_")}.${type}`);
}

function pendingLine(pending: PendingChange): string {
  return `${escapeText(pending.address)}: ${pendingText(pending)}`;
}

function seconds(result: CheckResult): string {
  return (Math.max(result.finishedAt.getTime() - result.startedAt.getTime(), 0) / 1000).toFixed(3);
}
