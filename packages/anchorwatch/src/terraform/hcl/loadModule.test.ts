import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ConfigAddress } from "../../domain/address.ts";
import { unknown } from "../../domain/value.ts";
import type { Configuration } from "./configuration.ts";
import { loadModule } from "./loadModule.ts";
import { folderOf, load } from "./testing.fixture.ts";

const resource = (configuration: Configuration, address: string) =>
  configuration.resources.get(address as ConfigAddress);

describe("the resources of a module", () => {
  it("have an address, a place, a provider and what the code sets", async () => {
    const configuration = await load({
      "main.tf": `
# a comment
resource "aws_security_group" "web" {
  count    = 2
  provider = aws.west
  name     = "web"
  vpc_id   = null
  depends_on = [aws_vpc.main]
  ingress {
    from_port = 80
  }
  dynamic "ingress" {
    for_each = var.ports
    content {
      to_port = ingress.value
    }
  }
  timeouts {}
  lifecycle {
    prevent_destroy = true
    ignore_changes  = [
      tags["Owner"],
      ingress[0].cidr_blocks, description,
    ]
  }
}
data "aws_ami" "base" {}
`,
    });
    expect(configuration.warnings).toEqual([]);
    const web = resource(configuration, "aws_security_group.web");
    expect(web).toMatchObject({
      mode: "managed",
      module: [],
      source: { file: "main.tf", line: 3 },
      provider: { name: "aws", alias: "west" },
      repetition: "count",
      preventDestroy: true,
      ignoreChanges: {
        kind: "paths",
        line: 21,
        paths: [
          { path: ["tags", "Owner"], file: "main.tf", line: 22 },
          { path: ["ingress", 0, "cidr_blocks"], line: 23 },
          { path: ["description"], line: 23 },
        ],
      },
    });
    expect(web?.declared).toEqual(
      new Map<string, unknown>([
        ["name", true],
        [
          "ingress",
          new Map([
            ["from_port", true],
            ["to_port", true],
          ]),
        ],
        ["timeouts", new Map()],
      ]),
    );
    expect(resource(configuration, "data.aws_ami.base")).toMatchObject({
      mode: "data",
      provider: { name: "aws" },
    });
  });

  it.each([
    ["ignore_changes = all", { kind: "all" }],
    ['ignore_changes = ["*"]', { kind: "all" }],
    [
      'ignore_changes = ["tags", "ingress.0.x"]',
      { kind: "paths", paths: [{ path: ["tags"] }, { path: ["ingress", 0, "x"] }] },
    ],
    ["ignore_changes = []", { kind: "paths", paths: [] }],
  ])("know %s", async (line, expected) => {
    const configuration = await load({ "main.tf": `resource "t" "x" {\n  lifecycle {\n    ${line}\n  }\n}` });
    expect(resource(configuration, "t.x")?.ignoreChanges).toMatchObject(expected);
  });

  it("are the same in JSON, and ignored files of editors are ignored", async () => {
    const configuration = await load({
      "main.tf.json": JSON.stringify({
        resource: { t: { x: { a: 1, provider: "p.q", lifecycle: { ignore_changes: ["tags"] } } } },
      }),
      ".hidden.tf": 'resource "t" "hidden" {}',
      "main.tf~": 'resource "t" "backup" {}',
      "#main.tf#": 'resource "t" "autosave" {}',
    });
    expect([...configuration.resources.keys()]).toEqual(["t.x"]);
    expect(resource(configuration, "t.x")).toMatchObject({
      provider: { name: "p", alias: "q" },
      ignoreChanges: { kind: "paths", paths: [{ path: ["tags"] }] },
      declared: new Map([["a", true]]),
    });
  });

  it("do not count as setting what a variable leaves null", async () => {
    const configuration = await load({
      "main.tf": `
variable "none" { default = null }
resource "t" "x" {
  a = var.none
  b = var.none == null ? null : 1
  c = try(var.none.x, null)
  d = var.missing_value
  e = t.other.id
}
resource "t" "other" {}
variable "missing_value" {}
`,
    });
    expect([...(resource(configuration, "t.x")?.declared.keys() ?? [])]).toEqual(["d", "e"]);
  });

  it("are missing where the file is broken, and the rest of the file is there", async () => {
    const configuration = await load({
      "main.tf": 'resource "t" "one" {}\nresource "t" "two" {\n  a = = 1\n}\nresource "t" "three" {}\n',
    });
    expect([...configuration.resources.keys()]).toEqual(["t.one", "t.three"]);
    expect(configuration.warnings).toMatchObject([
      {
        code: "code_syntax",
        location: { file: "main.tf", line: 3 },
        message: expect.stringContaining("t two"),
      },
    ]);
  });
});

