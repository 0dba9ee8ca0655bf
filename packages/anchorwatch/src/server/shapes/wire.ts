/** What all shapes have in common: how things of the domain are written on the wire. */
import { z } from "zod";

/** The name and version of a shape, as its first member. */
export function schemaName<const Name extends string>(name: Name) {
  return z.literal(`anchorwatch.${name}/v1` as const);
}

/** RFC 3339 in UTC. */
export const time = z.string().meta({ format: "date-time" });

/** Keys are data here, `__proto__` too: a form that copies them one by one would lose it. */
export const jsonObject = (description: string) => z.unknown().meta({ type: "object", description });

/** A moment in a query. */
export const moment = z.iso
  .datetime({ offset: true })
  .optional()
  .transform((text) => (text === undefined ? undefined : new Date(text)));

export const count = z.int().min(0);

export function timeOf(at: Date): string {
  return at.toISOString();
}

/** For optional members: undefined stays, and JSON leaves it out. */
export function maybeTime(at: Date | undefined): string | undefined {
  return at?.toISOString();
}
