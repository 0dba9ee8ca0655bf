/** `anchorwatch serve` as a process: from a change in the cloud to a reader of the stream. */
import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { readEvents } from "../../packages/anchorwatch/src/server/stream/eventReader.fixture.ts";
import { leftovers } from "../check/leftovers.ts";
import { editLive, topic, workbench } from "../check/workbench.ts";

const MAIN = fileURLToPath(new URL("../../packages/anchorwatch/src/cli/main.ts", import.meta.url));

interface Answer {
  readonly ready?: boolean;
  readonly stacks?: readonly { readonly id: string }[];
  readonly drifts?: readonly { readonly id: string }[];
}

it("watches the folder that the operator's file names, and tells of a drift as it is found", async () => {
  const bench = workbench();
  const stack = await bench.stack(
    { resources: [topic("a", { set: { name: "a", display_name: "Orders" } })] },
    { name: "infra" },
  );
  // The server of the database may be another user's, when this is root.
  chmodSync(bench.folder, 0o755);
  const temporary = join(bench.folder, "tmp");
  mkdirSync(temporary, { recursive: true });
  const file = join(bench.folder, "anchorwatch.server.yaml");
  const yaml =
    "version: 1\ndatabase: { folder: db }\nledger: { place: audit }\nwatch: { folder: work, stacks: [{ folder: infra }] }\n";
  writeFileSync(file, yaml);
  const child = spawn(process.execPath, [MAIN, "serve", "--server", file, "--port", "0"], {
    cwd: bench.folder,
    env: {
      PATH: "/usr/bin:/bin",
      HOME: join(bench.folder, "home"),
      TMPDIR: temporary,
      ANCHORWATCH_CACHE_DIR: bench.cache,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
  }
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  onTestFinished(async ({ task }) => {
    if (task.result?.state === "fail") console.error(text);
    // Killed at once, it would leave its database running.
    child.kill("SIGTERM");
    await ended;
  });
  await expect.poll(() => text, { timeout: 40_000 }).toMatch(/Ctrl-C stops it/);
  const address = /http:\/\/localhost:\d+/.exec(text)?.[0] ?? "";
  const get = async (path: string) => (await (await fetch(`${address}${path}`)).json()) as Answer;

  const events = await readEvents(`${address}/api/v1/stream`);
  onTestFinished(() => events.close());
  await expect
    .poll(async () => (await get("/api/v1/stacks")).stacks, { timeout: 30_000 })
    .toMatchObject([{ name: "infra", health: "ok" }]);
  await expect.poll(async () => (await get("/readyz")).ready, { timeout: 10_000 }).toBe(true);
  const id = (await get("/api/v1/stacks")).stacks?.[0]?.id ?? "";
  editLive(stack, "reference_topic.a", (live) => ({ ...live, display_name: "Changed" }));
  const asked = await fetch(`${address}/api/v1/stacks/${id}/check`, { method: "POST" });
  expect(asked.status).toBe(202);
  let told = await events.next();
  while (told.event !== "drift") told = await events.next();
  expect(JSON.parse(told.data)).toMatchObject({
    address: "reference_topic.a",
    status: "open",
    step: "opened",
  });
  const { drifts } = await get("/api/v1/drifts?status=open");
  expect(drifts).toMatchObject([{ address: "reference_topic.a", stackId: id, verdict: "changed" }]);
  expect(await get(`/api/v1/drifts/${drifts?.[0]?.id}`)).toMatchObject({ history: [{ kind: "opened" }] });
  const checkpoint = async () => (await (await fetch(`${address}/ledger/checkpoint`)).text()).split("\n")[1];
  await expect.poll(async () => Number(await checkpoint()), { timeout: 10_000 }).toBeGreaterThan(0);
  expect(await (await fetch(`${address}/metrics`)).text()).toMatch(/^anchorwatch_drifts_open 1$/m);

  child.kill("SIGTERM");
  expect(await ended).toBe(0);
  expect(await leftovers(bench.folder, temporary)).toEqual([]);
}, 120_000);
