import { describe, expect, it } from "vitest";
import type { ConfigAddress } from "../../domain/address.ts";
import { Decimal, unknown } from "../../domain/value.ts";
import { load, valuesIn } from "./testing.fixture.ts";

const AWS = "registry.terraform.io/hashicorp/aws";

describe("provider blocks", () => {
  it("are evaluated for real", async () => {
    const configuration = await load(
      {
        "main.tf": `
variable "region" { default = "eu-west-1" }
variable "accounts" {
  type    = map(string)
  default = { prod = "111", dev = "222" }
}
locals {
  account = lookup(var.accounts, terraform.workspace, var.accounts["dev"])
  tags    = merge({ Stack = "net" }, jsondecode(file("\${path.module}/tags.json")))
}
provider "aws" {
  region  = var.region
  version = "~> 5.0"
  allowed_account_ids = [local.account]
  assume_role {
    role_arn = "arn:aws:iam::\${local.account}:role/deploy"
  }
  default_tags { tags = local.tags }
  dynamic "endpoints" {
    for_each = { s3 = 1, sqs = 2 }
    iterator = e
    content { name = "\${e.key}\${e.value}" }
  }
}
provider "aws" {
  alias  = "west"
  region = "us-west-\${length(var.accounts)}"
}
`,
        "tags.json": '{"Owner": "me"}',
      },
      { workspace: "prod" },
    );
    expect(configuration.providerConfigFor({ source: AWS, module: "" })).toEqual({
      source: AWS,
      alias: undefined,
      location: { file: "main.tf", line: 11 },
      problems: [],
      sensitive: [],
      value: {
        region: "eu-west-1",
        allowed_account_ids: ["111"],
        assume_role: [{ role_arn: "arn:aws:iam::111:role/deploy" }],
        default_tags: [{ tags: { Stack: "net", Owner: "me" } }],
        endpoints: [{ name: "s31" }, { name: "sqs2" }],
      },
    });
    expect(configuration.providerConfigFor({ source: AWS, alias: "west", module: "" })?.value).toEqual({
      region: "us-west-2",
    });
    expect(configuration.providerConfigFor({ source: AWS, alias: "gone", module: "" })).toBeUndefined();
  });

  it("name what cannot be known, with file and line, and keep the rest", async () => {
    const configuration = await load({
      "main.tf": `
variable "token" {}
provider "aws" {
  region = "x"
  token  = var.token
  role   = aws_iam_role.r.arn
  now    = timestamp()
  bad    = upper(1, 2)
  nested { a = local.gone }
}
resource "aws_iam_role" "r" {}
`,
    });
    const config = configuration.providerConfigFor({ source: AWS, module: "" });
    expect(config?.value).toEqual({
      region: "x",
      token: unknown,
      role: unknown,
      now: unknown,
      bad: unknown,
      nested: [{ a: unknown }],
    });
    expect(config?.problems).toMatchObject([
      {
        path: ["bad"],
        line: 8,
        reason: expect.stringContaining("`upper`: it takes 1 argument, and 2 are given"),
      },
      { path: ["nested", 0, "a"], line: 9, reason: expect.stringContaining('"gone" is not declared') },
      { path: ["now"], line: 7 },
      { path: ["role"], line: 6, reason: expect.stringContaining("`aws_iam_role.r`") },
      {
        path: ["token"],
        file: "main.tf",
        line: 2,
        reason: expect.stringContaining('variable "token" has no value'),
      },
    ]);
  });

  it("are empty where there is none", async () => {
    const configuration = await load({ "main.tf": 'resource "aws_vpc" "x" {}' });
    expect(configuration.providerConfigFor({ source: AWS, module: "" })).toMatchObject({
      value: {},
      location: undefined,
    });
    expect(configuration.providerConfigFor({ source: AWS, module: "module.gone" })).toBeUndefined();
  });

  it("reach child modules by inheritance, by being passed, and by blocks of their own", async () => {
    const configuration = await load({
      "main.tf": `
terraform {
  required_providers { amazon = { source = "hashicorp/aws" } }
}
provider "amazon" { region = "default" }
provider "amazon" {
  alias  = "west"
  region = "west"
}
module "inherits" { source = "./child" }
module "passed" {
  source    = "./child"
  providers = { aws = amazon.west }
}
module "alias" {
  source    = "./alias"
  providers = { aws.special = amazon.west }
}
module "own" { source = "./own" }
`,
      "child/main.tf": 'resource "aws_vpc" "v" {}\nmodule "deeper" { source = "../leaf" }',
      "leaf/main.tf": 'resource "aws_vpc" "v" {}',
      "alias/main.tf": `
terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.special]
    }
  }
}
resource "aws_vpc" "v" { provider = aws.special }
`,
      "own/main.tf":
        'variable "r" { default = "own" }\nprovider "aws" { region = var.r }\nresource "aws_vpc" "v" {}',
    });
    const regionOf = (address: string) => {
      const resource = configuration.resources.get(address as ConfigAddress);
      return resource === undefined ? undefined : configuration.providerConfigOf(resource)?.value["region"];
    };
    expect(regionOf("module.inherits.aws_vpc.v")).toBe("default");
    expect(regionOf("module.inherits.module.deeper.aws_vpc.v")).toBe("default");
    expect(regionOf("module.passed.aws_vpc.v")).toBe("west");
    expect(regionOf("module.passed.module.deeper.aws_vpc.v")).toBe("west");
    expect(regionOf("module.alias.aws_vpc.v")).toBe("west");
    expect(regionOf("module.own.aws_vpc.v")).toBe("own");
    const byState = (module: string, alias?: string) =>
      configuration.providerConfigFor({ source: AWS, module, ...(alias === undefined ? {} : { alias }) })
        ?.value["region"];
    expect(byState("", "west")).toBe("west");
    expect(byState("module.own")).toBe("own");
    expect(byState("module.passed[0]")).toBe("west");
  });
});

