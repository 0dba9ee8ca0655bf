import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterAll, describe, expect, test } from "vitest";
import { refused } from "../errors.fixture.ts";
import { MemoryLog, ORIGIN, otherHistoryFrom } from "../memoryLog.fixture.ts";
import { add, requestOf, testWitness } from "../witness.fixture.ts";
import { openWitnessFolder } from "./witnessFolder.ts";

const work = mkdtempSync(join(tmpdir(), "tlog-witness-"));
afterAll(() => rmSync(work, { recursive: true }));
let made = 0;
const newFolder = () => join(work, String(made++), "witness");
const jsonFiles = (folder: string) => readdirSync(folder).filter((name) => name.endsWith(".json"));

/** The folder after a witness has cosigned the log's checkpoint. */
async function folderAfter(log: MemoryLog): Promise<string> {
  const folder = newFolder();
  const state = await openWitnessFolder(folder);
  const { witness } = await testWitness(state);
  expect(await add(witness, await requestOf(log, 0))).toMatchObject({ status: 200 });
  state.close();
  return folder;
}

describe("a witness's folder", () => {
  test("is remembered by the next process: a fork and a rollback are refused", async () => {
    const log = await MemoryLog.publish([5]);
    const folder = await folderAfter(log);
    const state = await openWitnessFolder(folder);
    expect(await state.latest(ORIGIN)).toMatchObject({ size: 5, note: log.checkpoint });
    const { witness } = await testWitness(state);
    const fork = await MemoryLog.publish([6], otherHistoryFrom(1));
    expect(await add(witness, await requestOf(fork, 5))).toMatchObject({ status: 422 });
    const smaller = await MemoryLog.publish([4]);
    expect(await add(witness, await requestOf(smaller, 0))).toMatchObject({ status: 409, body: "5\n" });
    await log.grow(9);
    expect(await add(witness, await requestOf(log, 5))).toMatchObject({ status: 200 });
    expect(await state.latest(ORIGIN)).toMatchObject({ size: 9 });
    state.close();
  });

  test("holds one readable file for each log, for its owner only", async () => {
    const log = await MemoryLog.publish([5]);
    const folder = await folderAfter(log);
    const [file = ""] = jsonFiles(folder);
    expect(jsonFiles(folder)).toHaveLength(1);
    expect(JSON.parse(readFileSync(join(folder, file), "utf8"))).toEqual({
      schema: "tlog.witness/v1",
      origin: ORIGIN,
      size: 5,
      checkpoint: log.checkpoint,
    });
  });

  test("compares and stores in one step, whoever comes at the same time", async () => {
    const state = await openWitnessFolder(newFolder());
    const sizes = Array.from({ length: 20 }, (_, index) => index + 1);
    const logs = await Promise.all(sizes.map((size) => MemoryLog.publish([size])));
    const { witness } = await testWitness(state);
    const bodies = await Promise.all(logs.map((log) => requestOf(log, 0)));
    const answers = await Promise.all(bodies.map((body) => add(witness, body)));
    const won = answers.flatMap(({ status }, index) => (status === 200 ? [sizes[index]] : []));
    expect(won).toHaveLength(1);
    expect(await state.latest(ORIGIN)).toMatchObject({ size: won[0] });
    state.close();
  });

  test("belongs to one process, until that ends", async () => {
    const folder = newFolder();
    const state = await openWitnessFolder(folder);
    await refused("witness_state_locked", () => openWitnessFolder(folder));
    const module = join(import.meta.dirname, "witnessFolder.ts");
    const script = `
      const { openWitnessFolder } = await import(${JSON.stringify(module)});
      await openWitnessFolder(${JSON.stringify(folder)}).then(() => console.log("taken"), (error) => console.log(error.code));
      process.kill(process.pid, "SIGKILL");
    `;
    const other = () =>
      execFileSync("sh", ["-c", '"$0" --input-type=module -e "$1" || true', process.execPath, script], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      });
    expect(other()).toBe("witness_state_locked\n");
    state.close();
    expect(other()).toBe("taken\n");
    (await openWitnessFolder(folder)).close();
  });
});

describe("a damaged memory", () => {
  test.each([
    ["cut off", (text: string) => text.slice(0, 40)],
    ["empty", () => ""],
    ["of another log", (text: string) => text.replaceAll(ORIGIN, "example.com/other")],
    ["of another size", (text: string) => text.replace('"size": 5', '"size": 4')],
    ["without a checkpoint", (text: string) => text.replace('"checkpoint"', '"checkpaint"')],
    ["null", () => "null"],
  ])("that is %s is never taken for a log that was not seen", async (_what, damage) => {
    const log = await MemoryLog.publish([5]);
    const folder = await folderAfter(log);
    const file = join(folder, jsonFiles(folder)[0] ?? "");
    writeFileSync(file, damage(readFileSync(file, "utf8")));
    const state = await openWitnessFolder(folder);
    const { witness } = await testWitness(state);
    await refused("witness_state_invalid", async () => add(witness, await requestOf(log, 0)));
    state.close();
  });

  test("that a crash left half written beside the old one does no harm", async () => {
    const log = await MemoryLog.publish([5]);
    const folder = await folderAfter(log);
    writeFileSync(join(folder, `${jsonFiles(folder)[0]}.new`), "{");
    const state = await openWitnessFolder(folder);
    expect(await state.latest(ORIGIN)).toMatchObject({ size: 5 });
    const { witness } = await testWitness(state);
    await log.grow(6);
    expect(await add(witness, await requestOf(log, 5))).toMatchObject({ status: 200 });
    state.close();
  });

  test("that cannot be written ends the witness: nothing more is cosigned", async () => {
    const log = await MemoryLog.publish([5]);
    const folder = await folderAfter(log);
    const state = await openWitnessFolder(folder);
    const { witness } = await testWitness(state);
    const blocked = join(folder, `${jsonFiles(folder)[0]}.new`);
    mkdirSync(blocked);
    await log.grow(6);
    await refused("witness_state_failed", async () => add(witness, await requestOf(log, 5)));
    rmSync(blocked, { recursive: true });
    const again = await refused("witness_state_failed", async () => add(witness, await requestOf(log, 5)));
    expect(again.message).toContain("cannot be used for what the witness remembers");
    state.close();
    const restarted = await openWitnessFolder(folder);
    expect(await restarted.latest(ORIGIN)).toMatchObject({ size: 5 });
    restarted.close();
  });

  test("a folder that cannot be made is an error of its own", async () => {
    const file = join(work, "file");
    writeFileSync(file, "");
    await refused("witness_state_failed", () => openWitnessFolder(join(file, "witness")));
  });
});