describe("override files", () => {
  it("change arguments, replace nested blocks, and merge lifecycle", async () => {
    const configuration = await load({
      "main.tf": `
resource "t" "x" {
  a = 1
  b = 1
  rule { x = 1 }
  rule { x = 2 }
  lifecycle {
    prevent_destroy = true
    ignore_changes  = [a]
  }
}
locals { l = 1 }
provider "p" { r = 1 }
provider "p" {
  alias = "q"
  r = 1
}
terraform {
  required_providers {
    p = { source = "org/p" }
    z = { source = "org/z" }
  }
  backend "s3" { bucket = "b" }
}
output "o" { value = local.l }
`,
      "a_override.tf": `
resource "t" "x" {
  b = 2
  dynamic "rule" {
    for_each = [7]
    content { y = rule.value }
  }
  lifecycle { ignore_changes = [b] }
}
locals { l = 2 }
provider "p" {
  alias = "q"
  r = 2
}
terraform {
  required_providers { p = { source = "other/p" } }
  backend "local" { path = "x" }
}
resource "t" "nowhere" {}
`,
      "override.tf": 'resource "t" "x" {\n  b = 3\n}\n',
    });
    const values = configuration.valuesOf({ module: "", mode: "managed", type: "t", name: "x" });
    expect(values?.value).toEqual({ a: 1, b: 3, rule: [{ y: 7 }] });
    expect(resource(configuration, "t.x")).toMatchObject({
      preventDestroy: true,
      ignoreChanges: { paths: [{ path: ["b"] }] },
    });
    expect([...configuration.root.requiredProviders]).toEqual([
      ["z", "registry.terraform.io/org/z"],
      ["p", "registry.terraform.io/other/p"],
    ]);
    expect(configuration.backend()).toMatchObject({ type: "local", value: { path: "x" } });
    const p = { source: "registry.terraform.io/other/p", module: "" };
    expect(configuration.providerConfigFor(p)?.value).toEqual({ r: 1 });
    expect(configuration.providerConfigFor({ ...p, alias: "q" })?.value).toEqual({ r: 2 });
    expect(configuration.warnings).toMatchObject([
      { code: "code_override_unmatched", location: { file: "a_override.tf", line: 19 } },
    ]);
  });
});

describe("override files of settings", () => {
  it("change them wherever they stand, in one terraform block or in several", async () => {
    const configuration = await load({
      "a.tf": 'terraform { required_version = ">= 1.5" }',
      "backend.tf": 'terraform {\n  backend "s3" { bucket = "b" }\n}',
      "versions.tf":
        'terraform {\n  required_providers {\n    p = { source = "org/p" }\n    q = { source = "org/q" }\n  }\n}',
      "override.tf":
        'terraform {\n  required_version = ">= 1.9"\n  required_providers { p = { source = "other/p" } }\n  cloud { organization = "o" }\n}',
    });
    expect(Object.fromEntries(configuration.root.requiredProviders)).toEqual({
      p: "registry.terraform.io/other/p",
      q: "registry.terraform.io/org/q",
    });
    expect(configuration.root.requiredVersion).toBe(">= 1.9");
    expect(configuration.backend()).toMatchObject({ type: "cloud", value: { organization: "o" } });
    expect(configuration.warnings).toEqual([]);
  });
});

describe("OpenTofu's files", () => {
  it("take the place of .tf files of the same name, and count for OpenTofu alone", async () => {
    const files = {
      "a.tf": 'resource "aws_a" "terraform" {}',
      "a.tofu": 'resource "aws_a" "tofu" {}',
      "b.tf": 'resource "aws_b" "both" {}',
    };
    expect([...(await load(files)).resources.keys()]).toEqual(["aws_a.tofu", "aws_b.both"]);
    const forTerraform = await load(files, { flavour: "terraform" });
    expect([...forTerraform.resources.keys()]).toEqual(["aws_a.terraform", "aws_b.both"]);
    const config = (await load(files)).providerConfigFor({
      source: "registry.opentofu.org/hashicorp/aws",
      module: "",
    });
    expect(config).toMatchObject({ source: "registry.opentofu.org/hashicorp/aws", value: {} });
  });
});