describe("input variables", () => {
  const code = {
    "main.tf": 'variable "v" {\n  type = string\n  default = "default"\n}\nresource "t" "x" { a = var.v }\n',
  };
  const valueWith = async (files: Readonly<Record<string, string>>, options = {}) => {
    const configuration = await load({ ...code, ...files }, options);
    return configuration.valuesOf({ module: "", mode: "managed", type: "t", name: "x" })?.value["a"];
  };

  it("take the value of highest precedence", async () => {
    const files: Record<string, string> = {};
    const environment: Record<string, string> = {};
    expect(await valueWith(files)).toBe("default");
    environment["TF_VAR_v"] = "environment";
    expect(await valueWith(files, { environment })).toBe("environment");
    files["terraform.tfvars"] = 'v = "tfvars"';
    expect(await valueWith(files, { environment })).toBe("tfvars");
    files["terraform.tfvars.json"] = '{"v": "json"}';
    expect(await valueWith(files, { environment })).toBe("json");
    files["b.auto.tfvars"] = 'v = "b"';
    files["a.auto.tfvars.json"] = '{"v": "a ${not} a template"}';
    expect(await valueWith(files, { environment })).toBe("b");
    files["other.tfvars"] = 'v = "other"';
    const text = { kind: "text", name: "v", text: "line", origin: "--var" };
    const folderless = (variables: unknown[]) => ({ environment, variables });
    expect(await valueWith(files, folderless([text]))).toBe("line");
    expect(
      await valueWith(
        files,
        folderless([text, { kind: "file", path: "other.tfvars", origin: "--var-file" }]),
      ),
    ).toBe("other");
    expect(
      await valueWith(
        files,
        folderless([{ kind: "file", path: "other.tfvars", origin: "--var-file" }, text]),
      ),
    ).toBe("line");
    expect(
      await valueWith(
        files,
        folderless([{ kind: "value", name: "v", value: 5, origin: "anchorwatch.yaml" }]),
      ),
    ).toBe("5");
  });

  it.each([
    ["list(string)", "[1, true]", ["1", "true"]],
    ["set(number)", '["2", 1, 1]', [1, 2]],
    ["map(bool)", '{ a = "true" }', { a: true }],
    ["tuple([string, number])", '[1, "2"]', ["1", 2]],
    [
      "object({ a = string, b = optional(number, 5), c = optional(bool) })",
      "{ a = 1, z = 9 }",
      { a: "1", b: 5, c: null },
    ],
    ['list(object({ a = optional(string, "x") }))', '[{}, { a = "y" }]', [{ a: "x" }, { a: "y" }]],
    [
      'map(object({ a = optional(object({ b = optional(string, "deep") }), {}) }))',
      "{ k = {} }",
      { k: { a: { b: "deep" } } },
    ],
    ["any", '[1, "a"]', [1, "a"]],
    ["list(any)", '[1, "a"]', ["1", "a"]],
    ["number", "12345678901234567890", 12345678901234567890n],
    ["number", "0.12345678901234567890123", new Decimal("0.12345678901234567890123")],
    ["string", "null", null],
  ])("of type %s take %s", async (type, given, expected) => {
    const configuration = await load({
      "main.tf": `variable "v" {\n  type = ${type}\n}\nresource "t" "x" { a = var.v }\n`,
      "terraform.tfvars": `v = ${given}`,
    });
    const values = configuration.valuesOf({ module: "", mode: "managed", type: "t", name: "x" });
    expect(values?.problems).toEqual([]);
    expect(values?.value["a"]).toEqual(expected);
  });

  it("read text by their type: HCL for collections, the text itself for texts", async () => {
    const files = {
      "main.tf": `
variable "s" { type = string }
variable "l" { type = list(string) }
variable "n" { type = number }
variable "untyped" {}
resource "t" "x" {
  s = var.s
  l = var.l
  n = var.n
  u = var.untyped
}`,
    };
    const environment = { TF_VAR_s: '["a"]', TF_VAR_l: '["a"]', TF_VAR_n: "5", TF_VAR_untyped: "[1]" };
    const configuration = await load(files, { environment });
    expect(configuration.valuesOf({ module: "", mode: "managed", type: "t", name: "x" })?.value).toEqual({
      s: '["a"]',
      l: ["a"],
      n: 5,
      u: "[1]",
    });
  });

  it("of type any are read as HCL", async () => {
    const files = { "main.tf": 'variable "v" { type = any }\nresource "t" "x" { a = var.v }' };
    const given = async (text: string) => {
      const configuration = await load(files, { environment: { TF_VAR_v: text } });
      return configuration.valuesOf({ module: "", mode: "managed", type: "t", name: "x" })?.value["a"];
    };
    expect(await given('["a", 1]')).toEqual(["a", 1]);
    expect(await given("bare")).toBe(unknown);
  });

  it("say what does not fit, and never what a sensitive one holds", async () => {
    const files = {
      "main.tf": `
variable "n" { type = number }
variable "secret" {
  type      = list(string)
  sensitive = true
}
resource "t" "x" {
  n = var.n
  s = var.secret
}`,
    };
    const environment = { TF_VAR_n: "many", TF_VAR_secret: "hunter2 [" };
    const configuration = await load(files, { environment });
    const values = configuration.valuesOf({ module: "", mode: "managed", type: "t", name: "x" });
    expect(values?.problems).toMatchObject([
      { path: ["n"], file: "main.tf", line: 2, reason: expect.stringContaining("TF_VAR_n") },
      { path: ["s"], line: 3, reason: expect.stringContaining("TF_VAR_secret") },
    ]);
    expect(JSON.stringify(values)).not.toContain("hunter2");
  });

  it("that nobody declares are named when they were given by hand", async () => {
    const variables = [{ kind: "text" as const, name: "typo", text: "x", origin: "--var typo=x" }];
    const configuration = await load(code, { variables });
    expect(configuration.warnings).toMatchObject([{ code: "code_variable_undeclared" }]);
  });

  it.each([
    ["gone.tfvars", undefined, /gone\.tfvars cannot be read/],
    ["broken.tfvars", "v = = hunter2", /broken\.tfvars:1:5: .* this is not HCL$/],
    ["broken.tfvars.json", '{"v": hunter2}', /broken\.tfvars\.json:1:7: .* this is not JSON$/],
    ["block.tfvars", 'resource "a" "b" {}', /block\.tfvars:1.*name = value/],
  ])("refuse the file %s", async (path, content, message) => {
    const files: Record<string, string> = content === undefined ? code : { ...code, [path]: content };
    const variables = [{ kind: "file" as const, path, origin: "--var-file" }];
    await expect(load(files, { variables })).rejects.toMatchObject({
      code: "code_variable_invalid",
      message: expect.stringMatching(message),
    });
    await expect(load(files, { variables })).rejects.not.toThrow(/hunter2/);
  });

  it("fall back to their default for null where they are not nullable", async () => {
    const nullable = {
      "main.tf": `
module "a" {
  source = "./a"
  v      = null
  w      = null
}
resource "t" "x" { a = module.a.both }
`,
      "a/main.tf": `
variable "v" {
  default  = "d"
  nullable = false
}
variable "w" { default = "d" }
output "both" { value = [var.v, var.w] }
`,
    };
    const configuration = await load(nullable);
    expect(configuration.valuesOf({ module: "", mode: "managed", type: "t", name: "x" })?.value).toEqual({
      a: ["d", null],
    });
  });
});

