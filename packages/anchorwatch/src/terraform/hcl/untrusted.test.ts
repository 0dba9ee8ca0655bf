/** A repository is untrusted input: it can neither hang or exhaust the program nor read outside itself. */
import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { Unknown, unknown } from "../../domain/value.ts";
import { Budget } from "./budget.ts";
import { replacePattern } from "./functions/regex.ts";
import { loadModule } from "./loadModule.ts";
import { folderOf, load, valuesIn } from "./testing.fixture.ts";

describe("expressions that ask for too much", () => {
  const doubling = (join: (name: string) => string, rounds: number): string => {
    const lines = Array.from({ length: rounds }, (_, index) => `v${index + 1} = ${join(`local.v${index}`)}`);
    return `locals {\n  v0 = ["0123456789abcdef"]\n  ${lines.join("\n  ")}\n}\n`;
  };

  it.each([
    ["text that doubles", "local.v40", doubling((v) => `"\${jsonencode(${v})}\${jsonencode(${v})}"`, 40)],
    ["tuples that double", "jsonencode(local.v60)", doubling((v) => `[${v}, ${v}]`, 60)],
    ["lists that double", "length(local.v60)", doubling((v) => `concat(${v}, ${v})`, 60)],
    ["objects that double", "local.v60", doubling((v) => `{ a = ${v}, b = ${v} }`, 60)],
    ["tuples that nest", "local.v500", doubling((v) => `[${v}]`, 500)],
    ["a long chain of locals", "local.v5000", doubling((v) => v, 5000)],
    ["a long chain of parentheses", "local.v900", doubling((v) => `((((((((((${v}))))))))))`, 900)],
    ["loops in loops", `[${"for a in range(1000) : [".repeat(4)}1${"]".repeat(4)}]`, ""],
    [
      "loops in loops that keep nothing",
      `[for a in range(1000) : [for b in range(1000) : [for c in range(1000) : c if false]]]`,
      "",
    ],
    [
      "loops in templates",
      '"%{ for a in range(1000) }%{ for b in range(1000) }%{ for c in range(1000) }x%{ endfor }%{ endfor }%{ endfor }"',
      "",
    ],
    ["a product of sets", "setproduct(range(1000), range(1000), range(1000), range(1000))", ""],
    ["a wide format", 'format("%1000000000d", 1)', ""],
    ["many places", 'format("%.100000f", 0.1)', ""],
    ["a deep indent", 'indent(1000000000, "a\\nb")', ""],
    ["a large power", "pow(10, 1000000)", ""],
    ["products of large numbers", `${"1e900 * ".repeat(60)}1`, ""],
    [
      "a replacement that grows",
      'replace(join("", [for i in range(1000) : "aaaaaaaaaa"]), "a", join("", [for i in range(1000) : "bbbbbbbbbb"]))',
      "",
    ],
    [
      "a replacement of every place",
      'replace(join("", [for i in range(1000) : "aaaaaaaaaa"]), "/(a)/", join("", [for i in range(1000) : "$1$1$1$1$1"]))',
      "",
    ],
    [
      "a long join",
      'join(join("", [for i in range(1000) : "0123456789012345"]), [for i in range(1001) : join("", [for j in range(99) : "x"])])',
      "",
    ],
    ["JSON that nests", `jsondecode(join("", [for i in range(1000) : "["]))`, ""],
    ["YAML that nests", `yamldecode(join("", [for i in range(1000) : "[[[[[[[[[[[[[[[["]))`, ""],
    [
      "aliases that multiply",
      `yamldecode("a: &a [x,x,x,x,x,x,x,x,x,x]\\n${"bcdefghijk"
        .split("")
        .map((name, index) => `${name}: &${name} [${Array(10).fill(`*${"abcdefghijk"[index]}`).join()}]`)
        .join("\\n")}")`,
      "",
    ],
    ["an alias of itself", 'yamldecode("&a [*a]")', ""],
    ["templates that call themselves", 'templatefile("self.tpl", {})', ""],
    [
      "conditions between large values",
      `[for i in range(1000) : (true ? local.v13 : local.v13)${"[0]".repeat(14)}]`,
      doubling((v) => `[${v}, ${v}]`, 13),
    ],
    [
      "splats of large values",
      `[for i in range(1000) : (local.v13[*])${"[0]".repeat(14)}]`,
      doubling((v) => `[${v}, ${v}]`, 13),
    ],
    ["ranges in loops", "[for i in range(1000) : range(1000)[0]]", ""],
    ["hashes of files in loops", '[for i in range(1000) : filesha256("breaks.txt")]', ""],
    ["a join of products beyond 32 bits", 'join(file("long.txt"), split(",", file("commas.txt")))', ""],
    ["a replacement of products beyond 32 bits", 'replace(file("commas.txt"), ",", file("long.txt"))', ""],
    ["an indent of products beyond 32 bits", 'indent(10000, file("breaks.txt"))', ""],
    [
      "a replacement by the text itself, many times over",
      `replace(file("commas.txt"), "/.*/", join("", [for i in range(1000) : "${"$0".repeat(20)}"]))`,
      "",
    ],
  ])("are stopped: %s", async (_, expression, locals) => {
    const rest = {
      "locals.tf": locals,
      "self.tpl": '${templatefile("self.tpl", {})}',
      "long.txt": "x".repeat(2 ** 16),
      "commas.txt": ",".repeat(2 ** 16 - 1),
      "breaks.txt": "\n".repeat(429_496),
    };
    const { value, problems } = await valuesIn(`  a = ${expression}`, rest, { steps: 200_000 });
    expect(value["a"]).toBeInstanceOf(Unknown);
    expect(problems).toHaveLength(1);
  });

  it("are not mistaken by try for something else to go on with", async () => {
    const { value } = await valuesIn(
      "  a = try([for a in range(1000) : [for b in range(1000) : [for c in range(1000) : c if false]]], 1)\n  b = can(setproduct(range(1000), range(1000), range(1000), range(1000)))",
      {},
      { steps: 200_000 },
    );
    expect(value["a"]).toBeInstanceOf(Unknown);
    expect(value["b"]).toBeInstanceOf(Unknown);
  });

  it("such as patterns that backtrack are matched in linear time", async () => {
    const { value } = await valuesIn(`
  a = try(regex("^(a+)+$", "${"a".repeat(5000)}!"), "no match")
  b = length(regexall("(a|aa)+", "${"a".repeat(5000)}"))
  c = replace("${"a".repeat(5000)}", "/(a*)*b/", "")
  d = try(regex("(((a{100}){100}){100}){100}", "a"), "refused")`);
    expect(value).toMatchObject({ a: "no match", b: 1, d: "refused" });
  });

  it("are answered where only the way there was long", async () => {
    const { value } = await valuesIn(
      `
  a = setproduct(range(1000), range(1000), range(1000), [])
  b = length(chomp(file("breaks.txt")))
  c = length(yamldecode(file("digits.txt")))`,
      { "breaks.txt": `${"\n".repeat(200_000)}x`, "digits.txt": `${"1".repeat(200_000)}x` },
    );
    expect(value).toEqual({ a: [], b: 200_001, c: 200_001 });
  });

  it("do not gain steps by work beyond 32 bits", () => {
    const source = "a".repeat(2 ** 22);
    expect(() => replacePattern(source, "b{1000}", "", new Budget(1_000_000))).toThrow(/steps/);
  });

  it("make a body unknown that is too large with all its parts together", async () => {
    const parts = "a = local.p\nb = local.p\nc = local.p\nd = local.p";
    const rest = { "locals.tf": "locals { p = [for i in range(1000) : range(300)] }" };
    const { value, problems } = await valuesIn(parts, rest);
    expect(Object.values(value)).toEqual([unknown, unknown, unknown, unknown]);
    expect(problems[0]).toMatchObject({
      file: "main.tf",
      line: 2,
      reason: expect.stringContaining("larger"),
    });
    const { value: nested } = await valuesIn(`rule {\n${parts}\n}\ne = 1`, rest);
    expect(nested).toMatchObject({ e: 1, rule: [{ a: unknown }] });
  });

  it("may make more blocks than a call takes arguments", async () => {
    const { value } = await valuesIn(`
  dynamic "rule" {
    for_each = flatten([for i in range(300) : range(1000)])
    content {}
  }`);
    expect(value["rule"]).toHaveLength(300_000);
  });

  it("that ask for what every JavaScript object has get no answer", async () => {
    const { value, problems } = await valuesIn('  a = uuidv5("constructor", "x")\n  b = constructor("x")');
    expect(value).toEqual({ a: unknown, b: unknown });
    expect(problems).toHaveLength(2);
  });
});

