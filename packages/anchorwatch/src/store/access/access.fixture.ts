import { randomBytes, randomUUID } from "node:crypto";
import type { Session, Token } from "../../auth/records.ts";
import type { RoleAssignment } from "../../auth/role.ts";
import type { User, UserId } from "../../auth/user.ts";
import { at } from "../records.fixture.ts";

/** Of a secret that nobody else has. */
export function aDigest(): Uint8Array {
  return randomBytes(32);
}

export function aUser(with_: Partial<User> = {}): User {
  const id = randomUUID() as UserId;
  return {
    ...{ id, kind: "local", login: `ada-${id}`, name: "Ada", status: "active", groups: [] },
    ...{ version: 1, addedAt: at(0) },
    ...with_,
  };
}

export function aSession(userId: UserId, with_: Partial<Session> = {}): Session {
  return {
    ...{ id: randomUUID(), userId, method: "passkey", strong: true, startedAt: at(0), lastUsedAt: at(0) },
    ...{ rotatedAt: at(0), endsAt: at(3_600), address: "192.0.2.7", userAgent: "Lynx" },
    ...with_,
  };
}

export function aToken(owner: Token["owner"], with_: Partial<Token> = {}): Token {
  return {
    ...{ id: randomUUID(), name: "laptop", owner, addedAt: at(0), expiresAt: at(3_600) },
    ...with_,
  };
}

export function anAssignment(
  subject: RoleAssignment["subject"],
  with_: Partial<RoleAssignment> = {},
): RoleAssignment {
  return {
    ...{ id: randomUUID(), role: "viewer", subject, scope: {}, origin: "api" },
    ...{ addedAt: at(0), addedBy: "grace" },
    ...with_,
  };
}
