/** Who comes in, what they may do, what they were refused, and how the product is set up. */
import { z } from "zod";
import type { KindDefinition } from "./kind.ts";
import { count, digest, prose, text, timestamp } from "./members.ts";

const method = z.enum(["oidc", "passkey", "password", "token", "workload", "session"]);

/** How often it happened again within the minute after the entry before, which is of the same. */
const repeats = count.optional();

/** A user: his id, and what people call him. */
const person = { user: text, name: text };

const sessionStarted = z.strictObject({
  method,
  provider: text.optional(),
  /** More than one proof, or one that nobody can pass on. */
  strong: z.boolean().optional(),
  userAgent: text.optional(),
  /** What the token of a pipeline said of it: `repository`, `ref` … */
  claims: z.record(text, prose).optional(),
});

const sessionProven = z.strictObject({ method });

const sessionFailed = z.strictObject({
  method,
  reason: prose,
  /** Whose account was tried; of names that nobody has, nothing is kept, since they may be passwords. */
  account: text.optional(),
  provider: text.optional(),
  repeats,
});

const sessionEnded = z.strictObject({
  cause: z.enum(["signed_out", "expired", "revoked"]),
  reason: prose.optional(),
});

const userAdded = z.strictObject({ ...person, how: z.enum(["first_run", "invited", "provider"]) });
const userChanged = z.strictObject({ ...person, changes: z.array(text).min(1) });
const userRemoved = z.strictObject(person);

const credential = {
  ...person,
  credential: z.enum(["passkey", "password", "invitation", "chat"]),
  /** What a passkey is called; which account of a chat it is: `slack:T…/U… (ada)`. */
  label: text.optional(),
};
const credentialAdded = z.strictObject(credential);
const credentialRemoved = z.strictObject(credential);

const tokenCreated = z.strictObject({
  token: text,
  name: text,
  /** Id of a user, name of a pipeline. */
  owner: text,
  expiresAt: timestamp,
  /** It may only what these may; without it: whatever its owner may. */
  roles: z.array(text).optional(),
  scope: text.optional(),
  /** It was asked for by a program, and confirmed in a browser. */
  device: text.optional(),
});
const tokenRevoked = z.strictObject({ token: text, name: text, owner: text });

const permissionChanged = z.strictObject({
  user: text,
  change: z.enum(["assigned", "revoked"]),
  role: text,
  /** The stacks or teams that it is for; without it: everything. */
  scope: text.optional(),
});

const accessRefused = z.strictObject({ action: text, target: text, repeats });
const accessRead = z.strictObject({ target: text, repeats });

const configurationChanged = z.strictObject({
  /** `anchorwatch.server.yaml`, `rules`, `channels` … */
  name: text,
  summary: prose.optional(),
  beforeDigest: digest.optional(),
  afterDigest: digest.optional(),
});

export const ACCESS_KINDS = {
  "session.started": {
    title: "Signed in",
    schema: sessionStarted,
    ocsf: { class: "authentication", activity: 1, failed: () => false },
  },
  "session.proven": {
    title: "Proved to be the same",
    schema: sessionProven,
    ocsf: { class: "authentication", activity: 1, failed: () => false },
  },
  "session.failed": {
    title: "Sign-in failed",
    schema: sessionFailed,
    ocsf: { class: "authentication", activity: 1, failed: () => true, severity: "low" },
  },
  "session.ended": {
    title: "Signed out",
    schema: sessionEnded,
    ocsf: { class: "authentication", activity: 2, failed: () => false },
  },
  "user.added": { title: "User added", schema: userAdded, ocsf: { class: "entity_management", activity: 1 } },
  "user.changed": {
    title: "User changed",
    schema: userChanged,
    ocsf: { class: "entity_management", activity: 3 },
  },
  "user.removed": {
    title: "User removed",
    schema: userRemoved,
    ocsf: { class: "entity_management", activity: 4 },
  },
  "credential.added": {
    title: "Way in added",
    schema: credentialAdded,
    ocsf: { class: "entity_management", activity: 1 },
  },
  "credential.removed": {
    title: "Way in removed",
    schema: credentialRemoved,
    ocsf: { class: "entity_management", activity: 4 },
  },
  "token.created": {
    title: "Token made",
    schema: tokenCreated,
    ocsf: { class: "entity_management", activity: 1 },
  },
  "token.revoked": {
    title: "Token revoked",
    schema: tokenRevoked,
    ocsf: { class: "entity_management", activity: 4 },
  },
  "permission.changed": {
    title: "Permission changed",
    schema: permissionChanged,
    ocsf: { class: "user_access", activity: ({ data }) => (data["change"] === "revoked" ? 2 : 1) },
  },
  "access.refused": {
    title: "Access refused",
    schema: accessRefused,
    ocsf: { class: "api_activity", activity: 99, failed: () => true, severity: "low" },
  },
  "access.read": {
    title: "Read",
    schema: accessRead,
    ocsf: { class: "api_activity", activity: 2, failed: () => false },
  },
  "configuration.changed": {
    title: "Configuration changed",
    schema: configurationChanged,
    ocsf: { class: "entity_management", activity: 3 },
  },
} as const satisfies Readonly<Record<string, KindDefinition>>;
