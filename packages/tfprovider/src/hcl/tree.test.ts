import { expect, test } from "vitest";
import { NotHcl } from "./conversion.ts";
import { createTreeParser } from "./grammar.ts";
import { parseHcl } from "./parser.ts";
import { FileSource } from "./source.ts";
import { type GrammarInput, withTree } from "./tree.ts";

const input = (text: string, more: Partial<GrammarInput> = {}): GrammarInput => ({
  text,
  source: new FileSource(text, "main.tf"),
  offset: 0,
  until: Number.POSITIVE_INFINITY,
  ...more,
});

test("a text that takes too long is given up, and the next one is read from its beginning", async () => {
  const parser = await createTreeParser();
  const types = (given: GrammarInput) =>
    withTree(parser, given, (root) => [root.hasError, root.children.map((child) => child?.type)]);
  expect(() => types(input('"\n'.repeat(5000), { until: 0 }))).toThrow(NotHcl);
  expect(types(input("a = 1\n"))).toEqual([false, ["body"]]);
  parser.delete();
});

test("a piece that would take more memory than there is, is not read, and the others of its file are", async () => {
  const large = `x = [${"1,".repeat(2 ** 19)}]`;
  const file = await parseHcl(`a = 1\n${large}\nb {\n  c = 2\n}\n`, "main.tf");
  expect(file.errors).toMatchObject([{ line: 2, message: expect.stringContaining("1048576 characters") }]);
  expect(file.body.attributes.map(({ name }) => name)).toEqual(["a"]);
  expect(file.body.blocks.map(({ type, range }) => [type, range.line])).toEqual([["b", 3]]);
});

test("a large file is read item by item, and is the same", async () => {
  const items = Array.from(
    { length: 3000 },
    (_, index) => `b "n${index}" {\n  text = "${"x".repeat(80)}"\n}`,
  );
  const file = await parseHcl(items.join("\n\n"), "main.tf");
  expect(file.errors).toEqual([]);
  expect(file.body.blocks.map(({ labels, range }) => [labels[0], range.line])).toEqual(
    items.map((_, index) => [`n${index}`, 4 * index + 1]),
  );
});
