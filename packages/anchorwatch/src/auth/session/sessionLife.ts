/** How long a session lasts, and when its cookie gets another secret. */
import type { FoundSession, Session } from "../records.ts";

export interface SessionLimits {
  /** It ends when it was not used for so long. */
  readonly idleMs: number;
  readonly longestMs: number;
}

/** A cookie's secret is replaced when it is so old. */
const ROTATE_AFTER_MS = 15 * 60_000;
/** So long the one before still counts: answers cross, and pages ask for several things at once. */
export const GRACE_MS = 60_000;
/** It is not written at each request that a session was used. */
const USED_EVERY_MS = 60_000;

/**
 * `replayed`: a secret from before one that has been used since. A browser has forgotten it, so somebody else holds a copy of one or the
 * other. While nobody used the new one, its answer was lost on the way, as when a page is left at that moment.
 */
export type SessionState = "alive" | "over" | "replayed";

export function stateOf(
  { session, secret }: FoundSession,
  { idleMs, longestMs }: SessionLimits,
  now: Date,
): SessionState {
  const { startedAt, lastUsedAt, endsAt, rotatedAt } = session;
  const age = (since: Date) => now.getTime() - since.getTime();
  // The operator may have shortened them since it began.
  if (now >= endsAt || age(startedAt) >= longestMs || age(lastUsedAt) >= idleMs) return "over";
  if (secret === "previous" && age(rotatedAt) > GRACE_MS && isConfirmed(session)) return "replayed";
  return "alive";
}

export function wantsRotation({ session, secret }: FoundSession, now: Date): boolean {
  const age = now.getTime() - session.rotatedAt.getTime();
  return secret === "current" ? age >= ROTATE_AFTER_MS : age > GRACE_MS;
}

/** Whether it is to be written down that it was used: not at each request, but at the first one with a new secret. */
export function wantsUse({ session, secret }: FoundSession, now: Date): boolean {
  if (secret === "previous") return false;
  return !isConfirmed(session) || now.getTime() - session.lastUsedAt.getTime() >= USED_EVERY_MS;
}

/** The newest secret has arrived where it belongs. */
function isConfirmed({ lastUsedAt, rotatedAt }: Session): boolean {
  return lastUsedAt > rotatedAt;
}
