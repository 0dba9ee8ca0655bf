/** An explanation in words. Names come from files and arguments, so everything is escaped. */
import { subjectText } from "../../app/access/explanationJson.ts";
import { ACTIONS } from "../../auth/action.ts";
import { type Asking, labelsOf } from "../../auth/authorize/authorizer.ts";
import type { Question } from "../../auth/authorize/decision.ts";
import type { Change, Explanation } from "../../auth/authorize/explain.ts";
import type { Policy } from "../../auth/authorize/policy.ts";
import type { RoleAssignment } from "../../auth/role.ts";
import type { Labels } from "../../domain/labels.ts";
import { escapeText } from "../formats/escape.ts";
import type { LedgerPaint } from "../ledger/paint.ts";

export function explanationText(
  who: Asking,
  question: Question,
  explanation: Explanation,
  paint: LedgerPaint,
): string {
  const { allowed } = explanation;
  const verdict = allowed ? paint.good("ALLOWED") : paint.bad("DENIED");
  const { means, on } = ACTIONS[question.action];
  const labels = labelsOf(question);
  const target =
    labels === undefined
      ? "this installation"
      : `${on === "stack" ? "a stack" : "an account"} with ${labelsText(labels)}`;
  const called = escapeText(who.kind === "user" ? who.name : `workload:${who.id}`);
  const blocks = [
    [
      `${verdict}  ${paint.strong(called)}  ${question.action}  ${target}`,
      paint.quiet(`         (to ${means})`),
    ],
    reasons(explanation),
    block("Roles that count here", explanation.counting.map(roleText)),
    block("Roles that do not count here", explanation.elsewhere.map(roleText)),
    waysText(who, explanation),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function reasons({ allowed, because, failures, limited, counting }: Explanation): readonly string[] {
  if (failures.length > 0) {
    return block(
      "It is refused because something could not be decided",
      failures.map(
        ({ policy, message }) =>
          `${policy === undefined ? "" : `${policyText(policy)}: `}${escapeText(message)}`,
      ),
    );
  }
  if (allowed) return block("Permitted by", because.map(policyText));
  if (limited) return ["The token is limited to less than its owner may."];
  if (because.length > 0) return block("Forbidden by", because.map(policyText));
  return [
    counting.length === 0
      ? "No role counts here, and no policy permits it otherwise."
      : "No policy permits it to these roles.",
  ];
}

function waysText({ kind }: Asking, { allowed, ways }: Explanation): readonly string[] {
  if (allowed) return [];
  if (ways.length === 0) return ["No role and no other way to sign in would change that: a policy has to."];
  return block(
    "What would allow it",
    ways.map((changes) => changes.map((change) => changeText(change, kind)).join(", and ")),
  );
}

function block(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `  ${line}`)];
}

/** `operator where team=payments (group okta:platform, anchorwatch.server.yaml:12)` */
function roleText({ role, scope, subject, source }: RoleAssignment): string {
  const where = Object.keys(scope).length === 0 ? "everywhere" : `where ${labelsText(scope)}`;
  const whom = subject.kind === "login" || subject.kind === "user" ? "" : `${subjectText(subject)}, `;
  const from = source === undefined ? "given here" : `${source.file}:${source.line}`;
  return escapeText(`${role} ${where} (${whom}${from})`);
}

/** `“strong” (policies.cedar:3): production is changed with a second factor only` */
function policyText({ id, means, source }: Policy): string {
  const where = source === undefined ? "built in" : `${source.file}:${source.line}`;
  return escapeText(`“${id}” (${where})${means === undefined ? "" : `: ${means}`}`);
}

function changeText(change: Change, kind: Asking["kind"]): string {
  switch (change.kind) {
    case "role":
      return `the role ${change.role} here`;
    case "strong":
      return kind === "user"
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
  return pairs.length === 0 ? "no labels" : escapeText(pairs.join(", "));
}