describe("instances", () => {
  it("have their own count, each and module instance", async () => {
    const configuration = await load({
      "main.tf": `
locals { names = { a = "one", b = "two" } }
module "m" {
  for_each = local.names
  source   = "./m"
  name     = "\${each.key}-\${each.value}"
}
module "n" {
  count  = 2
  source = "./m"
  name   = count.index
}
resource "t" "each" {
  for_each = toset(["x", "y"])
  v = each.value
  k = each.key
}
resource "t" "count" {
  count = 3
  v     = count.index * 10
}
resource "t" "refs" {
  one  = module.m["a"].out
  all  = module.n[*].out
  map  = { for k, v in module.m : k => v.out }
  last = module.n[1].out
}
`,
      "m/main.tf":
        'variable "name" {}\nresource "t" "inner" { n = var.name }\noutput "out" { value = upper(var.name) }',
    });
    const valuesOf = (module: string, name: string, key?: string | number) =>
      configuration.valuesOf({
        module,
        mode: "managed",
        type: "t",
        name,
        ...(key === undefined ? {} : { key }),
      })?.value;
    expect(valuesOf("", "each", "y")).toEqual({ v: "y", k: "y" });
    expect(valuesOf("", "count", 2)).toEqual({ v: 20 });
    expect(valuesOf('module.m["b"]', "inner")).toEqual({ n: "b-two" });
    expect(valuesOf("module.n[1]", "inner")).toEqual({ n: 1 });
    expect(valuesOf("", "refs")).toEqual({
      one: "A-ONE",
      all: ["0", "1"],
      map: { a: "A-ONE", b: "B-TWO" },
      last: "1",
    });
    expect(valuesOf("module.n[5]", "inner")).toEqual({ n: 5 });
    expect(valuesOf('module.m["\\q"]', "inner")).toBeUndefined();
    expect(valuesOf("", "each", "gone")).toEqual({ v: unknown, k: "gone" });
    expect(valuesOf("module.gone", "inner")).toBeUndefined();
    expect(valuesOf("", "gone")).toBeUndefined();
  });
});

