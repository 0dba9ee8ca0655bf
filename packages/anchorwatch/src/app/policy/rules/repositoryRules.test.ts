import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NO_SOURCES } from "./readRules.ts";
import { loadRepositoryRules } from "./repositoryRules.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "anchorwatch-rules-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const rulesOf = (id: string) =>
  `version: 1\nrules: [{ id: ${id}, title: t, when: "true", class: security, severity: high, explain: e }]\n`;

function load(paths: readonly string[]) {
  const files = paths.map((path, index) => ({ path, line: index + 3 }));
  return loadRepositoryRules(join(folder, "anchorwatch.yaml"), "anchorwatch.yaml", NO_SOURCES, files);
}

describe("files of rules that a repository names", () => {
  it("count until there is too much of them, and the entry that is too much is named", async () => {
    const paths = ["a", "b", "c", "d", "e", "f"].map((name) => `${name}.yaml`);
    for (const [index, path] of paths.entries()) {
      const padding = "#".repeat(index === 0 ? 10 : 500 * 1024);
      await writeFile(join(folder, path), `${rulesOf(`own.${path}`)}${padding}\n`);
    }
    const { rules, problems } = await load(paths);
    expect(rules.map(({ id }) => id)).toEqual([
      "own.a.yaml",
      "own.b.yaml",
      "own.c.yaml",
      "own.d.yaml",
      "own.e.yaml",
    ]);
    expect(problems).toMatchObject([
      { file: "anchorwatch.yaml", line: 8, message: expect.stringContaining("2048 KiB") },
    ]);
  });

  it("are its own: a link out of it is told without a word of what it leads to, and the others count", async () => {
    const outside = await mkdtemp(join(tmpdir(), "anchorwatch-outside-"));
    await writeFile(join(outside, "secret.yaml"), "hunter2");
    await symlink(join(outside, "secret.yaml"), join(folder, "link.yaml"));
    await writeFile(join(folder, "own.yaml"), rulesOf("own.rule"));
    const { rules, problems } = await load(["link.yaml", "own.yaml"]);
    await rm(outside, { recursive: true });
    expect(rules.map(({ id }) => id)).toEqual(["own.rule"]);
    expect(problems).toMatchObject([{ line: 3, message: expect.stringContaining("leads out") }]);
    expect(JSON.stringify(problems)).not.toContain("hunter2");
  });
});
