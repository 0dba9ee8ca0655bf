import { expect, test } from "vitest";
import { parseJson } from "./json/parse.ts";
import { parseSensitivePaths } from "./sensitivePaths.ts";

function paths(json: string) {
  return parseSensitivePaths(parseJson(Buffer.from(json), "x"));
}

test("Terraform's steps are read", () => {
  const json = `[
    [{"type": "get_attr", "value": "password"}],
    [{"type": "get_attr", "value": "users"}, {"type": "index", "value": {"value": 0, "type": "number"}},
     {"type": "get_attr", "value": "keys"}, {"type": "index", "value": {"value": "a.b", "type": "string"}}]
  ]`;
  expect(paths(json)).toEqual([["password"], ["users", 0, "keys", "a.b"]]);
});

test("plain names and lists of names are read", () => {
  expect(paths('["password", ["users", 0], []]')).toEqual([["password"], ["users", 0], []]);
  expect(paths("[]")).toEqual([]);
  expect(paths("null")).toEqual([]);
});

test("what is not understood hides more, never less", () => {
  const inSet =
    '[[{"type":"get_attr","value":"set"},{"type":"index","value":{"value":{"a":1},"type":["object",{}]}},{"type":"get_attr","value":"b"}]]';
  expect(paths(inSet)).toEqual([["set"]]);
  expect(paths('[[{"type": "mystery"}], 17.5, {"type": "x"}]')).toEqual([[], [17.5], []]);
  expect(paths('{"password": true}')).toEqual([[]]);
});
