/**
 * cty types as the plugin protocol writes them in JSON: `"string"`, `["list","string"]`, `["object",{"a":"bool"},["a"]]`.
 * @see https://github.com/zclconf/go-cty/blob/main/docs/json.md
 */
import { ProviderError } from "../errors.ts";

export type CtyType =
  | { readonly kind: "string" | "number" | "bool" | "dynamic" }
  | { readonly kind: "list" | "set" | "map"; readonly element: CtyType }
  | { readonly kind: "tuple"; readonly elements: readonly CtyType[] }
  | ObjectType;

export interface ObjectType {
  readonly kind: "object";
  /** By name; the encoded value names every one of them. */
  readonly attributes: ReadonlyMap<string, CtyType>;
}

const PRIMITIVES: Record<string, CtyType> = {
  string: { kind: "string" },
  number: { kind: "number" },
  bool: { kind: "bool" },
  dynamic: { kind: "dynamic" },
};

/** Deeper than any schema, shallow enough for the stack: a dynamic value brings a type and a depth of its own. */
export const MAX_DEPTH = 500;

/** @throws ProviderError `cty_type_invalid` */
export function parseType(json: unknown): CtyType {
  return parse(json, 0);
}

function parse(json: unknown, depth: number): CtyType {
  if (depth > MAX_DEPTH) {
    throw new ProviderError("cty_type_invalid", `a cty type is nested deeper than ${MAX_DEPTH}`);
  }
  if (typeof json === "string" && Object.hasOwn(PRIMITIVES, json)) return PRIMITIVES[json] as CtyType;
  if (Array.isArray(json)) {
    const [kind, inner] = json as [unknown, unknown];
    if (kind === "list" || kind === "set" || kind === "map")
      return { kind, element: parse(inner, depth + 1) };
    if (kind === "tuple" && Array.isArray(inner)) {
      return { kind, elements: inner.map((element) => parse(element, depth + 1)) };
    }
    if (kind === "object" && typeof inner === "object" && inner !== null) {
      const attributes = Object.entries(inner).map(([name, type]) => [name, parse(type, depth + 1)] as const);
      return { kind, attributes: new Map(attributes) };
    }
  }
  throw new ProviderError(
    "cty_type_invalid",
    `not a cty type: ${String(JSON.stringify(json)).slice(0, 200)}`,
  );
}

/** The inverse of {@link parseType}. */
export function typeToJson(type: CtyType): unknown {
  switch (type.kind) {
    case "list":
    case "set":
    case "map":
      return [type.kind, typeToJson(type.element)];
    case "tuple":
      return ["tuple", type.elements.map(typeToJson)];
    case "object":
      return ["object", Object.fromEntries([...type.attributes].map(([name, t]) => [name, typeToJson(t)]))];
    default:
      return type.kind;
  }
}
