/**
 * How far the renewal of retentions has come, kept in the bucket itself, so that any machine goes on where another stopped.
 * It is a shortcut only: when it is lost, every object is looked at again.
 */
import { z } from "zod";
import { messageOf, type Warning } from "../../../domain/errors.ts";
import { get, put } from "./bucket.ts";
import { type Bucket, placeOf } from "./place.ts";
import { addDays } from "./retention.ts";

const PATH = ".retention";

/** Objects are renewed in the order of their writing; this names one of them. */
export interface Place {
  /** Milliseconds since 1970. */
  readonly modified: number;
  readonly path: string;
  readonly version: string;
}

export interface RenewalState {
  /** The retention that objects got when they were written, as far as this state relies on it. */
  readonly days: number;
  /** True while a round looks at every object, whatever it got when it was written: the first one, or after `days` changed. */
  readonly all: boolean;
  /** Everything up to here … */
  readonly through?: Place;
  /** … is locked at least until then, in milliseconds since 1970. */
  readonly until: number;
}

const format = z.object({
  days: z.number(),
  all: z.boolean(),
  through: z.object({ modified: z.number(), path: z.string(), version: z.string() }).optional(),
  until: z.number(),
});

/** The object has no lock, and whoever may write to the bucket may write it: what cannot be true is not believed. */
export async function readRenewalState(
  bucket: Bucket,
  now: Date,
  onWarning: (warning: Warning) => void,
): Promise<RenewalState | undefined> {
  const stored = await get(bucket, PATH, { maxBytes: 65_536 });
  if (stored === undefined) return undefined;
  try {
    const { through, ...rest } = format.parse(JSON.parse(Buffer.from(stored.bytes).toString("utf8")));
    const state = through === undefined ? rest : { ...rest, through };
    if (isPossible(state, now)) return state;
    onWarning(useless(bucket, "is not believed", "it tells of what lies in the future"));
  } catch (error) {
    onWarning(useless(bucket, "cannot be read", messageOf(error)));
  }
  return undefined;
}

/** Nothing was written after now, and nothing is locked for longer than its retention from now on; but for clocks that differ. */
function isPossible({ days, through, until }: RenewalState, now: Date): boolean {
  const tomorrow = addDays(now, 1);
  return until <= addDays(tomorrow, days).getTime() && (through?.modified ?? 0) <= tomorrow.getTime();
}

function useless(bucket: Bucket, what: string, why: string): Warning {
  const message = `${placeOf(bucket)}/${PATH} ${what}, so every object is looked at: ${why}`;
  return { code: "ledger_retention_behind", message };
}

export async function writeRenewalState(bucket: Bucket, state: RenewalState): Promise<void> {
  await put(bucket, PATH, Buffer.from(JSON.stringify(state)), { condition: undefined });
}

export function comparePlaces(left: Place, right: Place): number {
  if (left.modified !== right.modified) return left.modified - right.modified;
  if (left.path !== right.path) return left.path < right.path ? -1 : 1;
  if (left.version === right.version) return 0;
  return left.version < right.version ? -1 : 1;
}
