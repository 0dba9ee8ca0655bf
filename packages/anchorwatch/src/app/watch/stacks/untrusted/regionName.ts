import type { Value } from "../../../../domain/value.ts";

/**
 * A region becomes a part of the name of a host: with a slash or a hash in it, that would be the stranger's own host. What is no text
 * is for others to refuse.
 */
export function isRegionName(value: Value): boolean {
  return typeof value !== "string" || /^[A-Za-z0-9-]{1,63}$/.test(value);
}
