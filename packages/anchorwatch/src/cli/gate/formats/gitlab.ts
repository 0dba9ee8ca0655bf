/**
 * GitLab's code quality report.
 * @see https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
 */
import { createHash } from "node:crypto";
import type { GateAnswer } from "../../../app/gate/gate.ts";
import type { GateFinding } from "../../../app/gate/gateFinding.ts";
import { escapeJson, escapeText } from "../../../domain/escape.ts";
import { harmlessJson } from "./harmless.ts";
import { FALLBACK_PLACE, linesOf } from "./words.ts";

type Severity = "info" | "minor" | "major" | "critical" | "blocker";

export function gateForGitlab(answer: GateAnswer): string {
  const issues = answer.findings.map((finding) => issue(finding, answer));
  return `${harmlessJson(escapeJson(JSON.stringify(issues, null, 2)))}\n`;
}

function issue(finding: GateFinding, { stack }: GateAnswer): object {
  const { title, kind, rules = [], address = "", source } = finding;
  return {
    description: `${escapeText(title)}. ${linesOf(finding).join(" ")}`,
    check_name: rules[0] ?? `anchorwatch.gate.${kind}`,
    // The same finding of the same resource is the same issue from run to run.
    fingerprint: createHash("sha256")
      .update(JSON.stringify([stack, kind, address, rules]))
      .digest("hex"),
    severity: severityOf(finding),
    location: { path: (source ?? FALLBACK_PLACE).file, lines: { begin: (source ?? FALLBACK_PLACE).line } },
  };
}

function severityOf({ weight, severity }: GateFinding): Severity {
  if (weight === "told") return severity === undefined || severity === "info" ? "info" : "minor";
  if (weight === "unknown") return "critical";
  return severity === "critical" || severity === undefined ? "blocker" : "critical";
}
