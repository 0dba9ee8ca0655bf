/** An event in our own form, for whatever has no CloudTrail. docs/events.md describes it. */
import { z } from "zod";
import type { Actor } from "../../../domain/actor.ts";
import type { ReadRecord } from "../../../domain/auditEvent.ts";
import { withSpellings } from "../../cloudtrail/eventIdentifiers.ts";
import { isStorable, present } from "../../cloudtrail/members.ts";
import { digestOf } from "../source.ts";

const text = (limit: number) =>
  z.string().min(1).max(limit).refine(isStorable, "a text without NUL and halves of characters");

const actor = z.strictObject({
  principal: text(2048),
  kind: z.enum(["user", "role", "root", "federated", "service", "account", "unknown"]).default("unknown"),
  channel: z.enum(["console", "cli", "sdk", "terraform", "service", "unknown"]).default("unknown"),
  sessionIssuer: text(2048).optional(),
  sessionName: text(2048).optional(),
  sourceIdentity: text(256).optional(),
  federated: z.strictObject({ provider: text(2048), subject: text(2048).optional() }).optional(),
  account: text(64).optional(),
  sourceAddress: text(256).optional(),
  userAgent: text(1024).optional(),
});

const ownEvent = z.strictObject({
  schema: z.literal("anchorwatch.event/v1").optional(),
  id: text(256),
  time: z.iso.datetime({ offset: true }),
  service: text(256),
  name: text(256),
  region: text(64).optional(),
  account: text(64).optional(),
  readOnly: z.boolean().default(false),
  failed: z.boolean().default(false),
  actor,
  identifiers: z.array(text(2048)).max(500),
});

/**
 * Its id counts within its source only: two sources may both have an event `1`, and none may pass for another's.
 * @param at where it stands in what was sent, for the message
 */
export function readOwnEvent(value: unknown, source: string, at: string): ReadRecord {
  const parsed = ownEvent.safeParse(value);
  if (!parsed.success)
    return { kind: "malformed", why: faultIn(parsed.error, at), digest: digestOf(json(value)) };
  const { id: ownId, time: written, readOnly, failed, identifiers, actor: given, ...rest } = parsed.data;
  const id = `${source}/${ownId}`;
  const time = new Date(written);
  if (readOnly) return { kind: "no_change", id, time, why: "read" };
  if (failed) return { kind: "no_change", id, time, why: "failed" };
  return {
    kind: "change",
    event: {
      id,
      source,
      time,
      name: rest.name,
      service: rest.service,
      actor: actorOf(given),
      identifiers: withSpellings(identifiers, rest.region),
      ...present({ region: rest.region, account: rest.account }),
    },
  };
}

function faultIn(error: z.ZodError, at: string): string {
  const [issue] = error.issues;
  const path = (issue?.path ?? []).reduce<string>(
    (before, step) =>
      typeof step === "number" ? `${before}[${step}]` : `${before}${before === "" ? "" : "."}${String(step)}`,
    at,
  );
  return `${path === "" ? "the event" : path}: ${issue?.message ?? "invalid"}`;
}

/** It was JSON when it came, so it is nested no deeper than the parser goes; the writer may give up earlier. */
function json(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return "";
  }
}

function actorOf({ principal, kind, channel, federated, ...optional }: z.infer<typeof actor>): Actor {
  const vouched = federated && {
    provider: federated.provider,
    ...present({ subject: federated.subject }),
  };
  return { principal, kind, channel, ...present({ ...optional, federated: vouched }) };
}
