/** Why somebody may do something, or not, and what would have to be different. */
import { ROLES, type Role, type RoleAssignment } from "../role.ts";
import { type Asking, type Authorizer, labelsOf } from "./authorizer.ts";
import type { Decision, Question } from "./decision.ts";
import { countsFor } from "./scope.ts";

export interface Explanation extends Decision {
  /** Roles that he has for what is asked about. */
  readonly counting: readonly RoleAssignment[];
  /** Those that he has only elsewhere. */
  readonly elsewhere: readonly RoleAssignment[];
  /**
   * When it is not allowed: what would allow it, each a way of its own, of those with the fewest changes. Found by asking again, so
   * none is left out; empty when no role and no way to sign in would do, because a policy forbids it whatever they are.
   */
  readonly ways: readonly (readonly Change[])[];
}

export type Change =
  /** He has that role there as well. */
  | { readonly kind: "role"; readonly role: Role }
  /** He signs in with a passkey or a second factor. */
  | { readonly kind: "strong" }
  /** He does it in the browser, not with a token. */
  | { readonly kind: "session" }
  /** The token has no limit, or a wider one. */
  | { readonly kind: "unlimited" };

/** @param who with all the assignments that he has */
export function explain(
  authorizer: Pick<Authorizer, "decide">,
  who: Asking,
  question: Question,
): Explanation {
  const decision = authorizer.decide(who, question);
  const labels = labelsOf(question);
  const counts = ({ scope }: RoleAssignment) => countsFor(scope, labels);
  return {
    ...decision,
    counting: who.assignments.filter(counts),
    elsewhere: who.assignments.filter((assignment) => !counts(assignment)),
    ways: decision.allowed ? [] : waysOf(authorizer, who, question),
  };
}

function waysOf(
  authorizer: Pick<Authorizer, "decide">,
  who: Asking,
  question: Question,
): readonly (readonly Change[])[] {
  const ways = candidates(who).filter(
    (changes) =>
      authorizer.decide(
        changes.reduce((changed, change) => withChange(changed, change), who),
        question,
      ).allowed,
  );
  const fewest = Math.min(...ways.map(({ length }) => length));
  return ways.filter(({ length }) => length === fewest);
}

/** Every combination: there are only a few. */
function candidates(who: Asking): readonly (readonly Change[])[] {
  const switches: readonly Change[] = [
    ...(who.strong ? [] : [{ kind: "strong" } as const]),
    ...(who.channel === "token" || who.channel === "chat" ? [{ kind: "session" } as const] : []),
    ...(who.limit === undefined ? [] : [{ kind: "unlimited" } as const]),
  ];
  const combined = switches.reduce<readonly (readonly Change[])[]>(
    (sets, change) => sets.concat(sets.map((set) => [...set, change])),
    [[]],
  );
  const roles = ROLES.map((role) => [{ kind: "role", role }] as const);
  return [[], ...roles].flatMap((role) => combined.map((set) => [...role, ...set]));
}

function withChange(who: Asking, change: Change): Asking {
  switch (change.kind) {
    case "role": {
      const added: RoleAssignment = {
        id: "",
        role: change.role,
        subject: { kind: "login", login: who.name },
        scope: {},
        origin: "api",
      };
      return { ...who, assignments: [...who.assignments, added] };
    }
    case "strong":
      return { ...who, strong: true };
    case "session": {
      // No session has a limit.
      const { limit: _limit, ...rest } = who;
      return { ...rest, channel: "session" };
    }
    case "unlimited": {
      const { limit: _limit, ...rest } = who;
      return rest;
    }
  }
}
