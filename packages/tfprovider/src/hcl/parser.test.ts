import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CtyDecimal } from "../cty/value.ts";
import type { Expression, HclFile } from "./ast.ts";
import { literalOf } from "./literal.ts";
import { loadHclParser, parseHcl } from "./parser.ts";

/** The expression as its own compact text, without ranges: what the parser understood. */
function show(expression: Expression): string {
  switch (expression.kind) {
    case "literal":
      return typeof expression.value === "string"
        ? JSON.stringify(expression.value)
        : String(expression.value);
    case "template":
      return `t(${JSON.stringify(expression.parts, (key, value: unknown) => (key === "range" ? undefined : value))})`;
    case "tuple":
      return `[${expression.elements.map(show).join()}]`;
    case "object":
      return `{${expression.items.map((item) => `${show(item.key)}:${show(item.value)}`).join()}}`;
    case "variable":
      return expression.name;
    case "getAttr":
      return `${show(expression.target)}.${expression.name}`;
    case "index":
      return `${show(expression.target)}[${show(expression.key)}]`;
    case "splat":
      return `splat(${show(expression.target)}, ${show(expression.each)})`;
    case "splatItem":
      return "@";
    case "call":
      return `${expression.name}(${expression.args.map(show).join()}${expression.expand ? "..." : ""})`;
    case "unary":
      return `(${expression.operator}${show(expression.operand)})`;
    case "binary":
      return `(${show(expression.left)} ${expression.operator} ${show(expression.right)})`;
    case "conditional":
      return `(${show(expression.condition)} ? ${show(expression.whenTrue)} : ${show(expression.whenFalse)})`;
    case "for": {
      const key = expression.key === undefined ? "" : `${show(expression.key)} => `;
      const names = [...(expression.keyName === undefined ? [] : [expression.keyName]), expression.valueName];
      const condition = expression.condition === undefined ? "" : ` if ${show(expression.condition)}`;
      return `for ${names} in ${show(expression.collection)}: ${key}${show(expression.value)}${expression.group ? "..." : ""}${condition}`;
    }
    case "parentheses":
      return `<${show(expression.inner)}>`;
  }
}

async function understood(source: string): Promise<string> {
  const expression = (await loadHclParser()).parseExpression(source, "test.tf");
  return "code" in expression ? expression.message : show(expression);
}

async function literalIn(source: string): Promise<unknown> {
  const file = await parseHcl(`x = ${source}`, "test.tf");
  expect(file.errors).toEqual([]);
  const [attribute] = file.body.attributes;
  return attribute === undefined ? undefined : literalOf(attribute.expression);
}

describe("expressions", () => {
  it.each([
    ["a + b * c == d && e || f", "((((a + (b * c)) == d) && e) || f)"],
    ["a - b - c", "((a - b) - c)"],
    ["-a.b * !c", "((-a.b) * (!c))"],
    ["a ? 1 : b ? 2 : c ? 3 : 4", "(a ? 1 : (b ? 2 : (c ? 3 : 4)))"],
    ["(a ? 1 : b) ? 2 : 3", "(<(a ? 1 : b)> ? 2 : 3)"],
    ["a ? b ? 1 : 2 : 3", "(a ? (b ? 1 : 2) : 3)"],
    ["a.b[0].c", "a.b[0].c"],
    ["a.0.b", "a[0].b"],
    ["(a + b)[c].d", "<(a + b)>[c].d"],
    ["a[*].b[0].c", "splat(a, @.b[0].c)"],
    ["a.*.b[0].c", "splat(a, @.b)[0].c"],
    ["a[*].b[*].c", "splat(a, splat(@.b, @.c))"],
    ["f(a, b...)", "f(a,b...)"],
    ["provider::aws::arn_parse(a)", "provider::aws::arn_parse(a)"],
    ["[for a in b : a if a != null]", "for a in b: a if (a != null)"],
    ["{for k, v in b : k => v...}", "for k,v in b: k => v..."],
    ['{a = 1, (b) = 2, "c" : 3, true = 4, for = 5}', '{"a":1,<b>:2,"c":3,"true":4,"for":5}'],
    ["1e3 + 12.50", "(1000 + 12.5)"],
    ['"${a}"', 't([{"kind":"interpolation","expression":{"kind":"variable","name":"a"}}])'],
    ["a /* why */ + # because\n b", "(a + b)"],
  ])("reads %s", async (source, expected) => {
    expect(await understood(source)).toBe(expected);
  });

  it("keeps numbers exactly", async () => {
    expect(await literalIn("9007199254740993")).toBe(9007199254740993n);
    expect(await literalIn("0.1")).toBe(0.1);
    expect(await literalIn("-1.50")).toBe(-1.5);
    expect(await literalIn("0.12345678901234567890123")).toEqual(new CtyDecimal("0.12345678901234567890123"));
    expect(await literalIn("1E-2")).toBe(0.01);
  });
});

