import { expect, test } from "vitest";
import { resourceValue } from "./resourceValues.ts";
import { scanState } from "./scanState.ts";
import { instance, resource, stateText } from "./testing.fixture.ts";

/** What code in the root module sees of `aws_vpc.main`. */
function seen(instances: readonly object[], module = "", more: object = {}) {
  const state = scanState(Buffer.from(stateText([resource({ instances, ...more })])), "s");
  return resourceValue(state, module, "aws_vpc.main");
}

const vpc = (id: string, more: object = {}) => instance({ attributes: { id }, ...more });

test("a resource is seen as one object, as an array by count, or as an object by for_each", () => {
  expect(seen([vpc("a")])?.value).toMatchObject({ id: "a" });
  const counted = [vpc("b", { index_key: 1 }), vpc("a", { index_key: 0 })];
  expect(seen(counted)?.value).toMatchObject([{ id: "a" }, { id: "b" }]);
  expect(seen([vpc("a", { index_key: "x" })])?.value).toMatchObject({ x: { id: "a" } });
});

test("objects that a replacement left behind are not seen", () => {
  expect(seen([vpc("old", { deposed: "ab12" }), vpc("new")])?.value).toMatchObject({ id: "new" });
  expect(seen([vpc("old", { deposed: "ab12" })])).toBeUndefined();
});

test("a module sees its own resources and no others", () => {
  const more = { module: 'module.net["a"]' };
  expect(seen([vpc("a")], 'module.net["a"]', more)?.value).toMatchObject({ id: "a" });
  expect(seen([vpc("a")], 'module.net["b"]', more)).toBeUndefined();
  expect(seen([vpc("a")], "", more)).toBeUndefined();
});

test("a resource of which instances are missing, or keys are mixed, is not known: no neighbour is taken for another", () => {
  expect(seen([vpc("a", { index_key: 0 }), vpc("c", { index_key: 2 })])).toBeUndefined();
  expect(seen([vpc("b", { index_key: 1 })])).toBeUndefined();
  expect(seen([vpc("a"), vpc("b", { index_key: 0 })])).toBeUndefined();
  expect(seen([vpc("a", { index_key: "x" }), vpc("b", { index_key: 0 })])).toBeUndefined();
});

test("it is secret as a whole when something in it is marked so", () => {
  const sensitive_attributes = [[{ type: "get_attr", value: "id" }]];
  const marked = [vpc("a", { index_key: 0 }), vpc("b", { index_key: 1, sensitive_attributes })];
  expect(seen(marked)?.sensitive).toBe(true);
  expect(seen([vpc("a")])?.sensitive).toBe(false);
});

test.each(["aws_vpc", "aws_vpc.", "data.aws_vpc.main.id", "", "aws_vpc.other", "data.aws_vpc.main"])(
  "%j is nothing that the state knows",
  (address) => {
    const state = scanState(Buffer.from(stateText([resource({ instances: [instance()] })])), "s");
    expect(resourceValue(state, "", address)).toBeUndefined();
  },
);
