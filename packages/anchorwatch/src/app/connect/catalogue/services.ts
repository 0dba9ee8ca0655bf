/** The catalogue as a whole, by the words that people type. */
import { ACCOUNT_READS } from "./accountReads.ts";
import { COMPUTE_READS } from "./computeReads.ts";
import { DATA_READS } from "./dataReads.ts";
import { EXECUTOR_WRITES } from "./executorWrites.ts";
import { SENSITIVE_READS } from "./sensitiveReads.ts";
import type { ReadService, SensitiveService, WriteService } from "./service.ts";

/** Read unless something else is asked for. */
export const DEFAULT_READS: readonly ReadService[] = [...COMPUTE_READS, ...DATA_READS, ...ACCOUNT_READS];

export const READ_IDS: readonly string[] = [...DEFAULT_READS, ...SENSITIVE_READS].map(({ id }) => id);
export const WRITE_IDS: readonly string[] = EXECUTOR_WRITES.map(({ id }) => id);

export function chosenReads(ids: readonly string[]): readonly ReadService[] {
  return DEFAULT_READS.filter(({ id }) => ids.includes(id));
}

export function chosenSensitive(ids: readonly string[]): readonly SensitiveService[] {
  return SENSITIVE_READS.filter(({ id }) => ids.includes(id));
}

export function chosenWrites(ids: readonly string[]): readonly WriteService[] {
  return EXECUTOR_WRITES.filter(({ id }) => ids.includes(id));
}

/** Whether a pattern of actions covers an action, or the other way round. */
export function overlap(one: string, other: string): boolean {
  return covers(one, other) || covers(other, one);
}

function covers(pattern: string, action: string): boolean {
  return pattern.endsWith("*") ? action.startsWith(pattern.slice(0, -1)) : pattern === action;
}