describe("strings", () => {
  it.each([
    ['"a\\n\\t\\"\\\\ \\u00e9 \\U0001F600"', 'a\n\t"\\ é 😀'],
    ['"$${a} %%{b} $$$${c} $ % $a %a"', "${a} %{b} $$${c} $ % $a %a"],
    ['"  "', "  "],
    ['""', ""],
    ['"// no # comment /* */"', "// no # comment /* */"],
    ['<<EOT\n  a\n\\n "q" $${b}\nEOT\n', '  a\n\\n "q" ${b}\n'],
    ["<<EOT\nEOT", ""],
    ["<<EOT\r\na\r\nb\r\nEOT\r\n", "a\r\nb\r\n"],
    ["<<-EOT\n    foo\n\n      bar\n  EOT\n", "foo\n\n  bar\n"],
    ["<<-EOT\n    a\n   \n      b\n    EOT\n", "a\n   \n  b\n"],
    ["<<-EOT\n\ttab\n\t  tab2\n  EOT\n", "tab\n  tab2\n"],
    ["<<EOT\nEOTX\n EO\nEOT\n", "EOTX\n EO\n"],
  ])("reads %j", async (source, expected) => {
    expect(await literalIn(source)).toBe(expected);
  });

  it("strips white space at markers, in a heredoc no more than one line's", async () => {
    expect(await understood('"a  ${~ x ~}  b"')).toBe(
      't([{"kind":"text","text":"a"},{"kind":"interpolation","expression":{"kind":"variable","name":"x"}},{"kind":"text","text":"b"}])',
    );
    expect(await understood("<<EOT\na   \n   ${~ x ~}   \n\n   y\nEOT\n")).toBe(
      't([{"kind":"text","text":"a   \\n"},{"kind":"interpolation","expression":{"kind":"variable","name":"x"}},{"kind":"text","text":"\\n   y\\n"}])',
    );
  });

  it("nests directives", async () => {
    expect(await understood('"%{ for k, v in m }${k}%{ if v }1%{ else }2%{ endif }%{ endfor }"')).toBe(
      't([{"kind":"for","keyName":"k","valueName":"v","collection":{"kind":"variable","name":"m"},"body":[' +
        '{"kind":"interpolation","expression":{"kind":"variable","name":"k"}},' +
        '{"kind":"if","condition":{"kind":"variable","name":"v"},"whenTrue":[{"kind":"text","text":"1"}],"whenFalse":[{"kind":"text","text":"2"}]}]}])',
    );
  });

  it("reads back every text that was escaped into quotes", async () => {
    const parser = await loadHclParser();
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const quoted = JSON.stringify(text)
          .replace(/\\[bf]/g, (code) => (code === "\\b" ? "\\u0008" : "\\u000c"))
          .replace(/\$\{/g, "$${")
          .replace(/%\{/g, "%%{");
        fc.pre(!/[$%]{2}\{/.test(text));
        const read = parser.parseExpression(quoted, "test.tf");
        expect("code" in read ? read.message : literalOf(read)).toBe(text);
      }),
      { numRuns: 200 },
    );
  });

  it("reads a bare template, which has no escapes but the markers", async () => {
    const template = (await loadHclParser()).parseTemplate('a "q" \\n $${x}\n  ${b}', "t.tpl");
    expect("code" in template ? template.message : show(template)).toBe(
      't([{"kind":"text","text":"a \\"q\\" \\\\n ${x}\\n  "},{"kind":"interpolation","expression":{"kind":"variable","name":"b"}}])',
    );
    expect("parts" in template && template.parts[1]).toMatchObject({
      expression: { range: { file: "t.tpl", line: 2, column: 5 } },
    });
  });
});

