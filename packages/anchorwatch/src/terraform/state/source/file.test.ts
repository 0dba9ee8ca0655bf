import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { findExecutable } from "../../../../../../test/support/executable.ts";
import { asOrdinaryUser } from "../../../../../../test/support/ordinaryUser.ts";
import { instance, resource, stateText, surroundings } from "../testing.fixture.ts";
import { loadState } from "./loadState.ts";

const dir = mkdtempSync(join(tmpdir(), "anchorwatch-state-"));
afterAll(() => rmSync(dir, { recursive: true }));

const content = stateText([resource({ instances: [instance()] })]);

function load(path: string, more: Parameters<typeof surroundings>[0] = {}) {
  return loadState({ kind: "file", path }, surroundings(more));
}

test("a state file is read", async () => {
  const path = join(dir, "good.tfstate");
  writeFileSync(path, content);
  const state = await load(path);
  expect(state.origin).toBe(path);
  expect(state.instances.map(({ address }) => address)).toEqual(["aws_vpc.main"]);
});

test("a missing file is named, with what to do", async () => {
  const path = join(dir, "missing.tfstate");
  await expect(load(path)).rejects.toMatchObject({
    code: "state_missing",
    message: `${path} does not exist`,
    hint: expect.stringContaining("--state"),
    location: { file: path },
  });
  writeFileSync(join(dir, "file"), "");
  await expect(load(join(dir, "file", "x"))).rejects.toMatchObject({ code: "state_missing" });
});

test("a folder is no state", async () => {
  mkdirSync(join(dir, "folder"));
  await expect(load(join(dir, "folder"))).rejects.toMatchObject({ code: "state_is_folder" });
});

test("a file of somebody else's is unreadable", async () => {
  chmodSync(dir, 0o755);
  const path = join(dir, "secret.tfstate");
  writeFileSync(path, content);
  await asOrdinaryUser(async () => expect((await load(path)).instances).toHaveLength(1));
  chmodSync(path, 0o000);
  await asOrdinaryUser(() => expect(load(path)).rejects.toMatchObject({ code: "state_unreadable" }));
});

test("a path that leads in a circle is unreadable", async () => {
  symlinkSync("loop", join(dir, "loop"));
  await expect(load(join(dir, "loop"))).rejects.toMatchObject({ code: "state_unreadable" });
});

test("a file beyond what Node reads at once is refused before it is read", async () => {
  const path = join(dir, "huge.tfstate");
  writeFileSync(path, "");
  truncateSync(path, 3 * 2 ** 30); // Sparse: it takes no room on the disk.
  await expect(load(path)).rejects.toMatchObject({
    code: "state_too_large",
    message: `${path} is 3.0 GiB large; at most 2 GiB can be read`,
  });
});

const mkfifo = findExecutable("mkfifo", process.env);

test.skipIf(mkfifo === undefined)("a pipe is read to its end", async () => {
  const path = join(dir, "pipe");
  execFileSync(mkfifo ?? "", [path]);
  // Opening a pipe for writing waits for the other side, so it may not block this thread.
  const [state] = await Promise.all([load(path), writeFile(path, content)]);
  expect(state.instances).toHaveLength(1);
});

test.skipIf(mkfifo === undefined)("a large state comes through a pipe whole", async () => {
  const path = join(dir, "wide-pipe");
  execFileSync(mkfifo ?? "", [path]);
  const instances = Array.from({ length: 20_000 }, (_, index) => instance({ index_key: index }));
  const [state] = await Promise.all([load(path), writeFile(path, stateText([resource({ instances })]))]);
  expect(state.instances).toHaveLength(20_000);
});

test.skipIf(mkfifo === undefined)(
  "a pipe into which nobody writes is left at the deadline, and keeps no process",
  () => {
    const path = join(dir, "mute-pipe");
    execFileSync(mkfifo ?? "", [path]);
    const module = JSON.stringify(join(import.meta.dirname, "loadState.ts"));
    const script = `
    import { loadState } from ${module};
    const signal = new AbortController().signal;
    const around = { environment: {}, scrub: (text) => text, deadlineMs: 200, signal };
    await loadState({ kind: "file", path: ${JSON.stringify(path)} }, around).catch(({ code }) => console.log(code));`;
    const options = { encoding: "utf8", timeout: 20_000, killSignal: "SIGKILL" } as const;
    const said = execFileSync(process.execPath, ["--input-type=module", "--eval", script], options);
    expect(said.trim()).toBe("state_deadline");
  },
);

test("a check that was stopped reads nothing more", async () => {
  const path = join(dir, "stopped.tfstate");
  writeFileSync(path, content);
  await expect(load(path, { signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: "state_cancelled",
  });
});
