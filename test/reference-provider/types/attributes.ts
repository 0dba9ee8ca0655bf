/** Attributes that many types share. */
import {
  type CtyObject,
  CtyUnknown,
  type CtyValue,
  isCtyObject,
} from "../../../packages/tfprovider/src/cty/value.ts";
import type {
  AttributeSpec,
  CloudView,
  Objection,
  ProviderSettings,
  TypeJson,
} from "../schema/specification.ts";
import { ctyObject } from "../values/canonical.ts";
import { isJsonObject, type JsonObject } from "../values/json.ts";

type Flags = Omit<AttributeSpec, "type" | "nested">;

function attribute(type: TypeJson, flags: Flags): AttributeSpec {
  return { type, ...flags };
}

export const required = (type: TypeJson, flags: Flags = {}) => attribute(type, { required: true, ...flags });
export const optional = (type: TypeJson, flags: Flags = {}) => attribute(type, { optional: true, ...flags });
export const computed = (type: TypeJson, flags: Flags = {}) => attribute(type, { computed: true, ...flags });
/** The code may set it, and the cloud does otherwise. */
export const either = (type: TypeJson, flags: Flags = {}) =>
  attribute(type, { optional: true, computed: true, ...flags });
/** The provider fills it in where the code says nothing. */
export const defaulted = (type: TypeJson, value: CtyValue, flags: Flags = {}) =>
  either(type, { default: value, ...flags });
/** Only another object can have another value. */
export const fixed = (type: TypeJson, flags: Flags = {}) =>
  required(type, { forcesReplacement: true, ...flags });

export const ID: AttributeSpec = computed("string", { make: ({ id }) => id });

const ACCOUNT = "000000000000";

/** `arn:reference:net:eu-1:000000000000:network/net-…` */
export function arn(service: string, kind: string): AttributeSpec {
  return computed("string", { make: ({ id, settings }) => arnOf(service, kind, id, settings) });
}

export function arnOf(service: string, kind: string, id: string, settings: ProviderSettings): string {
  return `arn:reference:${service}:${settings.region}:${ACCOUNT}:${kind}/${id}`;
}

/** The resource's own tags, and these together with the default tags of the provider block. */
export const TAGS: Readonly<Record<string, AttributeSpec>> = {
  tags: optional(["map", "string"]),
  tags_all: computed(["map", "string"], { derive: allTags }),
};

function allTags(resource: CtyObject, settings: ProviderSettings): CtyValue {
  const own = resource["tags"] ?? null;
  if (own instanceof CtyUnknown) return new CtyUnknown();
  const all = { ...settings.defaultTags, ...(isCtyObject(own) ? own : {}) };
  const keys = Object.keys(all).sort();
  return ctyObject(keys.map((key) => [key, all[key] as CtyValue]));
}

/** The cloud knows only one set of tags: a tag that somebody adds there shows in both attributes. */
export function presentTags(stored: JsonObject, { settings }: CloudView): JsonObject {
  const all = isJsonObject(stored["tags"]) ? stored["tags"] : {};
  const own = Object.entries(all).filter(([key, value]) => settings.defaultTags[key] !== value);
  const tags = own.length === 0 && stored["tags_set"] !== true ? null : Object.fromEntries(own);
  return { ...stored, tags, tags_all: all };
}

/** @see presentTags. `tags_set` remembers that the code says `tags = {}`, which is not the same as nothing. */
export function keepTags(resource: JsonObject): JsonObject {
  const { tags, tags_all, ...rest } = resource;
  const empty = isJsonObject(tags) && Object.keys(tags).length === 0;
  return { ...rest, tags: tags_all ?? {}, ...(empty && { tags_set: true }) };
}

/** The named attributes must hold JSON where they are set. */
export function mustBeJson(config: CtyObject, ...names: readonly string[]): readonly Objection[] {
  return names.flatMap((attribute) => {
    const text = config[attribute];
    if (typeof text !== "string" || isJsonText(text)) return [];
    return [{ attribute, summary: "Invalid JSON", detail: `"${attribute}" contains invalid JSON.` }];
  });
}

function isJsonText(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
