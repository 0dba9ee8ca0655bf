/** A repository is untrusted input: it can neither hang or exhaust the program nor read outside itself. */
import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Unknown } from "../../domain/value.ts";
import { loadModule } from "./loadModule.ts";
import { folderOf, valuesIn } from "./testing.fixture.ts";

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
    ["a large literal", "1e999999999", ""],
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
  ])("are stopped: %s", async (_, expression, locals) => {
    const rest = { "locals.tf": locals, "self.tpl": '${templatefile("self.tpl", {})}' };
    const { value, problems } = await valuesIn(`  a = ${expression}`, rest, { steps: 200_000 }).catch(
      (error: unknown) => ({
        value: { a: undefined },
        problems: [String(error)],
      }),
    );
    // A literal that is no number is refused by the parser: then the resource is not there at all.
    expect(value["a"] instanceof Unknown || value["a"] === undefined).toBe(true);
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
