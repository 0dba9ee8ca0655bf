/** Who a principal is to the operator: a person, or the stack's own delivery. */
import type { Actor, Person } from "../domain/actor.ts";
import { matchWildcard } from "./wildcard.ts";

/** Texts are exact, `*` stands for anything; `$1` in `person` is what the first one stood for. */
export interface IdentityRule {
  readonly match: {
    readonly by: "sourceIdentity" | "sessionName" | "principal";
    readonly pattern: string;
  };
  readonly person: string;
  /** `anchorwatch.server.yaml:12` */
  readonly origin: string;
}

/** The first rule that matches says it. */
export function personOf(actor: Actor, rules: readonly IdentityRule[]): Person {
  for (const { match, person, origin } of rules) {
    for (const text of textsOf(actor, match.by)) {
      const stood = matchWildcard(match.pattern, text);
      if (stood === undefined) continue;
      return { kind: "mapped", name: person.replaceAll("$1", () => stood[0] ?? ""), rule: origin };
    }
  }
  return { kind: "unmapped" };
}

function textsOf(actor: Actor, by: IdentityRule["match"]["by"]): readonly string[] {
  const texts = by === "principal" ? [actor.principal, actor.sessionIssuer] : [actor[by]];
  return texts.filter((text) => text !== undefined);
}

/**
 * Whether one of the operator's `principals` acted: ARNs of roles or users, or of sessions, `*` stands for anything. The role of a
 * session is taken from what the trail says issued it, never from the session's name, which whoever opens a session chooses.
 */
export function isDelivery(actor: Actor, principals: readonly string[]): boolean {
  return principals.some(
    (pattern) =>
      matchWildcard(pattern, actor.principal) !== undefined ||
      (actor.sessionIssuer === undefined
        ? isRoleOf(pattern, actor.principal)
        : matchWildcard(pattern, actor.sessionIssuer) !== undefined),
  );
}

/**
 * The ARN of a session lacks the path of its role. Names of roles are unique in an account whatever their path is, so for a pattern
 * that names one role the name decides; a pattern with `*` that has a path as well could mean other roles, and does not match.
 */
function isRoleOf(pattern: string, session: string): boolean {
  const [, head, account, role] = /^(arn:[^:]*:)sts::([^:]*):assumed-role\/([^/]+)\//.exec(session) ?? [];
  if (role === undefined) return false;
  const plain = `${head}iam::${account}:role/${role}`;
  if (pattern.includes("*"))
    return !/:role\/.*\//.test(pattern) && matchWildcard(pattern, plain) !== undefined;
  return pattern.replace(/:role\/.*\//, ":role/") === plain;
}
