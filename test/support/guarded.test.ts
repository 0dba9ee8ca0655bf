import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { run } from "./run.ts";

const env = { PATH: process.env["PATH"] ?? "" };
const here = { cwd: import.meta.dirname, env };

it("ends with the status and the output of the program", async () => {
  const ran = await run(
    process.execPath,
    ["-e", "console.log('out'); console.error('err'); process.exit(3)"],
    here,
  );
  expect(ran).toEqual({ status: 3, stdout: "out\n", stderr: "err\n" });
});

it("ends the program, and what the program started, when it is aborted", async () => {
  const abort = new AbortController();
  const ran = await run(process.execPath, ["-e", FAMILY], {
    ...here,
    signal: abort.signal,
    onOutput: (text) => {
      if (text.includes("\n")) abort.abort();
    },
  });
  expect(ran.status).toBeNull();
  await expectGone(ran.stdout);
});

it("ends the program, and what the program started, when this process is killed by SIGKILL", async () => {
  const guarded = pathToFileURL(`${import.meta.dirname}/guarded.ts`).href;
  const parent = spawn(
    process.execPath,
    [
      "--input-type=module",
      "-e",
      `import { spawnGuarded } from ${JSON.stringify(guarded)};
       const child = spawnGuarded(process.execPath, ["-e", ${JSON.stringify(FAMILY)}], { env: {}, stdout: "pipe" });
       child.stdout.pipe(process.stdout);`,
    ],
    { env, stdio: ["ignore", "pipe", "inherit"] },
  );
  const pids = await new Promise<string>((resolve) =>
    parent.stdout.setEncoding("utf8").once("data", resolve),
  );
  parent.kill("SIGKILL");
  await expectGone(pids);
});

// A program that starts another one, prints the ids of both and stays.
const FAMILY = `
const { spawn } = require("node:child_process");
const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
console.log(process.pid + " " + child.pid);
setInterval(() => {}, 1000);`;

async function expectGone(pids: string): Promise<void> {
  const family = pids.trim().split(" ").map(Number);
  expect(family).toHaveLength(2);
  for (let patience = 0; patience < 200 && family.some(isAlive); patience++) await sleep(50);
  expect(family.filter(isAlive)).toEqual([]);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false; // Signal 0 asks whether there is such a process; "no" comes as an exception.
  }
}
