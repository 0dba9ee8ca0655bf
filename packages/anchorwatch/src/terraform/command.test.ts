import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, relative } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type CommandCall, findTerraform, runTerraform } from "./command.ts";

function folderForTest(): string {
  const folder = mkdtempSync(join(tmpdir(), "anchorwatch-command-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

function program(folder: string, name: string, script: string, mode = 0o755): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode });
  return file;
}

const pathOf = (...folders: readonly string[]) => ({ PATH: folders.join(delimiter) });

function run(script: string, more: Partial<CommandCall> = {}) {
  const cwd = folderForTest();
  const environment = { PATH: "/usr/bin:/bin", TF_LOG: "trace" };
  const args = ["plan", "-var=password=hunter2"];
  const call = { args, cwd, environment, deadlineMs: 20_000, ...more };
  return runTerraform(program(cwd, "terraform", script), call);
}

test("terraform is found before tofu, wherever in the PATH it is", () => {
  const folder = folderForTest();
  const tofu = program(join(folder, "a"), "tofu", "");
  expect(findTerraform(pathOf(join(folder, "none"), join(folder, "a")))).toBe(tofu);
  const terraform = program(join(folder, "b"), "terraform", "");
  expect(findTerraform(pathOf(join(folder, "a"), join(folder, "b")))).toBe(terraform);
  expect(findTerraform({})).toBeUndefined();
});

test("a folder called terraform, and a file that cannot be run, are no command", () => {
  const folder = folderForTest();
  mkdirSync(join(folder, "a", "terraform"), { recursive: true });
  program(join(folder, "b"), "terraform", "", 0o644);
  const terraform = program(join(folder, "c"), "terraform", "");
  const folders = ["a", "b", "c"].map((name) => join(folder, name));
  expect(findTerraform(pathOf(...folders))).toBe(terraform);
});

test("a folder of the PATH that is not absolute is passed over: the code's own folder may have one of that name", () => {
  const folder = folderForTest();
  program(folder, "terraform", "");
  const nearby = relative(process.cwd(), folder);
  expect(findTerraform(pathOf(nearby, ".", ""))).toBeUndefined();
});

test("output and status are given as they are, and no log is asked for", async () => {
  const outcome = await run('echo "[$TF_LOG] $TF_INPUT $@"; echo no >&2; exit 3');
  expect(outcome).toEqual({ status: 3, stdout: "[] 0 plan -var=password=hunter2\n", stderr: "no\n" });
});

test("a command that a signal ends is told without its arguments and without what it printed", async () => {
  const refused = run("echo token hunter2 >&2; kill -9 $$");
  await expect(refused).rejects.toMatchObject({
    code: "terraform_command_failed",
    message: expect.stringMatching(/terraform plan in \S+ was ended by SIGKILL$/),
  });
});

test("a command that does not end is ended at the deadline", async () => {
  await expect(run("exec sleep 60", { deadlineMs: 200 })).rejects.toMatchObject({
    code: "terraform_command_failed",
    message: expect.stringContaining("did not end within 0.2 s"),
  });
});

test("a check that is stopped ends the command", async () => {
  const stop = new AbortController();
  const stopped = run("exec sleep 60", { signal: stop.signal });
  stop.abort();
  await expect(stopped).rejects.toMatchObject({ code: "terraform_command_failed" });
});
