/** An explanation as the API and `--format json` give it. */
import { ACTIONS, type Action } from "../../auth/action.ts";
import { type Asking, labelsOf } from "../../auth/authorize/authorizer.ts";
import type { Question } from "../../auth/authorize/decision.ts";
import type { Change, Explanation } from "../../auth/authorize/explain.ts";
import type { Policy } from "../../auth/authorize/policy.ts";
import type { Role, RoleAssignment, Subject } from "../../auth/role.ts";
import type { Barred } from "./mayComeIn.ts";

/** @param barred why he does not even come in: then what policies say of him opens nothing */
export function explanationJson(
  who: Asking,
  question: Question,
  explanation: Explanation,
  barred: Barred | undefined,
) {
  const { allowed, limited, because, failures, counting, elsewhere, ways } = explanation;
  const labels = labelsOf(question);
  return {
    schema: "anchorwatch.access-explanation/v1" as const,
    allowed: allowed && barred === undefined,
    ...(barred === undefined ? {} : { barred }),
    principal: {
      kind: who.kind,
      name: who.kind === "user" ? who.name : who.id,
      groups: [...who.groups],
      channel: who.channel,
      strong: who.strong,
    },
    action: question.action as Action,
    resource: {
      kind: ACTIONS[question.action].on,
      ...(labels === undefined ? {} : { labels: { ...labels } }),
    },
    roles: counting.map(roleJson),
    rolesElsewhere: elsewhere.map(roleJson),
    policies: because.map(policyJson),
    failures: failures.map(({ policy, message }) => ({
      message,
      ...(policy === undefined ? {} : { policy: policyJson(policy) }),
    })),
    limitedByToken: limited,
    ways: (barred === undefined ? ways : []).map((changes) => changes.map(changeJson)),
  };
}

export type ExplanationJson = ReturnType<typeof explanationJson>;

export function policyJson({ id, effect, means, origin, source }: Policy) {
  return {
    id,
    effect,
    origin,
    ...(means === undefined ? {} : { means }),
    ...(source === undefined ? {} : { file: source.file, line: source.line }),
  };
}

function roleJson({ role, subject, scope, origin, source }: RoleAssignment) {
  return {
    role,
    subject: subjectText(subject),
    labels: { ...scope },
    origin,
    ...(source === undefined ? {} : { file: source.file, line: source.line }),
  };
}

/** `user:maria@example.com`, `group:okta:platform`, `workload:deploy`. */
function subjectText(subject: Subject): string {
  switch (subject.kind) {
    case "user":
      return `user-id:${subject.id}`;
    case "login":
      return `user:${subject.login}`;
    case "group":
      return `group:${subject.group}`;
    case "workload":
      return `workload:${subject.name}`;
  }
}

function changeJson(change: Change): { readonly kind: Change["kind"]; readonly role?: Role } {
  return { ...change };
}
