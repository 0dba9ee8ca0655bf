import { encodeCty } from "../../../packages/tfprovider/src/cty/encode.ts";
import type { CtyObject } from "../../../packages/tfprovider/src/cty/value.ts";
import type { CloudView, ProviderSettings } from "../schema/specification.ts";
import type { StoreContent } from "../store/content.ts";
import type { Snapshot } from "../store/store.ts";
import { type ResourceType, resourceType } from "../types/catalogue.ts";
import { ctyObject } from "../values/canonical.ts";
import { withChildren } from "./mirror.ts";

/** What exists now, by the type's schema; undefined when there is no such object. */
export function liveResource(
  type: ResourceType,
  id: string,
  content: StoreContent,
  settings: ProviderSettings,
): CtyObject | undefined {
  const byId = content.resources[type.spec.name];
  const stored = byId !== undefined && Object.hasOwn(byId, id) ? byId[id] : undefined;
  if (stored === undefined) return undefined;
  const view = viewOf(content, settings);
  const whole = withChildren(type.spec, id, { ...stored, id }, view);
  return withoutWriteOnly(type, type.convert(type.spec.present?.(whole, view) ?? whole));
}

/** The same as bytes, kept until the store changes. */
export function readEncoded(
  typeName: string,
  id: string,
  snapshot: Snapshot,
  settings: ProviderSettings,
): Uint8Array | undefined {
  const key = `${typeName}\0${id}`;
  const cached = snapshot.cache.get(key);
  if (cached !== undefined) return cached;
  const type = resourceType(typeName);
  const live = liveResource(type, id, snapshot.content, settings);
  if (live === undefined) return undefined;
  const bytes = encodeCty(live, type.type);
  snapshot.cache.set(key, bytes);
  return bytes;
}

export function viewOf(content: StoreContent, settings: ProviderSettings): CloudView {
  return { settings, ofType: (type) => content.resources[type] ?? {} };
}

/** The cloud knows what was written, and never tells. */
export function withoutWriteOnly(type: ResourceType, resource: CtyObject): CtyObject {
  if (!type.members.some(({ spec }) => spec?.writeOnly)) return resource;
  return ctyObject(
    type.members.map(({ name, spec }) => [name, spec?.writeOnly ? null : (resource[name] ?? null)]),
  );
}
