/** Random shapes with random values, for the property tests of this room. */
import fc from "fast-check";
import type { AttributeShape, DeclaredAttributes, ObjectShape, Shape } from "../domain/shape.ts";
import { Decimal, isArray, isObject, objectOf, type Value } from "../domain/value.ts";
import { elementShape } from "./canonical.ts";

const name = fc.constantFrom("a", "b", "c", "d", "rule", "policy");
const key = fc.oneof(fc.constantFrom("k", "a.b", "__proto__", "constructor"), fc.string({ maxLength: 4 }));

const flags: fc.Arbitrary<Omit<AttributeShape, "shape">> = fc
  .constantFrom("required", "optional", "either", "computed", "block")
  .map((kind) => ({
    required: kind === "required",
    optional: kind === "optional" || kind === "either" || kind === "block",
    computed: kind === "either" || kind === "computed",
    block: kind === "block",
    sensitive: false,
    writeOnly: false,
  }));

const trees = fc.letrec<{ shape: Shape; object: ObjectShape }>((tie) => ({
  object: fc.array(fc.tuple(name, flags, tie("shape")), { minLength: 1, maxLength: 4 }).map((members) => ({
    kind: "object" as const,
    attributes: new Map(members.map(([n, f, shape]) => [n, { ...f, shape }])),
  })),
  shape: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom<Shape>({ kind: "string" }, { kind: "number" }, { kind: "bool" }),
    fc.record({
      kind: fc.constantFrom("list" as const, "set" as const, "map" as const),
      element: tie("shape"),
    }),
    tie("object"),
  ),
}));

export const objectShapes = trees.object;

function valuesOf(shape: Shape): fc.Arbitrary<Value> {
  return fc.oneof(
    { weight: 1, arbitrary: fc.constant(null) },
    { weight: 8, arbitrary: presentValues(shape) },
  );
}

function presentValues(shape: Shape): fc.Arbitrary<Value> {
  switch (shape.kind) {
    case "string":
    case "dynamic":
      return fc.oneof(fc.string({ maxLength: 5 }), fc.json({ maxDepth: 2 }));
    case "number":
      return fc.oneof<fc.Arbitrary<Value>[]>(
        fc.integer(),
        fc.bigInt({ min: 2n ** 60n, max: 2n ** 70n }),
        fc.constant(new Decimal("3.14159265358979323846")),
      );
    case "bool":
      return fc.boolean();
    case "list":
    case "set":
      return fc.array(presentValues(shape.element), { maxLength: 3 });
    case "tuple":
      return fc.tuple(...shape.elements.map(valuesOf));
    case "map":
      return fc.array(fc.tuple(key, presentValues(shape.element)), { maxLength: 3 }).map(objectOf);
    case "object":
      return objectValues(shape);
  }
}

export function objectValues(shape: ObjectShape): fc.Arbitrary<Value> {
  const members = [...shape.attributes].map(([n, a]) =>
    valuesOf(a.shape).map((v) => [n, v] as [string, Value]),
  );
  return fc.tuple(...members).map(objectOf);
}

/** Every attribute that code can set is set. */
export function everythingDeclared(shape: ObjectShape): DeclaredAttributes {
  return new Map([...shape.attributes.keys()].map((n) => [n, true as const]));
}

/** The same value with its sets in another order and, with `json`, its JSON documents in another spelling. */
export function respelled(value: Value, shape: Shape, options: { readonly json: boolean }): Value {
  if (typeof value === "string") return options.json ? respelledText(value) : value;
  if (isArray(value)) {
    const elements = value.map((element, i) => respelled(element, elementShape(shape, i), options));
    return shape.kind === "set" ? elements.reverse() : elements;
  }
  if (!isObject(value)) return value;
  const members = Object.entries(value).map(([k, member]): [string, Value] => {
    const inside = shape.kind === "object" ? shape.attributes.get(k)?.shape : elementShape(shape, 0);
    return [k, inside === undefined ? member : respelled(member, inside, options)];
  });
  return objectOf(members.reverse());
}

function respelledText(text: string): string {
  if (!/^\s*[{[]/.test(text)) return text;
  try {
    return ` ${JSON.stringify(JSON.parse(text), undefined, 3)}\n`;
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}
