import { describe, expect, it } from "vitest";
import { literalOf } from "../literal.ts";
import { loadHclParser, parseHclJson } from "../parser.ts";
import { parseJson } from "./reader.ts";

describe("Terraform's JSON syntax", () => {
  it("takes nested keys as labels, and knows the blocks of the language", async () => {
    const file = await parseHclJson(
      `{
  "//": "a comment",
  "resource": {
    "aws_vpc": {
      "main": {
        "cidr_block": "10.0.0.0/16",
        "lifecycle": { "ignore_changes": ["tags"] }
      },
      "other": [{ "cidr_block": "\${var.cidr}" }]
    }
  },
  "provider": { "aws": [{ "region": "a" }, { "alias": "b" }] }
}`,
      "main.tf.json",
    );
    expect(file.errors).toEqual([]);
    expect(file.body.blocks.map((block) => [block.type, ...block.labels, block.range.line])).toEqual([
      ["resource", "aws_vpc", "main", 5],
      ["resource", "aws_vpc", "other", 9],
      ["provider", "aws", 12],
      ["provider", "aws", 12],
    ]);
    const [main, other] = file.body.blocks;
    expect(main?.body.blocks[0]).toMatchObject({ type: "lifecycle" });
    expect(other?.body.attributes[0]?.expression).toMatchObject({
      kind: "template",
      range: { file: "main.tf.json", line: 9 },
    });
  });

  it("keeps numbers exactly and strings as they are", async () => {
    const file = await parseHclJson(
      '{"a": 9007199254740993, "b": "$${x} \\u00e9", "c": [1.5, null]}',
      "x.tfvars.json",
    );
    expect(file.body.attributes.map((attribute) => literalOf(attribute.expression))).toEqual([
      9007199254740993n,
      "${x} é",
      [1.5, null],
    ]);
  });

  it.each([
    ['{"a": }', 1, 7, "found `}`, expected a JSON value"],
    ['{"a": 1', 1, 8, "found the end of the document, expected `,` or `}`"],
    ['{\n  "a": "x\n}', 2, 8, "a string that does not end"],
    ['{"a": 1} x', 1, 10, "expected the end of the document"],
    [`${"[".repeat(10_000)}`, 1, 202, "levels of nesting"],
  ])("says where %j is not JSON", async (text, line, column, message) => {
    const file = await parseHclJson(text, "main.tf.json");
    expect(file.errors[0]).toMatchObject({ line, column });
    expect(file.errors[0]?.message).toContain(message);
  });

  it("reports a template that is none, and a block that is no object", async () => {
    const file = await parseHclJson('{"output": {"a": {"value": "${"}}, "locals": 5}', "main.tf.json");
    expect(file.errors).toHaveLength(2);
  });

  it("leaves out the block whose template is none, and keeps the others", async () => {
    const file = await parseHclJson(
      '{"resource": {"t": {"bad": {"a": 1, "rule": {"b": "${"}}, "good": {"a": "$"}}}, "provider": {"p": {"r": "%{ if x }"}}}',
      "main.tf.json",
    );
    expect(file.body.blocks.map(({ labels }) => labels)).toEqual([["t", "good"]]);
    expect(file.errors).toHaveLength(2);
  });

  it("takes every name of a file of values for a value, and no string for a template", async () => {
    const parser = await loadHclParser();
    const file = parser.parseJsonValues('{"provider": "${x}", "module": {"a": 1}}', "x.tfvars.json");
    expect(file.body.attributes.map(({ name, expression }) => [name, literalOf(expression)])).toEqual([
      ["provider", "${x}"],
      ["module", { a: 1 }],
    ]);
  });

  it("agrees with JSON.parse on what is JSON", () => {
    for (const text of [
      "[1,]",
      "{}",
      "01",
      '"\\x"',
      '"\t"',
      "tru",
      "[1 2]",
      " [ ] ",
      "-0.5e-3",
      '{"a":1,"a":2}',
    ]) {
      let valid = true;
      try {
        JSON.parse(text);
      } catch {
        valid = false;
      }
      expect([text, parseJson(text).kind !== "problem"]).toEqual([text, valid]);
    }
  });
});