describe("references", () => {
  it("through locals may be in any order, but not in a circle", async () => {
    const { value, problems } = await valuesIn("a = local.a\nb = local.x", {
      "locals.tf": "locals {\n  a = local.b\n  b = local.c + 1\n  c = 1\n  x = local.y\n  y = local.x\n}",
    });
    expect(value).toEqual({ a: 2, b: unknown });
    expect(problems).toMatchObject([
      { path: ["b"], file: "locals.tf", reason: expect.stringContaining("depends on itself") },
    ]);
  });

  it("to resources are known where somebody knows them", async () => {
    const resourceValues = (module: string, address: string) =>
      module === "" && address === "data.aws_region.current"
        ? { value: { name: "eu-west-1", secret: unknown }, sensitive: false }
        : undefined;
    const rest = { "data.tf": 'data "aws_region" "current" {}' };
    const { value } = await valuesIn(
      "a = data.aws_region.current.name\nb = data.aws_region.current.secret",
      rest,
      { resourceValues },
    );
    expect(value).toEqual({ a: "eu-west-1", b: unknown });
  });

  it("to a resource are read once, however many instances refer to it", async () => {
    const asked: string[] = [];
    const configuration = await load(
      {
        "main.tf":
          'resource "t" "all" { count = 2 }\nresource "t" "x" {\n  count = 2\n  a = t.all[count.index].id\n}',
      },
      {
        resourceValues: (_, address) => {
          asked.push(address);
          return { value: [{ id: "a" }, { id: "b" }], sensitive: false };
        },
      },
    );
    const instance = (key: number) =>
      configuration.valuesOf({ module: "", mode: "managed", type: "t", name: "x", key })?.value;
    expect([instance(0), instance(1)]).toEqual([{ a: "a" }, { a: "b" }]);
    expect(asked).toEqual(["t.all"]);
  });

  it("to a resource of a module ask for it by the name that the state has for the module", async () => {
    const asked: string[] = [];
    const configuration = await load(
      {
        "main.tf": 'module "m" {\n  for_each = { "a\\"$${b}" = 1 }\n  source = "./m"\n  k = each.key\n}',
        "m/main.tf": 'variable "k" {}\nresource "t" "o" {}\nresource "t" "x" {\n  a = t.o.id\n  k = var.k\n}',
      },
      {
        resourceValues: (module) => {
          asked.push(module);
          return { value: { id: 1 }, sensitive: false };
        },
      },
    );
    const module = 'module.m["a\\"$${b}"]';
    const values = configuration.valuesOf({ module, mode: "managed", type: "t", name: "x" });
    expect(values?.value).toEqual({ a: 1, k: 'a"${b}' });
    expect(asked).toEqual([module]);
  });

  it("that could not be told when the backend was asked for can be told afterwards", async () => {
    let state: { readonly value: { readonly id: string }; readonly sensitive: boolean } | undefined;
    const configuration = await load(
      {
        "main.tf":
          'terraform {\n  backend "s3" {}\n}\nlocals { id = t.o.id }\nresource "t" "o" {}\nresource "t" "x" { a = local.id }\nprovider "aws" { region = local.id }',
      },
      { resourceValues: () => state },
    );
    expect(configuration.backend()?.type).toBe("s3");
    state = { value: { id: "known" }, sensitive: false };
    expect(configuration.providerConfigFor({ source: AWS, module: "" })?.value).toEqual({ region: "known" });
    const x = { module: "", mode: "managed", type: "t", name: "x" } as const;
    expect(configuration.valuesOf(x)?.value).toEqual({ a: "known" });
  });

  it("go on without what an unknown value does not touch", async () => {
    const { value } = await valuesIn(`
  a = [t.x.id, "known"]
  b = { k = t.x.id, l = 1 }
  c = length([t.x.id, 2])
  d = "x-\${t.x.id}"
  e = true || t.x.id
  f = coalesce("a", t.x.id)
  g = try(t.x.id, "b")
  h = { for i, v in [t.x.id, 2] : i => v }
  i = keys({ a = t.x.id })
  j = upper(t.x.id)
  k = t.x.id == 1
  l = merge({ a = t.x.id }, { b = 1 })
  m = t.x[0].tags["a"]
  n = t.x[*].id`);
    expect(value).toEqual({
      a: [unknown, "known"],
      b: { k: unknown, l: 1 },
      c: 2,
      d: unknown,
      e: true,
      f: "a",
      g: unknown,
      h: { 0: unknown, 1: 2 },
      i: ["a"],
      j: unknown,
      k: unknown,
      l: { a: unknown, b: 1 },
      m: unknown,
      n: unknown,
    });
  });
});