describe("modules", () => {
  it("are read from local folders and from where terraform init put them", async () => {
    const configuration = await load({
      "main.tf": `
module "net" {
  source = "./modules/net"
  cidr   = "10.0.0.0/16"
}
module "registry" {
  source  = "org/thing/aws"
  version = "1.0"
}
resource "t" "x" { a = module.net.subnet }
`,
      "modules/net/main.tf": `
variable "cidr" {}
module "inner" { source = "../inner" }
resource "aws_vpc" "this" { cidr = var.cidr }
output "subnet" { value = cidrsubnet(var.cidr, 8, 1) }
`,
      "modules/inner/main.tf": 'resource "aws_subnet" "s" { here = path.module }',
      ".terraform/modules/modules.json": JSON.stringify({
        Modules: [
          { Key: "", Source: "", Dir: "." },
          {
            Key: "registry",
            Source: "registry.terraform.io/org/thing/aws",
            Dir: ".terraform/modules/registry",
          },
        ],
      }),
      ".terraform/modules/registry/main.tf": 'resource "aws_thing" "t" { a = path.module }',
    });
    expect(configuration.warnings).toEqual([]);
    expect([...configuration.resources.keys()].sort()).toEqual([
      "module.net.aws_vpc.this",
      "module.net.module.inner.aws_subnet.s",
      "module.registry.aws_thing.t",
      "t.x",
    ]);
    expect(resource(configuration, "module.net.module.inner.aws_subnet.s")?.source).toEqual({
      file: "modules/inner/main.tf",
      line: 1,
    });
    const valuesOf = (module: string, type: string, name: string) =>
      configuration.valuesOf({ module, mode: "managed", type, name })?.value;
    expect(valuesOf("", "t", "x")).toEqual({ a: "10.0.1.0/24" });
    expect(valuesOf("module.net", "aws_vpc", "this")).toEqual({ cidr: "10.0.0.0/16" });
    expect(valuesOf("module.net.module.inner", "aws_subnet", "s")).toEqual({ here: "modules/inner" });
    expect(valuesOf("module.registry", "aws_thing", "t")).toEqual({ a: ".terraform/modules/registry" });
  });

  it("that are not there are named with the line that calls them, and what they give is unknown", async () => {
    const configuration = await load({
      "main.tf": 'module "gone" {\n  source = "org/gone/aws"\n}\nresource "t" "x" { a = module.gone.id }\n',
    });
    expect(configuration.warnings).toMatchObject([
      {
        code: "code_module_missing",
        message: expect.stringContaining("main.tf:1: module.gone"),
        hint: expect.stringContaining("terraform init"),
      },
    ]);
    const values = configuration.valuesOf({ module: "", mode: "managed", type: "t", name: "x" });
    expect(values?.value).toEqual({ a: unknown });
    expect(values?.problems).toMatchObject([{ path: ["a"], file: "main.tf", line: 4 }]);
  });

  it("outside the repository are not read, whether by path, link or manifest", async () => {
    const outside = folderOf({ "main.tf": 'resource "secret" "s" {}' });
    const folder = folderOf({
      ".git/HEAD": "",
      "stack/main.tf": `
module "path" { source = "../../${outside.split("/").at(-1)}" }
module "link" { source = "./link" }
module "manifest" { source = "org/x/aws" }
module "beside" { source = "../modules/beside" }
`,
      "stack/.terraform/modules/modules.json": JSON.stringify({
        Modules: [{ Key: "manifest", Dir: outside }],
      }),
      "modules/beside/main.tf": 'resource "t" "beside" {}',
    });
    symlinkSync(outside, join(folder, "stack/link"));
    const configuration = await loadModule(join(folder, "stack"), { environment: {} });
    expect([...configuration.resources.keys()]).toEqual(["module.beside.t.beside"]);
    expect(configuration.warnings.map((warning) => warning.code)).toEqual(
      Array(3).fill("code_module_refused"),
    );
  });

  it("that call themselves end", async () => {
    const configuration = await load({
      "main.tf": 'module "a" { source = "./a" }',
      "a/main.tf": 'module "b" { source = "../a" }',
    });
    expect(configuration.warnings).toMatchObject([{ code: "code_too_large" }]);
    const wide = await load({
      "main.tf": 'module "a" { source = "./a" }',
      "a/main.tf": 'module "b" { source = "../a" }\nmodule "c" { source = "../a" }',
    });
    expect(wide.warnings.every((warning) => warning.code === "code_too_large")).toBe(true);
  });
});

describe("a folder", () => {
  it("without configuration, or that is none, is an error", async () => {
    await expect(loadModule(folderOf({ "readme.md": "x" }), { environment: {} })).rejects.toMatchObject({
      code: "code_missing",
    });
    await expect(loadModule(join(folderOf({}), "gone"), { environment: {} })).rejects.toMatchObject({
      code: "code_missing",
    });
  });

  it("may hold files that cannot be read as text: they are named", async () => {
    const folder = folderOf({ "main.tf": 'resource "t" "x" {}' });
    writeFileSync(join(folder, "latin.tf"), Buffer.from([0x61, 0xff]));
    mkdirSync(join(folder, "folder.tf"));
    symlinkSync(join(folder, "nowhere"), join(folder, "dangling.tf"));
    symlinkSync("folder.tf", join(folder, "linked.tf"));
    const configuration = await loadModule(folder, { environment: {} });
    expect([...configuration.resources.keys()]).toEqual(["t.x"]);
    expect(configuration.warnings.map(({ code, location }) => [code, location?.file])).toEqual([
      ["code_unreadable", "dangling.tf"],
      ["code_unreadable", "latin.tf"],
      ["code_unreadable", "linked.tf"],
    ]);
  });
});