describe("syntax that nothing could be made of", () => {
  it.each([
    ["a long reference", `x.y${".z".repeat(20_000)}`],
    ["a large literal", "1e999999999"],
    ["a long row of conditions", `${"true ? 1 : ".repeat(5_000)}2`],
  ])("is refused: %s", async (_, expression) => {
    const configuration = await load({
      "main.tf": `resource "t" "x" {\n  count = 1\n  a = ${expression}\n  lifecycle {\n    ignore_changes = [${expression}]\n  }\n}\nresource "t" "y" {}`,
    });
    expect(configuration.warnings).toMatchObject([{ code: "code_syntax" }]);
    expect([...configuration.resources.keys()]).toEqual(["t.y"]);
  });
});

/** A program of every Unix. */
const MAKE_PIPE = "mkfifo";

describe("files", () => {
  const outside = (): string => {
    const folder = folderOf({ "secret.txt": "hunter2", "dir/secret.txt": "hunter2" });
    return folder;
  };
  const reading = async (folder: string, expression: string) => {
    writeFileSync(join(folder, "main.tf"), `resource "t" "x" {\n  a = ${expression}\n}\n`);
    const configuration = await loadModule(folder, { environment: {}, homeDir: folder });
    const evaluated = configuration.valuesOf({ module: "", mode: "managed", type: "t", name: "x" });
    if (evaluated === undefined) throw new TypeError("the resource is not declared");
    return evaluated;
  };

  it.each([
    ["an absolute path", (secret: string) => `file("${secret}/secret.txt")`],
    ["a way up", (secret: string) => `file("../${secret.split("/").at(-1)}/secret.txt")`],
    ["a link to a file", () => 'file("link.txt")'],
    ["a link to a folder", () => 'file("linked/secret.txt")'],
    ["a link in a link", () => 'file("sub/up/linked/secret.txt")'],
    ["a hash", () => 'filesha256("link.txt")'],
    ["base64", () => 'filebase64("link.txt")'],
    ["a template", () => 'templatefile("link.txt", {})'],
    ["a question", () => 'fileexists("link.txt")'],
    ["a question about what is not there", () => 'fileexists("/etc/no-such-file")'],
    ["a folder of files", () => 'fileset("linked", "**")'],
    ["a home", (secret: string) => `file(pathexpand("~/../${secret.split("/").at(-1)}/secret.txt"))`],
    ["a zero character", () => 'file("link.txt\\u0000")'],
  ])("outside are not read through %s", async (_, expression) => {
    const secret = outside();
    const folder = folderOf({ "sub/x": "" });
    symlinkSync(join(secret, "secret.txt"), join(folder, "link.txt"));
    symlinkSync(join(secret, "dir"), join(folder, "linked"));
    symlinkSync("..", join(folder, "sub/up"));
    const { value, problems } = await reading(folder, expression(secret));
    expect(value["a"]).toBeInstanceOf(Unknown);
    expect(problems).toMatchObject([{ file: "main.tf", line: 2 }]);
    expect(problems[0]?.reason).toMatch(/leads out of the module's folder|zero character/);
    expect(JSON.stringify([value, problems])).not.toContain("hunter2");
  });

  it("outside are nothing that `try` goes on without, and nothing to a branch that is not taken", async () => {
    const folder = folderOf({ "main.tf": "" });
    symlinkSync(join(outside(), "secret.txt"), join(folder, "link.txt"));
    const { value } = await reading(
      folder,
      '{ a = try(file("link.txt"), "none"), b = can(fileexists("link.txt")) }',
    );
    expect(value["a"]).toBeInstanceOf(Unknown);
    const untaken = await reading(folder, 'false ? file("link.txt") : "taken"');
    expect(untaken.value["a"]).toBe("taken");
  });

  it("that the code itself consists of are not read outside either", async () => {
    const secret = folderOf({
      "secret.tf": "password = = hunter2",
      "secret.tfvars": 'v = "hunter2"',
      "modules/secret.txt": "hunter2",
      "modules/main.tf": 'output "a" { value = file("${path.module}/secret.txt") }',
    });
    const folder = folderOf({
      ".git/HEAD": "",
      "stack/main.tf": `variable "v" {}\nmodule "m" { source = "../../${secret.split("/").at(-1)}/modules" }\nresource "t" "x" {\n  a = var.v\n  b = module.m.a\n}\n`,
      "stack/.terraform/x": "",
      "beside.tf": 'resource "t" "linked" {}',
    });
    symlinkSync(join(secret, "secret.tf"), join(folder, "stack/evil.tf"));
    symlinkSync(join(secret, "secret.tfvars"), join(folder, "stack/terraform.tfvars"));
    symlinkSync(join(secret, "modules"), join(folder, "stack/.terraform/modules"));
    symlinkSync("../beside.tf", join(folder, "stack/inside.tf"));
    const configuration = await loadModule(join(folder, "stack"), { environment: {} });
    expect(configuration.warnings.map(({ code, location }) => [code, location?.file])).toEqual([
      ["code_unreadable", "evil.tf"],
      ["code_module_refused", "main.tf"],
      ["code_unreadable", "terraform.tfvars"],
    ]);
    expect([...configuration.resources.keys()].sort()).toEqual(["t.linked", "t.x"]);
    const values = configuration.valuesOf({ module: "", mode: "managed", type: "t", name: "x" });
    expect(values?.value).toEqual({ a: unknown, b: unknown });
    expect(JSON.stringify([configuration.warnings, values])).not.toContain("hunter2");
  });

  it("of modules are read where the operator put the data folder", async () => {
    const data = folderOf({ "modules/m/main.tf": 'output "a" { value = 1 }' });
    const folder = folderOf({
      "main.tf": 'module "m" { source = "org/m/aws" }\nresource "t" "x" { a = module.m.a }',
    });
    const manifest = { Modules: [{ Key: "m", Dir: join(data, "modules/m") }] };
    writeFileSync(join(data, "modules/modules.json"), JSON.stringify(manifest));
    const configuration = await loadModule(folder, { environment: { TF_DATA_DIR: data } });
    expect(configuration.warnings).toEqual([]);
    const values = configuration.valuesOf({ module: "", mode: "managed", type: "t", name: "x" });
    expect(values?.value).toEqual({ a: 1 });
  });

  it("that cannot be opened are a failure of the expression, and what is no folder holds none", async () => {
    const folder = folderOf({ "a.txt": "" });
    const server = createServer();
    await new Promise<void>((listening) => server.listen(join(folder, "socket"), listening));
    onTestFinished(() => void server.close());
    const { problems } = await reading(folder, 'file("socket")');
    expect(problems).toMatchObject([{ line: 2, reason: expect.stringContaining("cannot be read") }]);
    const { value } = await reading(folder, '[fileset("a.txt", "*"), fileset("gone", "*")]');
    expect(value["a"]).toEqual([[], []]);
  });

  it("inside are read, through links too", async () => {
    const folder = folderOf({ "sub/a.txt": "inside" });
    symlinkSync("sub/a.txt", join(folder, "link.txt"));
    symlinkSync("sub", join(folder, "linked"));
    const { value } = await reading(
      folder,
      '[file("link.txt"), file("linked/a.txt"), file("./sub/../sub/a.txt"), fileset(".", "**/*.txt")]',
    );
    expect(value["a"]).toEqual(["inside", "inside", "inside", ["link.txt", "sub/a.txt"]]);
  });

  it("of a module are those beside its own code", async () => {
    const folder = folderOf({
      ".git/HEAD": "",
      "other/secret.txt": "hunter2",
      "modules/m/own.txt": "own",
      "modules/m/main.tf":
        'output "a" { value = file("${path.module}/own.txt") }\noutput "b" { value = file("${path.module}/../../other/secret.txt") }',
      "stack/main.tf":
        'module "m" { source = "../modules/m" }\nresource "t" "x" {\n  a = module.m.a\n  b = module.m.b\n}\n',
    });
    const configuration = await loadModule(join(folder, "stack"), { environment: {} });
    const values = configuration.valuesOf({ module: "", mode: "managed", type: "t", name: "x" });
    expect(values?.value["a"]).toBe("own");
    expect(values?.value["b"]).toBeInstanceOf(Unknown);
    expect(values?.problems).toMatchObject([{ path: ["b"], file: "../modules/m/main.tf", line: 2 }]);
  });

  it("that are huge, pipes or folders are refused", async () => {
    const folder = folderOf({});
    writeFileSync(join(folder, "huge.txt"), Buffer.alloc(5 * 1024 * 1024, "x"));
    mkdirSync(join(folder, "folder"));
    execFileSync(MAKE_PIPE, [join(folder, "pipe")]);
    for (const [name, message] of [
      ["huge.txt", /larger than/],
      ["folder", /not a regular file/],
      ["pipe", /not a regular file/],
    ] as const) {
      const { problems } = await reading(folder, `file("${name}")`);
      expect(problems[0]?.reason).toMatch(message);
    }
  });
});
