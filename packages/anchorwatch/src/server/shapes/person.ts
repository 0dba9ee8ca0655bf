/** Users, what they may, and how they come in. */
import { z } from "zod";
import type { Passkey, Session, Token } from "../../auth/records.ts";
import { ROLES, type RoleAssignment } from "../../auth/role.ts";
import type { User } from "../../auth/user.ts";
import { LABEL_NAME } from "../../domain/labels.ts";
import { maybeTime, schemaName, time, timeOf } from "./wire.ts";

export const scopeShape = z
  .record(z.string().regex(LABEL_NAME), z.string().min(1).max(200))
  .meta({ description: "Labels that must all be there; empty: everywhere." });

export const subjectShape = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("user"), id: z.string().min(1).max(200) }),
  z.strictObject({ kind: z.literal("login"), login: z.string().min(1).max(200) }),
  z.strictObject({
    kind: z.literal("group"),
    group: z.string().min(1).max(400).meta({ description: "PROVIDER:GROUP" }),
  }),
  z.strictObject({ kind: z.literal("workload"), name: z.string().min(1).max(200) }),
]);

export const assignmentShape = z
  .object({
    schema: schemaName("role-assignment"),
    id: z.string(),
    role: z.enum(ROLES),
    subject: subjectShape,
    scope: scopeShape,
    origin: z.enum(["config", "api"]).meta({ description: "Where it can be taken away again." }),
    source: z.string().optional().meta({ description: "FILE:LINE, of those of the operator's file." }),
    addedAt: time.optional(),
    addedBy: z.string().optional(),
  })
  .meta({ id: "RoleAssignment" });

export const userShape = z
  .object({
    schema: schemaName("user"),
    id: z.string(),
    kind: z.enum(["local", "oidc"]),
    login: z.string(),
    name: z.string(),
    email: z.string().optional(),
    status: z.enum(["active", "disabled", "removed"]),
    groups: z.array(z.string()).meta({ description: "PROVIDER:GROUP, as of the last sign-in." }),
    version: z.int().min(1).meta({ description: "As in the ETag." }),
    addedAt: time,
    lastSeenAt: time.optional(),
  })
  .meta({ id: "User" });

export const sessionShape = z
  .object({
    schema: schemaName("session"),
    id: z.string(),
    method: z.enum(["oidc", "passkey", "password"]),
    provider: z.string().optional(),
    strong: z.boolean().meta({ description: "Proven with a passkey or a second factor." }),
    startedAt: time,
    lastUsedAt: time,
    endsAt: time,
    address: z.string(),
    userAgent: z.string(),
    current: z.boolean().meta({ description: "It is the one that asks." }),
  })
  .meta({ id: "Session" });

export const passkeyShape = z
  .object({
    schema: schemaName("passkey"),
    id: z.string(),
    name: z.string(),
    isBackedUp: z.boolean().meta({ description: "It is kept on other devices, too." }),
    addedAt: time,
    lastUsedAt: time.optional(),
  })
  .meta({ id: "Passkey" });

export const tokenLimitShape = z
  .strictObject({ roles: z.array(z.enum(ROLES)).min(1).max(ROLES.length), scope: scopeShape.default({}) })
  .meta({ description: "It may only what these roles may there, and never more than its owner." });

export const tokenShape = z
  .object({
    schema: schemaName("token"),
    id: z.string(),
    name: z.string(),
    owner: z.object({ kind: z.enum(["user", "workload"]), id: z.string() }),
    limit: z.object({ roles: z.array(z.enum(ROLES)), scope: scopeShape }).optional(),
    addedAt: time,
    expiresAt: time,
    lastUsedAt: time.optional(),
    lastUsedFrom: z.string().optional(),
    revokedAt: time.optional(),
  })
  .meta({ id: "Token" });

export const madeTokenShape = z.object({
  schema: schemaName("new-token"),
  token: tokenShape,
  secret: z.string().meta({ description: "Shown this once: Authorization: Bearer SECRET." }),
});

export function presentUser(user: User): z.infer<typeof userShape> {
  const { id, kind, login, name, email, status, groups, version, addedAt, lastSeenAt } = user;
  return {
    schema: "anchorwatch.user/v1",
    ...{ id, kind, login, name, email, status, groups: [...groups], version },
    addedAt: timeOf(addedAt),
    lastSeenAt: maybeTime(lastSeenAt),
  };
}

export function presentAssignment(assignment: RoleAssignment): z.infer<typeof assignmentShape> {
  const { id, role, subject, scope, origin, source, addedAt, addedBy } = assignment;
  return {
    schema: "anchorwatch.role-assignment/v1",
    ...{ id, role, subject, scope, origin, addedBy },
    source: source === undefined ? undefined : `${source.file}:${source.line}`,
    addedAt: maybeTime(addedAt),
  };
}

/** @param currentId of the session that asks */
export function presentSession(session: Session, currentId: string): z.infer<typeof sessionShape> {
  const { id, method, provider, strong, startedAt, lastUsedAt, endsAt, address, userAgent } = session;
  return {
    schema: "anchorwatch.session/v1",
    ...{ id, method, provider, strong, address, userAgent },
    startedAt: timeOf(startedAt),
    lastUsedAt: timeOf(lastUsedAt),
    endsAt: timeOf(endsAt),
    current: id === currentId,
  };
}

export function presentPasskey(passkey: Passkey): z.infer<typeof passkeyShape> {
  const { id, name, isBackedUp, addedAt, lastUsedAt } = passkey;
  return {
    schema: "anchorwatch.passkey/v1",
    ...{ id, name, isBackedUp },
    addedAt: timeOf(addedAt),
    lastUsedAt: maybeTime(lastUsedAt),
  };
}

export function presentToken(token: Token): z.infer<typeof tokenShape> {
  const { id, name, owner, limit, addedAt, expiresAt, lastUsedAt, lastUsedFrom, revokedAt } = token;
  return {
    schema: "anchorwatch.token/v1",
    ...{ id, name, lastUsedFrom },
    owner: { kind: owner.kind, id: owner.kind === "user" ? owner.id : owner.name },
    limit: limit === undefined ? undefined : { roles: [...limit.roles], scope: limit.scope },
    addedAt: timeOf(addedAt),
    expiresAt: timeOf(expiresAt),
    lastUsedAt: maybeTime(lastUsedAt),
    revokedAt: maybeTime(revokedAt),
  };
}
