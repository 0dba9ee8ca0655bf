import { expect, test } from "vitest";
import { configAddress, formatAddress } from "./address.ts";

const parts = { module: "", mode: "managed", type: "aws_sns_topic", name: "news" } as const;

// As `terraform state list` prints them.
test.each<[string | number, string]>([
  [0, "[0]"],
  ["a", '["a"]'],
  ["a b", '["a b"]'],
  ['say "hi"', String.raw`["say \"hi\""]`],
  [String.raw`a\b`, String.raw`["a\\b"]`],
  ["${a}", '["$${a}"]'],
  ["%{if}", '["%%{if}"]'],
  ["$a%", '["$a%"]'],
  ["two\nlines", String.raw`["two\nlines"]`],
  ["\u200b", String.raw`["\u200b"]`],
  ["ä€", '["ä€"]'],
])("an instance's key %j is written as %s", (key, written) => {
  expect(formatAddress({ ...parts, key })).toBe(`aws_sns_topic.news${written}`);
});

test("module, mode and the lack of a key are written as in the state", () => {
  expect(formatAddress({ ...parts, module: 'module.net["a"]' })).toBe('module.net["a"].aws_sns_topic.news');
  expect(formatAddress({ ...parts, mode: "data" })).toBe("data.aws_sns_topic.news");
});

test("the code's address has no keys, whatever they hold", () => {
  expect(configAddress('module.net["a\\"].x"].aws_sns_topic.news["$${b}"]')).toBe(
    "module.net.aws_sns_topic.news",
  );
});
