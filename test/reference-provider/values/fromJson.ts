/** JSON, of the store or of a state file, to cty values by specification. What the specification does not name is dropped. */
import { type CtyType, parseType } from "../../../packages/tfprovider/src/cty/type.ts";
import { CtyDynamic, type CtyObject, type CtyValue } from "../../../packages/tfprovider/src/cty/value.ts";
import { ReferenceProviderError } from "../error.ts";
import type { AttributeSpec, BlockSpec, NestedBlockSpec } from "../schema/specification.ts";
import { ctyObject, setOf } from "./canonical.ts";
import { isJsonArray, isJsonObject, type Json } from "./json.ts";
import { numberFromJson } from "./number.ts";

/** Turns a piece of JSON into a value; `path` is for errors only. */
type Converter = (json: Json | undefined, path: string) => CtyValue;

/**
 * Compiles a block into a function, once for each type: a check of a large stack converts every resource.
 * The function throws `value_invalid`, with the path of what does not fit.
 */
export function compileBlock(block: BlockSpec): (json: Json | undefined) => CtyObject {
  const convert = objectConverter(membersOf(block));
  return (json) => convert(json ?? {}, "") as CtyObject;
}

function membersOf(block: BlockSpec): readonly (readonly [string, Converter])[] {
  const attributes = Object.entries(block.attributes).map(
    ([name, spec]) => [name, attributeConverter(spec)] as const,
  );
  const blocks = Object.entries(block.blocks ?? {}).map(
    ([name, spec]) => [name, blockConverter(spec)] as const,
  );
  return [...attributes, ...blocks];
}

function attributeConverter(spec: AttributeSpec): Converter {
  if (spec.nested === undefined) return typeConverter(parseType(spec.type));
  const members = Object.entries(spec.nested.attributes);
  const element = objectConverter(members.map(([name, inner]) => [name, attributeConverter(inner)]));
  return spec.nested.nesting === "single" ? element : collection(spec.nested.nesting, element);
}

/** Absent blocks of a list, set or map are empty, never null; a group is always there. */
function blockConverter(spec: NestedBlockSpec): Converter {
  const element = objectConverter(membersOf(spec.block));
  if (spec.nesting === "single") return element;
  if (spec.nesting === "group") return (json, path) => element(json ?? {}, path);
  const convert = collection(spec.nesting, element);
  const nothing = spec.nesting === "map" ? {} : [];
  return (json, path) => convert(json ?? nothing, path);
}

function typeConverter(type: CtyType): Converter {
  switch (type.kind) {
    case "string":
      return nullable((json, path) => (typeof json === "string" ? json : refuse(path, "a string", json)));
    case "bool":
      return nullable((json, path) => (typeof json === "boolean" ? json : refuse(path, "a boolean", json)));
    case "number":
      return nullable(number);
    case "dynamic":
      return nullable(dynamic);
    case "list":
    case "set":
    case "map":
      return collection(type.kind, typeConverter(type.element));
    case "tuple":
      return tuple(type.elements.map(typeConverter));
    case "object":
      return objectConverter([...type.attributes].map(([name, member]) => [name, typeConverter(member)]));
  }
}

function nullable(convert: (json: Json, path: string) => CtyValue): Converter {
  return (json, path) => (json === undefined || json === null ? null : convert(json, path));
}

function objectConverter(members: readonly (readonly [string, Converter])[]): Converter {
  return nullable((json, path) => {
    if (!isJsonObject(json)) return refuse(path, "an object", json);
    const object: { [key: string]: CtyValue } = Object.create(null);
    for (const [name, convert] of members) {
      object[name] = convert(Object.hasOwn(json, name) ? json[name] : null, `${path}.${name}`);
    }
    return object;
  });
}

function collection(kind: "list" | "set" | "map", element: Converter): Converter {
  return nullable((json, path) => {
    if (kind === "map") {
      if (!isJsonObject(json)) return refuse(path, "a map", json);
      const keys = Object.keys(json).sort();
      return ctyObject(keys.map((key) => [key, element(json[key], `${path}[${JSON.stringify(key)}]`)]));
    }
    if (!isJsonArray(json)) return refuse(path, `a ${kind}`, json);
    const elements = json.map((member, index) => element(member, `${path}[${index}]`));
    return kind === "set" ? setOf(elements) : elements;
  });
}

function tuple(elements: readonly Converter[]): Converter {
  return nullable((json, path) => {
    if (!isJsonArray(json) || json.length !== elements.length) {
      return refuse(path, `a tuple of ${elements.length}`, json);
    }
    return elements.map((convert, index) => convert(json[index], `${path}[${index}]`));
  });
}

function number(json: Json, path: string): CtyValue {
  const value = typeof json === "number" || typeof json === "string" ? numberFromJson(json) : undefined;
  return value === undefined ? refuse(path, "a number", json) : value;
}

/** A value whose type is not in the schema is written beside its type, as in a state file. */
function dynamic(json: Json, path: string): CtyValue {
  if (!isJsonObject(json) || !("type" in json) || !("value" in json)) {
    return refuse(path, 'an object of "type" and "value"', json);
  }
  const convert = typeConverter(parseType(json["type"]));
  return new CtyDynamic(JSON.stringify(json["type"]), convert(json["value"], path));
}

function refuse(path: string, expected: string, json: Json): never {
  const found = isJsonArray(json) ? "a list" : typeof json;
  const where = path === "" ? "the resource" : path.replace(/^\./, "");
  throw new ReferenceProviderError("value_invalid", `${where}: expected ${expected}, found ${found}`);
}
