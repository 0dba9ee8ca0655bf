import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { takeClonePlace } from "./clonePlace.ts";

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "anchorwatch-clone-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

test("of several that want the folder of a clone the first has it, the next one has its own, and it is free when it is given back", async () => {
  const wanted = join(folder(), "clone");
  const [first, second] = [await takeClonePlace(wanted), await takeClonePlace(wanted)];
  expect([first.folder, second.folder]).toEqual([wanted, `${wanted}-2`]);
  first.release();
  const third = await takeClonePlace(wanted);
  expect(third.folder).toBe(wanted);
  second.release();
  third.release();
});

test("another process that dies gives its folder back", async () => {
  const wanted = join(folder(), "clone");
  const module = JSON.stringify(fileURLToPath(new URL("clonePlace.ts", import.meta.url)));
  const program = `const { takeClonePlace } = await import(${module});
    globalThis.kept = await takeClonePlace(${JSON.stringify(wanted)});
    console.log("taken");
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  await once(child.stdout, "data");
  const beside = await takeClonePlace(wanted);
  expect(beside.folder).toBe(`${wanted}-2`);
  child.kill("SIGKILL");
  await once(child, "close");
  const again = await takeClonePlace(wanted);
  expect(again.folder).toBe(wanted);
  for (const place of [beside, again]) place.release();
});

test("a folder in which no lock can be taken is told with the file", async () => {
  const wanted = folder();
  writeFileSync(join(wanted, ".lock"), "no database, and longer than its header would be".repeat(40));
  await expect(takeClonePlace(wanted)).rejects.toMatchObject({
    code: "repository_folder_taken",
    message: expect.stringContaining(join(wanted, ".lock")),
  });
});
