/** Values that fit a JSON Schema, and values that nearly do. */
import fc from "fast-check";

export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly propertyNames?: JsonSchema;
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

export type Components = Readonly<Record<string, JsonSchema>>;

/** What fits, where that can be made; else something of its type. */
function fitting(schema: JsonSchema, components: Components): fc.Arbitrary<unknown> {
  const inner = (part: JsonSchema) => fitting(part, components);
  if (schema.$ref !== undefined) {
    return fc.constant(null).chain(() => inner(components[schema.$ref?.split("/").at(-1) ?? ""] ?? {}));
  }
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined) return fc.oneof(...alternatives.map(inner));
  if (schema.allOf !== undefined) return inner(schema.allOf[0] ?? {});
  const type = typeof schema.type === "string" ? schema.type : schema.type?.[0];
  switch (type) {
    case "string":
      return textFitting(schema);
    case "integer":
      return fc.integer({ min: schema.minimum ?? -5, max: Math.min(schema.maximum ?? 1000, 2 ** 31 - 1) });
    case "number":
      return fc.double({ min: schema.minimum ?? -5, max: schema.maximum ?? 1e6, noNaN: true });
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    case "array":
      return fc.array(inner(schema.items ?? {}), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.max(schema.minItems ?? 0, Math.min(schema.maxItems ?? 3, 3)),
      });
    case "object":
      return objectFitting(schema, inner);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function textFitting({ format, pattern, minLength = 0, maxLength = 20 }: JsonSchema): fc.Arbitrary<string> {
  if (format === "date-time")
    return fc.date({ noInvalidDate: true, min: EARLIEST, max: LATEST }).map((date) => date.toISOString());
  const text = fc.string({
    minLength,
    maxLength: Math.max(minLength, Math.min(maxLength, 20)),
    unit: "grapheme",
  });
  if (pattern === undefined) return text;
  return fc.oneof(
    fc
      .stringMatching(new RegExp(pattern))
      .filter((made) => made.length <= maxLength && made.length >= minLength),
    text,
  );
}

const EARLIEST = new Date("0001-01-01T00:00:00.000Z");
const LATEST = new Date("9999-12-31T23:59:59.999Z");

function objectFitting(
  { properties = {}, required = [], additionalProperties }: JsonSchema,
  inner: (part: JsonSchema) => fc.Arbitrary<unknown>,
): fc.Arbitrary<unknown> {
  const members = Object.fromEntries(Object.entries(properties).map(([name, part]) => [name, inner(part)]));
  const known = fc.record(members, { requiredKeys: required.filter((name) => Object.hasOwn(members, name)) });
  if (typeof additionalProperties !== "object" || Object.keys(members).length > 0) return known;
  return fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), inner(additionalProperties), { maxKeys: 3 });
}

/** Mostly what fits; else with a member too many, too few or of another type, or something else altogether. */
export function nearlyFitting(schema: JsonSchema, components: Components): fc.Arbitrary<unknown> {
  const good = fitting(schema, components);
  return fc.oneof(
    { weight: 5, arbitrary: good },
    { weight: 2, arbitrary: fc.tuple(good, fc.string(), fc.jsonValue()).map(broken) },
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 5 }) },
  );
}

function broken([value, name, other]: readonly [unknown, string, unknown]): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return other;
  const names = Object.keys(value);
  const [first = name] = names;
  return { ...value, [name.length % 2 === 0 ? first : name]: other };
}
