import fc from "fast-check";
import { CtyDynamic, type CtyValue } from "tfprovider";
import { expect, test } from "vitest";
import type { Value } from "../../domain/value.ts";
import { fromCty, toCty } from "./value.ts";

const DYNAMIC = { kind: "dynamic" } as const;

test.each<[string, Value & CtyValue]>([
  ['"string"', "x"],
  ['"number"', 1n],
  ['["tuple",["dynamic","bool"]]', [null, true]],
  ['["object",{"a":["tuple",["string"]]}]', { a: ["x"] }],
])("a dynamic attribute gets the type that its value has: %s", (typeJson, value) => {
  expect(toCty(value, DYNAMIC)).toEqual(new CtyDynamic(typeJson, value));
});

test("a value that goes into a dynamic attribute comes out of it again", () => {
  const { value } = fc.letrec<{ value: Value }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom<Value>(null, true, 0, 2n ** 70n),
      fc.string(),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(fc.string(), tie("value"), { maxKeys: 3, noNullPrototype: false }),
    ),
  }));
  fc.assert(
    fc.property(value, (given) => {
      expect(fromCty(toCty(given, DYNAMIC))).toEqual(given);
    }),
  );
});
