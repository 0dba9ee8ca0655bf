/** Who comes in, what they may do, and how the product is set up. */
import { z } from "zod";
import type { KindDefinition } from "./kind.ts";
import { digest, prose, text } from "./members.ts";

const method = z.enum(["oidc", "passkey", "password", "token"]);

const sessionStarted = z.strictObject({ method, provider: text.optional() });

const sessionFailed = z.strictObject({
  method,
  reason: prose,
  /** The name that was given; whose it is, nobody knows. */
  account: text.optional(),
});

const sessionEnded = z.strictObject({ cause: z.enum(["signed_out", "expired", "revoked"]) });

const permissionChanged = z.strictObject({
  user: text,
  change: z.enum(["assigned", "revoked"]),
  role: text,
  /** The stacks or teams that it is for; without it: everything. */
  scope: text.optional(),
});

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
  "permission.changed": {
    title: "Permission changed",
    schema: permissionChanged,
    ocsf: { class: "user_access", activity: ({ data }) => (data["change"] === "revoked" ? 2 : 1) },
  },
  "configuration.changed": {
    title: "Configuration changed",
    schema: configurationChanged,
    ocsf: { class: "entity_management", activity: 3 },
  },
} as const satisfies Readonly<Record<string, KindDefinition>>;
