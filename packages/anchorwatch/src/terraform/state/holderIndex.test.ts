import fc from "fast-check";
import { expect, test } from "vitest";
import { scanState } from "./scanState.ts";
import { instance, resource, stateText } from "./testing.fixture.ts";

function stateOf(values: readonly unknown[], mode = "managed") {
  const instances = values.map((value, index) => instance({ index_key: index, attributes: { value } }));
  return scanState(Buffer.from(stateText([resource({ mode, instances })])), "s");
}

function leaves(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(leaves) : [];
}

test("finds exactly the objects that hold a string as a whole string", () => {
  const word = fc.constantFrom(
    "",
    "a",
    "sg-1",
    "<&>",
    "é\u2028",
    "\ud800",
    'q"\\',
    "name",
    "x".repeat(2048),
    "y".repeat(5000),
  );
  const value = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      word,
      fc.integer(),
      fc.array(tie("value")),
      fc.dictionary(word, tie("value")),
    ),
  })).value;
  fc.assert(
    fc.property(fc.array(value, { maxLength: 8 }), fc.array(word, { maxLength: 3 }), (values, wanted) => {
      const found = stateOf(values)
        .holdersOf(wanted)
        .map(({ key }) => key);
      const expected = values.flatMap((one, index) =>
        leaves(one).some((leaf) => wanted.includes(leaf)) ? [index] : [],
      );
      expect(found).toEqual(expected);
    }),
  );
});

test("a name inside a longer string, or as a key, is not held", () => {
  const state = stateOf(["arn:aws:iam::1:role/app", { app: 1 }, ["app"]]);
  expect(state.holdersOf(["app"]).map(({ key }) => key)).toEqual([2]);
});

test("what Terraform escapes is found as it is meant", () => {
  const text = stateText([resource({ instances: [instance({ attributes: { q: "@@" } })] })]).replace(
    "@@",
    "a\\u0026b\\u003c",
  );
  expect(scanState(Buffer.from(text), "s").holdersOf(["a&b<"])).toHaveLength(1);
});

test("data sources hold nothing", () => {
  expect(stateOf(["app"], "data").holdersOf(["app"])).toEqual([]);
});
