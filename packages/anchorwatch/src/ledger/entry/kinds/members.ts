/** Members that entries of several kinds have. */
import { z } from "zod";

/** Something short that people or programs gave: a name, an address, an id. */
export const text = z.string().min(1).max(8000);

/** Sentences of people or of other programs. May be empty. */
export const prose = z.string().max(16_000);

const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

/** RFC 3339, UTC, milliseconds: one spelling for one moment. */
export const timestamp = z.string().refine(isTimestamp, "a time such as 2026-01-02T03:04:05.000Z");

function isTimestamp(value: string): boolean {
  if (!TIMESTAMP.test(value)) return false;
  const milliseconds = Date.parse(value);
  // The 31st of February is parsed as another day.
  return !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString() === value;
}

export const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, "sha256: and 64 hexadecimal digits");

export const fingerprint = z
  .string()
  .regex(/^hmac-sha256:[0-9a-f]{64}$/, "hmac-sha256: and 64 hexadecimal digits");

export const count = z.int().min(0);

export const severity = z.enum(["critical", "high", "medium", "low", "info"]);

const step = z.union([z.string(), count, z.strictObject({ json: z.array(z.union([z.string(), count])) })]);

/** As in `docs/check-format.md`: names and keys are text, positions numbers, a step into a JSON text is an object. */
export const path = z.array(step).min(1);

/** Anything: writing the entry tells whether it is JSON. */
export const anything = z.unknown();
