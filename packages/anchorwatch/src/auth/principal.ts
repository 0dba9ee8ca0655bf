/** Whoever asks, once it is proven who that is. */
import type { Labels } from "../domain/labels.ts";
import type { Role, RoleAssignment } from "./role.ts";
import type { UserId } from "./user.ts";

export interface Principal {
  /** `user`: a person, also when a token of his asks. `workload`: a pipeline. */
  readonly kind: "user" | "workload";
  /** A user's id, or the name of a workload in the operator's file. */
  readonly id: string;
  /** For people: a login, or what the pipeline calls itself. */
  readonly name: string;
  readonly groups: readonly string[];
  /** How it came: in a browser, with a token that was made here, with the token that a pipeline was given for its own, or by a button in a chat. */
  readonly channel: "session" | "token" | "workload" | "chat";
  /** Of the session, token or chat account; never the secret. */
  readonly credentialId: string;
  /** It was a passkey, or the identity provider says that there was a second factor. */
  readonly strong: boolean;
  /** All roles that it has, wherever they count. */
  readonly assignments: readonly RoleAssignment[];
  /** Of a token: it may only what these roles may there as well. Absent: whatever its user may. */
  readonly limit?: TokenLimit;
}

export interface TokenLimit {
  readonly roles: readonly Role[];
  readonly scope: Labels;
}

/** A person's principal has its id. */
export function userIdOf(principal: Principal): UserId | undefined {
  return principal.kind === "user" ? (principal.id as UserId) : undefined;
}
