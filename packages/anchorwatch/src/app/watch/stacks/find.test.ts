import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { findStackPlaces, type SearchOptions, type StackSearch } from "./find.ts";
import { walkFolders } from "./walk.ts";

function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "aw-find-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) put(folder, name, text);
  return folder;
}

function put(folder: string, name: string, text: string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
}

const BACKEND = 'terraform {\n  backend "s3" {}\n}\n';

function find(root: string, more: Partial<SearchOptions> = {}): Promise<StackSearch> {
  return findStackPlaces(root, { label: "infra", isOwn: false, ...more });
}

async function names(root: string, more: Partial<SearchOptions> = {}) {
  return (await find(root, more)).places.map(({ name, path }) => [name, path]);
}

describe("root modules that nobody declares", () => {
  test("are folders of code that say where their state lies, or hold one", async () => {
    const root = folderOf({
      "network/main.tf": BACKEND,
      "cloud/main.tf": "terraform {\n  cloud {}\n}\n",
      "json/main.tf.json": '{"terraform": {"backend": {"s3": {}}}}',
      "tofu/main.tofu": BACKEND,
      "local/main.tf": "",
      "local/terraform.tfstate": "{}",
      "nothing/main.tf": "",
      "text/readme.md": BACKEND,
    });
    expect(await names(root)).toEqual([
      ["infra/cloud", "cloud"],
      ["infra/json", "json"],
      ["infra/local", "local"],
      ["infra/network", "network"],
      ["infra/tofu", "tofu"],
    ]);
  });

  test("are no modules that others call, and the folder itself is called by its label", async () => {
    const root = folderOf({
      "main.tf": `${BACKEND}module "m" {\n  source = "./modules/m"\n}\n`,
      "modules/m/main.tf": BACKEND,
    });
    expect(await names(root)).toEqual([["infra", "."]]);
  });

  test("are not looked for in hidden folders, in what was installed, or through links", async () => {
    const elsewhere = folderOf({ "main.tf": BACKEND });
    const root = folderOf({
      ".terraform/modules/m/main.tf": BACKEND,
      "node_modules/m/main.tf": BACKEND,
      ".git/main.tf": BACKEND,
      "a/main.tf": BACKEND,
    });
    symlinkSync(elsewhere, join(root, "linked"));
    symlinkSync(root, join(root, "a", "loop"));
    expect(await names(root)).toEqual([["infra/a", "a"]]);
  });

  test("are told by what `terraform init` left in a folder of the operator's own, and in no other", async () => {
    const root = folderOf({ "a/main.tf": "", "a/.terraform/terraform.tfstate": "{}" });
    expect(await names(root)).toEqual([]);
    expect(await names(root, { isOwn: true })).toEqual([["infra/a", "a"]]);
  });

  test("whose code is broken are those that can be told", async () => {
    const root = folderOf({ "a/main.tf": `${BACKEND}resource "x" {{{\n` });
    expect(await names(root)).toEqual([["infra/a", "a"]]);
  });
});

describe("declared stacks", () => {
  const declared = (...stacks: readonly string[]) =>
    `version: 1\nstacks:\n${stacks.map((stack) => `  - ${stack}\n`).join("")}`;

  test("have their names, their workspaces and their declaration, and are not found a second time", async () => {
    const root = folderOf({
      "anchorwatch.yaml": declared(
        "{name: net, path: network}",
        "{name: net-eu, path: network, workspace: eu}",
      ),
      "network/main.tf": BACKEND,
      "other/main.tf": BACKEND,
      "team/anchorwatch.yaml": declared("{name: app, path: .}"),
      "team/main.tf": "",
    });
    const { places, problems } = await find(root);
    expect(problems).toEqual([]);
    expect(places).toMatchObject([
      { name: "net", path: "network", declaration: { file: "anchorwatch.yaml", stack: { line: 3 } } },
      { name: "net-eu", path: "network", workspace: "eu" },
      { name: "app", path: "team", declaration: { file: "team/anchorwatch.yaml" } },
      { name: "infra/other", path: "other" },
    ]);
  });

  test("of a file that broke stay as they were, and the error names the line", async () => {
    const root = folderOf({
      "anchorwatch.yaml": declared("{name: net, path: network}"),
      "team/anchorwatch.yaml": declared("{name: app, path: .}"),
      "network/main.tf": "",
    });
    const previous = await find(root);
    put(root, "anchorwatch.yaml", "version: 1\nstacks:\n  - name: net\n    pth: network\n");
    const { places, problems } = await find(root, { previous });
    expect(places.map(({ name }) => name).sort()).toEqual(["app", "net"]);
    expect(problems).toMatchObject([
      { code: "config_invalid", location: { file: "anchorwatch.yaml", line: 3 } },
    ]);
    expect((await find(root)).places.map(({ name }) => name)).toEqual(["app"]);
  });

  test("with the name of another one are told with both places, and the one above keeps it", async () => {
    const root = folderOf({
      "anchorwatch.yaml": declared("{name: app, path: one}"),
      "one/main.tf": "",
      "two/anchorwatch.yaml": declared("{name: app, path: .}"),
    });
    const { places, problems } = await find(root);
    expect(places).toMatchObject([{ name: "app", path: "one" }]);
    expect(problems).toMatchObject([
      {
        code: "stack_name_taken",
        message: expect.stringMatching(/two\/anchorwatch\.yaml:3.*anchorwatch\.yaml:3/),
      },
    ]);
  });

  test("in folders that are not there, or lead out, are told with their line, and the others stand", async () => {
    const elsewhere = folderOf({ "main.tf": "" });
    const root = folderOf({
      "anchorwatch.yaml": declared(
        "{name: gone, path: gone}",
        "{name: out, path: out}",
        "{name: ok, path: ok}",
      ),
      "ok/main.tf": "",
    });
    symlinkSync(elsewhere, join(root, "out"));
    const { places, problems } = await find(root);
    expect(places.map(({ name }) => name)).toEqual(["ok"]);
    expect(problems).toMatchObject([
      { code: "stack_folder_missing", location: { line: 3 } },
      { code: "config_invalid", location: { line: 4 } },
    ]);
  });
});

test("a folder that is not there is an error that says where it is named", async () => {
  await expect(find("/nowhere/at/all")).rejects.toMatchObject({
    code: "stack_folder_missing",
    hint: expect.stringContaining("anchorwatch.server.yaml"),
  });
});

test("the walk ends at its bounds, and says so", async () => {
  const root = folderOf({ "a/b/c/x": "", "d/x": "" });
  expect((await walkFolders(root, { depth: 10, folders: 2 })).problems).toMatchObject([
    { code: "stack_search_limited", message: expect.stringContaining("more than 2 folders") },
  ]);
  const deep = await walkFolders(root, { depth: 1, folders: 100 });
  expect(deep.folders.map(({ path }) => path.slice(root.length))).toEqual(["", "/a", "/d"]);
  expect(deep.problems).toMatchObject([{ message: expect.stringContaining("a/b") }]);
});