describe("sensitive values", () => {
  it("carry their mark through everything that is made of them", async () => {
    const { value, sensitive } = await valuesIn(
      `
  plain  = "x"
  direct = var.password
  text   = "p=\${var.password}"
  list   = ["a", var.password]
  object = { a = { b = var.password }, c = 1 }
  hash   = sha256(var.password)
  length = length(var.password)
  chosen = var.password == "x" ? 1 : 2
  each   = [for c in split("", var.password) : c]
  marked = sensitive("y")
  open   = nonsensitive(var.password)
  sets   = toset([var.password])
  json   = jsonencode({ a = var.password })
  index  = ["a", "b", "c"][length(var.password) - 7]
  nested { p = var.password }`,
      { "vars.tf": 'variable "password" {\n  default   = "hunter2"\n  sensitive = true\n}' },
    );
    expect(value).toMatchObject({ direct: "hunter2", object: { c: 1 } });
    expect(sensitive.map((path) => path.join("."))).toEqual([
      "chosen",
      "direct",
      "each",
      "hash",
      "index",
      "json",
      "length",
      "list.1",
      "marked",
      "nested.0.p",
      "object.a.b",
      "sets",
      "text",
    ]);
  });

  it("stay marked where what they are in is not known", async () => {
    const { value, sensitive } = await valuesIn(
      `
  object = { (t.x.id) = var.password }
  loop   = { for k in [t.x.id] : k => var.password }
  set    = toset([t.x.id, var.password])
  spread = format("%s %s", var.password, t.x.ids...)`,
      { "vars.tf": 'variable "password" {\n  default   = "hunter2"\n  sensitive = true\n}' },
    );
    expect(Object.values(value)).toEqual([unknown, unknown, unknown, unknown]);
    expect(sensitive).toEqual([["loop"], ["object"], ["set"], ["spread"]]);
  });

  it("are never quoted in a reason", async () => {
    const { problems } = await valuesIn(
      `
  a = cidrhost(var.password, 1)
  b = { x = 1 }[var.password]
  c = tonumber(var.password)
  d = file(var.password)
  e = { for k in [var.password, var.password] : k => 1 }
  f = regex(var.password, "x")
  g = jsondecode(var.password)
  h = module.none[var.password].x
  i = [1][var.pin]`,
      {
        "vars.tf":
          'variable "password" {\n  default   = "hunter2["\n  sensitive = true\n}\nvariable "pin" {\n  default   = 7391\n  sensitive = true\n}',
      },
    );
    expect(problems.length).toBe(9);
    expect(JSON.stringify(problems)).not.toMatch(/hunter2|7391/);
  });
});