describe("files", () => {
  it("gives every block and attribute its place, in bytes too", async () => {
    const text = '\ufeff# é\r\nresource "aws_vpc" main {\r\n  tags = { a = "é", b = c }\r\n}\r\n';
    const file = await parseHcl(text, "main.tf");
    const [block] = file.body.blocks;
    expect(block).toMatchObject({
      type: "resource",
      labels: ["aws_vpc", "main"],
      range: { file: "main.tf", line: 2, column: 1 },
    });
    const tags = block?.body.attributes[0];
    expect(tags?.range).toMatchObject({ line: 3, column: 3 });
    const bytes = Buffer.from(text).subarray(tags?.range.startByte, tags?.range.endByte).toString();
    expect(bytes).toBe('tags = { a = "é", b = c }');
  });

  it("takes an empty file, and one of comments only", async () => {
    expect(await parseHcl("", "a.tf")).toMatchObject({ body: { attributes: [], blocks: [] }, errors: [] });
    expect(await parseHcl("# nothing\n", "a.tf")).toMatchObject({ errors: [] });
  });

  const names = (file: HclFile): string[] => file.body.blocks.map((block) => block.labels.join("."));

  it.each([
    ["an unclosed string", 'a = "x\n'],
    ["a missing value", "a =\n"],
    ["a missing brace", "tags = {\n  a = 1\n"],
    ["rubbish", "a = = 1\n"],
    ["an escape that does not exist", 'a = "\\q"\n'],
    ["hexadecimal", "a = 0x10\n"],
  ])("keeps the other blocks beside one with %s", async (_, broken) => {
    const file = await parseHcl(
      `resource "t" "one" {\n  a = 1\n}\n\nresource "t" "two" {\n  ${broken}}\n\nresource "t" "three" {\n  a = 1\n}\n`,
      "main.tf",
    );
    expect(names(file)).toEqual(["t.one", "t.three"]);
    expect(file.errors).toHaveLength(1);
    expect(file.errors[0]).toMatchObject({
      code: "hcl_syntax",
      file: "main.tf",
      block: { type: "resource", labels: ["t", "two"] },
    });
    expect(file.errors[0]?.line).toBeGreaterThanOrEqual(5);
    expect(file.errors[0]?.line).toBeLessThanOrEqual(8);
    expect(file.errors[0]?.message).toMatch(/^main\.tf:\d+:\d+: not HCL in `resource t two`: /);
  });

  it("does not take the text of a heredoc for a block when it looks for the good ones", async () => {
    const file = await parseHcl(
      'resource "t" "one" {\n  a = <<EOT\nresource "t" "fake" {\n}\nEOT\n}\nresource "t" "bad" {\n  = \n}\n',
      "main.tf",
    );
    expect(names(file)).toEqual(["t.one"]);
  });

  it("answers nesting without end with an error instead of an overflow", async () => {
    for (const bomb of ["[".repeat(50_000), "(".repeat(50_000), "!".repeat(50_000), '"${'.repeat(5_000)]) {
      const file = await parseHcl(`x = ${bomb}`, "bomb.tf");
      expect(file.errors).not.toEqual([]);
    }
    const balanced = await parseHcl(`x = ${"[".repeat(5_000)}${"]".repeat(5_000)}`, "bomb.tf");
    expect(balanced.errors[0]?.message).toContain("levels of nesting");
    const sum = await parseHcl(`x = ${"1 + ".repeat(5_000)}1`, "bomb.tf");
    expect(sum.errors[0]?.message).toContain("levels of nesting");
  });

  it("counts a row of attributes or conditions as the nesting that it is", async () => {
    const inner = `a${".b".repeat(60)}`;
    for (const row of [
      `a${".b".repeat(5_000)}`,
      `${"a ? 1 : ".repeat(5_000)}2`,
      `((${inner})${".b".repeat(60)})${".b".repeat(80)}`,
    ]) {
      const file = await parseHcl(`x = ${row}`, "bomb.tf");
      expect(file.errors[0]?.message).toContain("levels of nesting");
    }
    expect((await parseHcl(`x = ${inner}`, "main.tf")).errors).toEqual([]);
  });

  it("reads texts made to take long", async () => {
    const parser = await loadHclParser();
    const markers = `EN${"D".repeat(300_000)}\nEND0\nEND1`;
    const template = parser.parseTemplate(markers, "t.tpl");
    expect("value" in template && template.value === markers).toBe(true);
    const dollars = "$".repeat(300_000);
    expect((await literalIn(`"${dollars}"`)) === dollars).toBe(true);
    const number = await parseHcl(`x = 0.${"0".repeat(300_000)}1`, "main.tf");
    expect(number.errors[0]?.message).toMatch(/: `0\.0{38}` is not a number/);
  });

  it("never throws over rubbish", async () => {
    const parser = await loadHclParser();
    const piece = fc.constantFrom(
      ...'a \n = { } [ ] ( ) " ${ %{ ~} } <<E\nE for in if : => . * , 1 1e9999999 \\ \0 # /* ? é'.split(" "),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join(" ");
        const file = parser.parseFile(text, "fuzz.tf");
        expect(file.errors.every((error) => error.line >= 1 && error.column >= 1)).toBe(true);
        parser.parseTemplate(text, "fuzz.tpl");
        parser.parseExpression(text, "fuzz.tf");
      }),
      { numRuns: 300 },
    );
  });
});

describe("literalOf", () => {
  it("gives the value of literals, and nothing where something must be evaluated", async () => {
    expect(await literalIn('{ a = [1, "b", null, true], "c" = { d = -2 } }')).toEqual({
      a: [1, "b", null, true],
      c: { d: -2 },
    });
    expect(await literalIn("{ a = var.x }")).toBeUndefined();
    expect(Object.getPrototypeOf(await literalIn("{ __proto__ = 1 }"))).toBeNull();
  });
});
