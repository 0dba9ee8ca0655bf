/**
 * How often something may be tried. Each try is counted before it is looked at, so that a thousand at once are not more than one after the
 * other. Waits grow: who uses up a minute's tries waits for its end, who uses up an hour's for that one's.
 *
 * Nobody can lock out somebody else with it. A browser that somebody signed in with before is counted by itself; the limit of an account
 * holds only for browsers that were never here; and a passkey, which cannot be guessed, never asks at any door.
 */
import { createHash } from "node:crypto";
import type { AttemptRecords } from "../records.ts";
import { TooOftenError } from "./tooOften.ts";

export interface Door {
  /** Whose tries are counted together. */
  readonly key: string;
  readonly tiers: readonly Tier[];
  /** By strangers, who have nothing to do with each other: nobody's success opens it. */
  readonly isShared: boolean;
}

/** The shortest first: who is sent away by one is not counted by the longer ones. */
export interface Tier {
  readonly most: number;
  readonly windowMs: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const tier = (most: number, windowMs: number): Tier => ({ most, windowMs });
const FEW = [tier(5, MINUTE), tier(20, HOUR), tier(50, DAY)];

/** A network may be an office of hundreds. */
export function networkDoor(what: string, network: string): Door {
  const tiers = [tier(30, MINUTE), tier(300, HOUR), tier(2000, DAY)];
  return { key: keyed("network", what, network), tiers, isShared: true };
}

/** One account from one network. */
export function pairDoor(account: string, network: string): Door {
  return { key: keyed("pair", account, network), tiers: FEW, isShared: false };
}

/** One account, from all networks together, by browsers that were never here. */
export function accountDoor(account: string): Door {
  return { key: keyed("account", account), tiers: [tier(30, HOUR), tier(100, DAY)], isShared: true };
}

/** A browser that was here before. */
export function browserDoor(browser: string): Door {
  return { key: keyed("browser", browser), tiers: FEW, isShared: false };
}

/** Codes that somebody who is signed in types. */
export function personDoor(what: string, userId: string): Door {
  return { key: keyed("person", what, userId), tiers: [tier(10, MINUTE), tier(60, HOUR)], isShared: false };
}

/** What people type is among it: no two doors may be made to have one key. */
function keyed(...parts: readonly string[]): string {
  return JSON.stringify(parts);
}

/**
 * Counts a try at each door.
 * @param what that is tried, for the error: `signing in`
 * @throws TooOftenError at the first door that stays closed; those behind it are not counted
 */
export async function passDoors(
  attempts: AttemptRecords,
  doors: readonly Door[],
  what: string,
  now: Date,
): Promise<void> {
  for (const door of doors) {
    for (const { most, windowMs } of door.tiers) {
      const tries = await attempts.failed(keyOf(door, windowMs, now), now, windowMs);
      if (tries > most) throw new TooOftenError(what, windowMs - (now.getTime() % windowMs));
    }
  }
}

/** It was no guess: what was counted there counts no more. */
export async function forgive(attempts: AttemptRecords, doors: readonly Door[], now: Date): Promise<void> {
  for (const door of doors) {
    for (const { windowMs } of door.tiers) await attempts.clear(keyOf(door, windowMs, now));
  }
}

/** Windows begin with the clock, so that everybody knows when one ends. What was typed as a name may be a password: only a digest is kept. */
function keyOf({ key }: Door, windowMs: number, now: Date): string {
  const window = Math.floor(now.getTime() / windowMs);
  return createHash("sha256").update(`${window}/${windowMs}/${key}`).digest("base64url");
}

/** No window is longer. */
export const LONGEST_WINDOW_MS = DAY;
