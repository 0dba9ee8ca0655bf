import type { CtyType } from "tfprovider";
import { expect, test } from "vitest";
import { Decimal, objectOf, type Value } from "../../domain/value.ts";
import { convert, Misfit } from "./convert.ts";

const NUMBER: CtyType = { kind: "number" };

test.each<[Value, CtyType, unknown]>([
  [true, { kind: "string" }, "true"],
  [8080, { kind: "string" }, "8080"],
  ["false", { kind: "bool" }, false],
  ["8080", NUMBER, 8080],
  ["9007199254740993", NUMBER, 9007199254740993n],
  [0.5, NUMBER, 0.5],
  [0.1, NUMBER, new Decimal("0.1")],
  ["-2.75", NUMBER, -2.75],
  ["0.30", NUMBER, new Decimal("0.30")],
  [1e300, NUMBER, 1e300],
  [null, NUMBER, null],
  [[1, true], { kind: "set", element: { kind: "string" } }, ["1", "true"]],
  [objectOf([["a", "1"]]), { kind: "map", element: NUMBER }, objectOf([["a", 1]])],
])("%j is taken where %j is wanted", (value, type, expected) => {
  expect(convert(value, type, "x")).toEqual(expected);
});

test.each<[Value, CtyType, string]>([
  ["maybe", { kind: "bool" }, "x: a bool is wanted"],
  ["12a", NUMBER, "x: a number is wanted"],
  [["a"], { kind: "string" }, "x: a string is wanted"],
  [["a", ["b"]], { kind: "list", element: { kind: "string" } }, "x[1]: a string is wanted"],
  [
    objectOf([["b", 1]]),
    { kind: "object", attributes: new Map([["a", NUMBER]]) },
    "x.b: there is no such argument",
  ],
])("%j is refused where %j is wanted, with the place", (value, type, message) => {
  expect(convert(value, type, "x")).toEqual(new Misfit(message));
});
