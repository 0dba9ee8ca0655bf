/** An explanation in words, ours or a server's. Names come from files, arguments and the server, so everything is escaped. */
import type { ExplanationJson } from "../../app/access/explanationJson.ts";
import type { Barred } from "../../app/access/mayComeIn.ts";
import { ACTIONS } from "../../auth/action.ts";
import { escapeText } from "../../domain/escape.ts";
import type { Labels } from "../../domain/labels.ts";
import type { LedgerPaint } from "../ledger/paint.ts";

/** @param asked what the resource was called */
export function explanationText(explanation: ExplanationJson, asked: string, paint: LedgerPaint): string {
  const { allowed, principal, action, roles, rolesElsewhere } = explanation;
  const verdict = allowed ? paint.good("ALLOWED") : paint.bad("DENIED");
  const called = escapeText(principal.kind === "user" ? principal.name : `workload:${principal.name}`);
  const target = escapeText(`${action}  ${targetText(explanation, asked)}`);
  // A server may know actions that this program does not.
  const means = Object.hasOwn(ACTIONS, action) ? [`(to ${ACTIONS[action].means})`] : [];
  const blocks = [
    [
      `${verdict}  ${paint.strong(called)}  ${target}`,
      ...means.map((text) => paint.quiet(`${" ".repeat(allowed ? 9 : 8)}${text}`)),
    ],
    reasons(explanation),
    block("Roles that count here", roles.map(roleText)),
    block("Roles that do not count here", rolesElsewhere.map(roleText)),
    waysText(explanation),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

/** `stack:network, a stack with team=payments` */
function targetText({ resource: { kind, labels = {} } }: ExplanationJson, asked: string): string {
  if (kind === "installation") return "this installation";
  const name = asked.startsWith("labels:") ? "" : `${asked}, `;
  return `${name}${kind === "stack" ? "a stack" : "an account"} with ${labelsText(labels)}`;
}

function reasons(explanation: ExplanationJson): readonly string[] {
  const { allowed, barred, policies, failures, limitedByToken, roles } = explanation;
  if (barred !== undefined) return [`Does not come in at all: ${BARRED_WORDS[barred]}.`];
  if (failures.length > 0) {
    return block(
      "It is refused because something could not be decided",
      failures.map(
        ({ policy, message }) => `${policy === undefined ? "" : `${policyText(policy)}: `}${message}`,
      ),
    );
  }
  if (allowed) return block("Permitted by", policies.map(policyText));
  if (limitedByToken) return ["The token is limited to less than its owner may."];
  if (policies.length > 0) return block("Forbidden by", policies.map(policyText));
  return [
    roles.length === 0
      ? "No role counts here, and no policy permits it otherwise."
      : "No policy permits it to these roles.",
  ];
}

const BARRED_WORDS: Readonly<Record<Barred, string>> = {
  disabled: "the account is disabled",
  removed: "the account was removed",
  provider: "the operator's file does not name the identity provider any more",
  workload: "access.workloads of the operator's file names no such pipeline",
};

function waysText({ allowed, barred, principal, ways }: ExplanationJson): readonly string[] {
  if (allowed || barred !== undefined) return [];
  if (ways.length === 0) return ["No role and no other way to sign in would change that: a policy has to."];
  return block(
    "What would allow it",
    ways.map((changes) => changes.map((change) => changeText(change, principal.kind)).join(", and ")),
  );
}

function block(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `  ${escapeText(line)}`)];
}

/** `operator where team=payments (group:okta:platform, anchorwatch.server.yaml:12)` */
function roleText({ role, labels, subject, file, line }: ExplanationJson["roles"][number]): string {
  const where = Object.keys(labels).length === 0 ? "everywhere" : `where ${labelsText(labels)}`;
  // Of a user himself nothing need be said.
  const whom = /^user(?:-id)?:/.test(subject) ? "" : `${subject}, `;
  return `${role} ${where} (${whom}${file === undefined ? "given by API" : placeText(file, line)})`;
}

/** `“strong” (policies.cedar:3): production is changed with a second factor only` */
function policyText({ id, means, file, line }: ExplanationJson["policies"][number]): string {
  const where = file === undefined ? "built in" : placeText(file, line);
  return `“${id}” (${where})${means === undefined ? "" : `: ${means}`}`;
}

function placeText(file: string, line: number | undefined): string {
  return line === undefined ? file : `${file}:${line}`;
}

function changeText(
  { kind, role }: ExplanationJson["ways"][number][number],
  asking: ExplanationJson["principal"]["kind"],
): string {
  switch (kind) {
    case "role":
      return `the role ${role ?? "that is missing"} here`;
    case "strong":
      return asking === "user"
        ? "signing in with a passkey or a second factor"
        : "a person with a second factor";
    case "session":
      return "doing it in the browser, not with a token";
    case "unlimited":
      return "a token without this limit";
  }
}

function labelsText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  return pairs.length === 0 ? "no labels" : pairs.join(", ");
}