describe("refactorings, backends and versions", () => {
  it("are listed", async () => {
    const configuration = await load({
      "main.tf": `
terraform {
  required_version = ">= 1.5"
  backend "s3" {
    bucket = "states"
    key    = "\${"a"}/b"
  }
}
moved {
  from = aws_vpc.a
  to   = module.m["k"].aws_vpc.b[0]
}
import {
  to = aws_vpc.b
  id = "vpc-1"
}
`,
    });
    expect(configuration.root.requiredVersion).toBe(">= 1.5");
    expect(configuration.refactorings).toMatchObject([
      {
        kind: "moved",
        from: "aws_vpc.a",
        to: 'module.m["k"].aws_vpc.b[0]',
        source: { file: "main.tf", line: 9 },
      },
      { kind: "import", to: "aws_vpc.b", id: "vpc-1" },
    ]);
    expect(configuration.backend()).toMatchObject({
      type: "s3",
      value: { bucket: "states", key: "a/b" },
      location: { file: "main.tf", line: 4 },
    });
    const cloud = await load({
      "main.tf": 'terraform {\n  cloud {\n    organization = "o"\n    workspaces { name = "w" }\n  }\n}',
    });
    expect(cloud.backend()).toMatchObject({
      type: "cloud",
      value: { organization: "o", workspaces: [{ name: "w" }] },
    });
  });
});

it("tells which instances of a resource there are, and where nobody can tell", async () => {
  const configuration = await load({
    "main.tf": `
variable "many" {}
resource "t" "one" {}
resource "t" "two" { count = 2 }
resource "t" "each" { for_each = { "a.b" = 1, "c[0]" = 2 } }
resource "t" "many" { count = var.many }
module "inner" {
  source = "./inner"
  count  = 1
}
module "far" { source = "example.com/far/away" }
`,
    "inner/main.tf": `resource "t" "in" { for_each = toset(["x"]) }`,
  });
  const has = (...addresses: string[]) => addresses.map((address) => configuration.hasInstance(address));
  expect(has("t.one", "t.two[1]", 't.each["a.b"]', 't.each["c[0]"]', 'module.inner[0].t.in["x"]')).toEqual(
    Array(5).fill(true),
  );
  expect(
    has(
      "t.one[0]",
      "t.two[2]",
      "t.two",
      't.each["a"]',
      "t.none",
      "module.none.t.x",
      'module.inner[1].t.in["x"]',
    ),
  ).toEqual(Array(7).fill(false));
  expect(has("t.many[0]", "module.far.t.x", "")).toEqual(Array(3).fill(undefined));
});
