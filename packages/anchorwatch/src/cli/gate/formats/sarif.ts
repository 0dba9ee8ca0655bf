/**
 * SARIF 2.1.0, for code scanning.
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
import { createHash } from "node:crypto";
import type { GateAnswer } from "../../../app/gate/gate.ts";
import type { FindingKind, FindingWeight, GateFinding } from "../../../app/gate/gateFinding.ts";
import { escapeJson, escapeText } from "../../../domain/escape.ts";
import { harmlessJson } from "./harmless.ts";
import { FALLBACK_PLACE, linesOf } from "./words.ts";

const LEVELS: Readonly<Record<FindingWeight, string>> = { blocks: "error", unknown: "warning", told: "note" };

const TITLES: Readonly<Record<FindingKind, string>> = {
  frozen: "Deployments are frozen",
  undone: "A deployment would undo or bury a change",
  rule: "What would change breaks a rule",
  drift: "The stack is not in sync",
  incomplete: "A rule failed",
  not_known: "No rule could look at a value",
  not_told: "What was asked has no answer",
};

export function gateSarif(answer: GateAnswer, version: string): string {
  const { findings, stack, outcome, at } = answer;
  const ids = [...new Set(findings.map(ruleIdOf))];
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "Anchorwatch",
            semanticVersion: version,
            rules: ids.map((id) => ruleOf(id, findings)),
          },
        },
        automationDetails: { id: `anchorwatch-gate/${escapeText(stack)}/` },
        invocations: [{ executionSuccessful: outcome !== "unknown", endTimeUtc: at.toISOString() }],
        columnKind: "utf16CodeUnits",
        results: findings.map((finding) => result(finding, ids, answer)),
      },
    ],
  };
  return `${harmlessJson(escapeJson(JSON.stringify(log, null, 2)))}\n`;
}

function ruleIdOf({ kind, rules }: GateFinding): string {
  return rules?.[0] ?? `gate.${kind}`;
}

function ruleOf(id: string, findings: readonly GateFinding[]): object {
  const first = findings.find((finding) => ruleIdOf(finding) === id);
  const title = first === undefined ? id : TITLES[first.kind];
  const help = [first?.advice ?? title, ...(first?.controls ?? [])].join(" · ");
  return {
    id,
    shortDescription: { text: title },
    help: { text: safe(escapeText(help)) },
    ...(first?.class === "security"
      ? { properties: { tags: ["security"], "security-severity": scoreOf(first) } }
      : {}),
  };
}

/** As forges sort: 9 and more is critical, 7 high, 4 medium. */
function scoreOf({ severity = "medium" }: GateFinding): string {
  return { critical: "9.5", high: "8.0", medium: "5.5", low: "3.0", info: "1.0" }[severity];
}

function result(finding: GateFinding, ids: readonly string[], { stack }: GateAnswer): object {
  const { weight, title, address, source, kind } = finding;
  const id = ruleIdOf(finding);
  const logical =
    address === undefined
      ? {}
      : { logicalLocations: [{ fullyQualifiedName: escapeText(address), kind: "resource" }] };
  // GitHub refuses the whole file where one result has no file.
  const { file, line } = source ?? FALLBACK_PLACE;
  const uri = file.split("/").map(encodeURIComponent).join("/");
  const physicalLocation = {
    artifactLocation: { uri, uriBaseId: "%SRCROOT%" },
    region: { startLine: line },
  };
  return {
    ruleId: id,
    ruleIndex: ids.indexOf(id),
    level: LEVELS[weight],
    message: { text: safe([escapeText(title), ...linesOf(finding)].join("\n")) },
    locations: [{ physicalLocation, ...logical }],
    partialFingerprints: {
      "anchorwatchGate/v1": createHash("sha256")
        .update(JSON.stringify([stack, kind, address ?? "", id]))
        .digest("hex"),
    },
  };
}

/** In a SARIF message `[text](target)` is a link (section 3.11.6): what a plan holds must not make one. */
function safe(text: string): string {
  return text.toWellFormed().replaceAll("](", "] (");
}
