/**
 * SARIF 2.1.0, for code scanning: each finding stands at the line that declares the resource.
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
import { createHash } from "node:crypto";
import { isBlindSpot } from "../../app/exitStatus.ts";
import type {
  CheckResult,
  PendingChange,
  ResourceResult,
  SourceLocation,
  Verdict,
} from "../../domain/check.ts";
import { escapeJson, escapeText } from "../../domain/escape.ts";
import { fullText } from "./summary.ts";
import { levelOf } from "./weight.ts";
import { pendingText, resourceName, sorted, sourcePath } from "./words.ts";

export interface SarifOptions {
  readonly all: boolean;
  /** Of Anchorwatch. */
  readonly version: string;
}

type RuleId = Verdict | "pending";
type Level = "error" | "warning" | "note" | "none";

interface Rule {
  readonly level: Level;
  readonly title: string;
  readonly help: string;
}

const RULES: Readonly<Record<RuleId, Rule>> = {
  changed: {
    level: "error",
    title: "Resource changed outside the code",
    help: "What runs is not what was deployed. Put it back, or change the code to match.",
  },
  deleted: {
    level: "error",
    title: "Resource deleted outside the code",
    help: "The resource no longer exists. Deploy it again, or remove it from the code.",
  },
  absorbed: {
    level: "error",
    title: "Change absorbed into the state",
    help: "A change made by hand was written into the state without the code saying so.",
  },
  unmanaged: {
    level: "warning",
    title: "Resource that no code declares",
    help: "The resource exists and no stack knows it. Import it, or delete it.",
  },
  unknown: {
    level: "warning",
    title: "Resource could not be read",
    help: "Whether it drifted is unknown. The message says why and what to do.",
  },
  not_checked: {
    level: "warning",
    title: "Resource was not checked",
    help: "Whether it drifted is unknown. The message says why and what to do.",
  },
  ignored: {
    level: "note",
    title: "Difference that a rule ignores",
    help: "The resource differs only where an ignore rule says so.",
  },
  pending: {
    level: "note",
    title: "Code that was never deployed",
    help: "The code says something else than what was deployed. Deploy it, or take it back.",
  },
  in_sync: { level: "none", title: "Resource in sync", help: "The resource is as it was deployed." },
};

const RULE_IDS = Object.keys(RULES) as readonly RuleId[];

export function renderSarif(result: CheckResult, options: SarifOptions): string {
  const resources = sorted(result.resources).filter((resource) => options.all || isReported(resource));
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: { name: "Anchorwatch", semanticVersion: options.version, rules: RULE_IDS.map(ruleOf) },
        },
        automationDetails: { id: `anchorwatch/${escapeText(result.stack.name)}/` },
        invocations: [
          {
            executionSuccessful: !result.resources.some(isBlindSpot),
            startTimeUtc: result.startedAt.toISOString(),
            endTimeUtc: result.finishedAt.toISOString(),
          },
        ],
        columnKind: "utf16CodeUnits",
        results: [
          ...resources.map((resource) => resourceFinding(resource, result)),
          ...result.pending.map((pending) => pendingFinding(pending, result)),
        ],
      },
    ],
  };
  return `${escapeJson(JSON.stringify(log, null, 2))}\n`;
}

/** What was left out on purpose is no finding. */
function isReported(resource: ResourceResult): boolean {
  return resource.verdict === "not_checked" ? isBlindSpot(resource) : resource.verdict !== "in_sync";
}

function ruleOf(id: RuleId): object {
  const { level, title, help } = RULES[id];
  return {
    id,
    name: id.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: { text: title },
    fullDescription: { text: help },
    help: { text: help },
    defaultConfiguration: { level },
  };
}

function resourceFinding(resource: ResourceResult, result: CheckResult): object {
  const { verdict } = resource;
  const text = fullText(resource, result, 10);
  const rules = new Set((resource.changes ?? []).flatMap(({ ignoredBy }) => ignoredBy ?? []));
  const because = rules.size > 0 ? [...rules].join(", ") : (resource.reason?.message ?? "an ignore rule");
  const suppressions =
    verdict === "ignored" ? { suppressions: [{ kind: "external", justification: safe(because) }] } : {};
  return {
    ...finding(verdict, text, resourceName(resource), resource.source, result),
    ...weightOf(resource),
    ...(verdict === "in_sync" ? { kind: "pass" } : {}),
    ...suppressions,
  };
}

/** Code scanning sorts by the level, and shows the rest as properties. */
function weightOf({ classification }: ResourceResult): object {
  if (classification === undefined) return {};
  const { class: ofClass, severity, rules, isComplete } = classification;
  return {
    level: levelOf(severity),
    properties: {
      severity,
      class: ofClass,
      isComplete,
      rules: rules.map(({ id }) => id),
      tags: [
        ofClass,
        ...new Set(rules.flatMap(({ controls }) => controls.map((control) => escapeText(control)))),
      ],
      help: rules.flatMap(({ remedy }) => (remedy === undefined ? [] : [safe(escapeText(remedy.text))])),
    },
  };
}

function pendingFinding(pending: PendingChange, result: CheckResult): object {
  const address = escapeText(pending.address);
  return finding(
    "pending",
    `${address}: ${pendingText(pending)}, in the code but never deployed`,
    address,
    pending.source,
    result,
  );
}

function finding(
  rule: RuleId,
  text: string,
  name: string,
  source: SourceLocation | undefined,
  result: CheckResult,
): object {
  const logical = { logicalLocations: [{ fullyQualifiedName: name, kind: "resource" }] };
  const physical = source === undefined ? {} : { physicalLocation: physicalLocation(source, result) };
  return {
    ruleId: rule,
    ruleIndex: RULE_IDS.indexOf(rule),
    level: RULES[rule].level,
    message: { text: safe(text) },
    locations: [{ ...physical, ...logical }],
    partialFingerprints: { "anchorwatchResource/v1": fingerprint(rule, name, result) },
  };
}

function physicalLocation(source: SourceLocation, result: CheckResult): object {
  const uri = sourcePath(source, result).split("/").map(encodeURIComponent).join("/");
  return { artifactLocation: { uri, uriBaseId: "%SRCROOT%" }, region: { startLine: source.line } };
}

/** The same drift of the same resource keeps its alert from run to run, also when the code around it moves. */
function fingerprint(rule: RuleId, name: string, result: CheckResult): string {
  const { stack } = result;
  const parts = [stack.lineage ?? stack.name, stack.workspace ?? "", name, rule];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

/** In a SARIF message `[text](target)` is a link (section 3.11.6): a live value must not make one. */
function safe(text: string): string {
  return text.toWellFormed().replaceAll("](", "] (");
}
