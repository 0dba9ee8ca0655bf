/** Folders of configuration for tests. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import type { Configuration } from "./configuration.ts";
import { type LoadOptions, loadModule } from "./loadModule.ts";

/** A new folder with these files, by relative path; gone after the test. */
export function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "anchorwatch-hcl-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

export function load(
  files: Readonly<Record<string, string>>,
  options: Partial<LoadOptions> = {},
): Promise<Configuration> {
  return loadModule(folderOf(files), { environment: {}, ...options });
}

/** The values of `resource "t" "x" { … }` in a module of these lines. */
export async function valuesIn(
  body: string,
  rest: Readonly<Record<string, string>> = {},
  options: Partial<LoadOptions> = {},
) {
  const configuration = await load({ "main.tf": `resource "t" "x" {\n${body}\n}\n`, ...rest }, options);
  const evaluated = configuration.valuesOf({ module: "", mode: "managed", type: "t", name: "x" });
  if (evaluated === undefined) throw new TypeError("the resource is not declared");
  return evaluated;
}
