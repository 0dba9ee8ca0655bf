import type { JsonValue } from "../../domain/jsonValue.ts";

/**
 * What a drift belongs to, within its stack: an address, and the key of a deposed object with it; an unmanaged resource
 * has no address, and its provider, type and id are its identity. Same key, same drift.
 */
export function driftKey(address: string | undefined, resource: JsonValue | undefined): string {
  const { provider, type, id, deposed } = membersOf(resource);
  return JSON.stringify(
    address === undefined ? [provider ?? null, type ?? null, id ?? null] : [address, deposed ?? null],
  );
}

function membersOf(resource: JsonValue | undefined): Readonly<Record<string, JsonValue | undefined>> {
  const isObject = typeof resource === "object" && resource !== null && !Array.isArray(resource);
  return isObject ? (resource as Readonly<Record<string, JsonValue>>) : {};
}
