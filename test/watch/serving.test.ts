/** `anchorwatch serve` and `anchorwatch worker` as processes: from a change in the cloud to a reader of the stream. */
import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { remoteUser } from "../../packages/anchorwatch/src/cli/remote/remoteRun.fixture.ts";
import { thisRemote } from "../../packages/anchorwatch/src/cli/remote/thisRemote.ts";
import { readEvents } from "../../packages/anchorwatch/src/server/stream/eventReader.fixture.ts";
import { leftovers } from "../check/leftovers.ts";
import { editLive, topic, type Workbench, workbench } from "../check/workbench.ts";
import { makeFirstAdministrator } from "../support/firstAdministrator.ts";

const MAIN = fileURLToPath(new URL("../../packages/anchorwatch/src/cli/main.ts", import.meta.url));

interface Answer {
  readonly ready?: boolean;
  readonly stacks?: readonly { readonly id: string; readonly name: string }[];
  readonly drifts?: readonly { readonly id: string; readonly address: string }[];
}

/** Until it is up. */
async function started(
  bench: Pick<Workbench, "folder" | "cache">,
  command: "serve" | "worker",
  file?: string,
) {
  const named = file === undefined ? [] : ["--server", file];
  const child = spawn(process.execPath, [MAIN, command, ...named, "--port", "0"], {
    cwd: bench.folder,
    env: {
      PATH: "/usr/bin:/bin",
      HOME: join(bench.folder, "home"),
      TMPDIR: join(bench.folder, "tmp"),
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
    if (task.result?.state === "fail") console.error(command, text);
    // Killed at once, it would leave its database running.
    child.kill("SIGTERM");
    await ended;
  });
  await expect.poll(() => text, { timeout: 90_000 }).toMatch(/Ctrl-C stops it/);
  const address = /http:\/\/localhost:\d+/.exec(text)?.[0] ?? "";
  // A worker has no API that anybody could sign in to.
  const headers = command === "serve" ? (await makeFirstAdministrator(text)).headers : {};
  const ask = (path: string, method = "GET") => fetch(`${address}${path}`, { method, headers });
  return {
    address,
    headers,
    ask,
    get: async (path: string) => (await (await ask(path)).json()) as Answer,
    metrics: async () => await (await ask("/metrics")).text(),
    stop: () => {
      child.kill("SIGTERM");
      return ended;
    },
  };
}

it("watches the folder that the operator's file names, and tells of every drift, whichever process found it", async () => {
  const bench = workbench();
  const NAMES = ["one", "two", "three"];
  const stacks = await Promise.all(
    NAMES.map((name) =>
      bench.stack(
        { resources: [topic(name, { set: { name, display_name: "Orders" } })] },
        { name: `infra/${name}` },
      ),
    ),
  );
  // The server of the database may be another user's, when this is root.
  chmodSync(bench.folder, 0o755);
  mkdirSync(join(bench.folder, "tmp"), { recursive: true });
  const file = join(bench.folder, "anchorwatch.server.yaml");
  const yaml =
    "version: 1\ndatabase: { folder: db }\nledger: { place: audit }\nlimits: { checks: 1 }\nwatch: { folder: work, stacks: [{ folder: infra }] }\n";
  writeFileSync(file, yaml);
  const serve = await started(bench, "serve", file);
  const events = await readEvents(`${serve.address}/api/v1/stream`, serve.headers);
  onTestFinished(() => events.close());
  const health = { name: expect.any(String), health: "ok" };
  await expect
    .poll(async () => (await serve.get("/api/v1/stacks")).stacks, { timeout: 30_000 })
    .toMatchObject([health, health, health]);
  await expect.poll(async () => (await serve.get("/readyz")).ready, { timeout: 10_000 }).toBe(true);

  const worker = await started(bench, "worker", file);
  expect(await worker.get("/readyz")).toMatchObject({ ready: true });
  const { stacks: known = [] } = await serve.get("/api/v1/stacks");
  const checksOf = async ({ metrics }: typeof worker) =>
    [...(await metrics()).matchAll(/^anchorwatch_check_duration_seconds_count\{.*\} ([0-9]+)$/gm)]
      .map(([, count]) => Number(count))
      .reduce((sum, count) => sum + count, 0);
  const all = NAMES.map((name) => `reference_topic.${name}`).sort();
  // Which process takes which is nobody's to say: until the worker had one.
  for (let round = 0; round === 0 || (await checksOf(worker)) === 0; round++) {
    expect(round).toBeLessThan(20);
    for (const [index, stack] of stacks.entries())
      editLive(stack, all.find((address) => address.endsWith(NAMES[index] ?? "")) ?? "", (live) => ({
        ...live,
        display_name: `Changed ${round}`,
      }));
    for (const { id } of known) {
      const asked = await serve.ask(`/api/v1/stacks/${id}/check`, "POST");
      expect(asked.status).toBe(202);
    }
    const told: { address: string; status: string; step: string }[] = [];
    while (told.length < all.length) {
      const { event, data } = await events.next();
      if (event === "drift") told.push(JSON.parse(data));
    }
    expect(told.map(({ address }) => address).sort()).toEqual(all);
    const step = round === 0 ? "opened" : "updated";
    expect(told.every((drift) => drift.step === step && drift.status === "open")).toBe(true);
  }
  const { drifts = [] } = await serve.get("/api/v1/drifts?status=open");
  expect(drifts.map(({ address }) => address).sort()).toEqual(all);
  expect(await serve.get(`/api/v1/drifts/${drifts[0]?.id}`)).toMatchObject({
    history: expect.arrayContaining([expect.objectContaining({ kind: "opened" })]),
  });
  const checkpoint = async () => (await (await serve.ask("/ledger/checkpoint")).text()).split("\n")[1];
  await expect.poll(async () => Number(await checkpoint()), { timeout: 10_000 }).toBeGreaterThan(3);
  expect(await serve.metrics()).toMatch(/^anchorwatch_drifts_open 3$/m);

  // The same by the command line, as whoever has the token.
  const token = new Headers(serve.headers).get("authorization")?.replace("Bearer ", "") ?? "";
  const environment = { ANCHORWATCH_SERVER_URL: serve.address, ANCHORWATCH_TOKEN: token };
  const user = remoteUser({ environment }, { sleep: thisRemote().sleep });
  const name = known[0]?.name ?? "";
  const checked = await user.run("check", name, "--server", serve.address, "--format", "json");
  expect([checked.status, checked.stderr]).toEqual([2, ""]);
  expect(JSON.parse(checked.stdout)).toMatchObject({
    stack: { name },
    check: { trigger: "manual", outcome: "complete" },
    drifts: [{ status: "open" }],
  });
  expect(await user.run("ledger", "verify", "--server", serve.address)).toMatchObject({
    status: 3,
    stdout: expect.stringContaining("self-consistent"),
  });

  expect(await worker.stop()).toBe(0);
  expect(await serve.stop()).toBe(0);
  expect(await leftovers(bench.folder, join(bench.folder, "tmp"))).toEqual([]);
}, 150_000);

it("begins where there is nothing yet and nothing is named, and keeps all of it in the user's own folder", async () => {
  const folder = await mkdtemp(join(tmpdir(), "anchorwatch-first-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  // The server of the database may be another user's, when this is root.
  chmodSync(folder, 0o755);
  for (const name of ["home", "tmp"]) mkdirSync(join(folder, name));
  const serve = await started({ folder, cache: join(folder, "cache") }, "serve");
  expect(await serve.get("/api/v1/stacks")).toMatchObject({ stacks: [] });
  const kept = join(folder, "home", ".local", "state", "anchorwatch");
  expect(await readdir(kept)).toEqual(expect.arrayContaining(["database", "ledger"]));
  expect(await serve.stop()).toBe(0);
}, 120_000);
