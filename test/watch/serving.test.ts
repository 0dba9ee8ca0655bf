/** `anchorwatch serve` and `anchorwatch worker` as processes: from a change in the cloud to a reader of the stream. */
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { startReceiver } from "../../packages/anchorwatch/src/app/alerts/runningAlerts.fixture.ts";
import { remoteUser } from "../../packages/anchorwatch/src/cli/remote/remoteRun.fixture.ts";
import { thisRemote } from "../../packages/anchorwatch/src/cli/remote/thisRemote.ts";
import { stillSurroundings } from "../../packages/anchorwatch/src/cli/testSurroundings.fixture.ts";
import { readEvents } from "../../packages/anchorwatch/src/server/stream/eventReader.fixture.ts";
import { planText } from "../../packages/anchorwatch/src/terraform/plan/plan.fixture.ts";
import { leftovers } from "../check/leftovers.ts";
import { editLive, topic, workbench } from "../check/workbench.ts";
import { started } from "./startedProcess.ts";

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
    "version: 1\ndatabase: { folder: db }\nledger: { place: audit }\nlimits: { checks: 1 }\nwatch: { folder: work, stacks: [{ folder: infra }] }\nplaybooks: [{ name: hold, on: [opened], steps: [{ freeze: { for: 24h, reason: Somebody renamed a topic } }] }]\n";
  // Its name says nothing of where it is: only who asks the DNS knows that it is this machine.
  const inside = await startReceiver();
  onTestFinished(() => inside.close());
  const { port } = new URL(inside.origin);
  const channel = (address: string) =>
    `channels: [{ name: inside, webhook: { url: "${address}/hook", secretFile: webhook.secret } }]\n`;
  writeFileSync(join(bench.folder, "webhook.secret"), `whsec_${Buffer.alloc(32, 7).toString("base64")}`);
  writeFileSync(file, yaml + channel(`https://localhost:${port}`));
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

  // Nothing inside is reached before the operator allows it by name.
  const testing = () => user.run("alerts", "test-channel", "inside", "--server", serve.address);
  expect(await testing()).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/localhost is .*nothing is sent there/s),
  });
  expect(inside.posts).toEqual([]);
  const allowed = `http://localhost:${port}`;
  writeFileSync(file, `${yaml}${channel(allowed)}egress: { allow: ["${allowed}"] }\n`);
  serve.reload();
  await expect
    .poll(async () => (await testing()).stdout, { timeout: 20_000 })
    .toContain("was told that this is a test");
  expect(inside.posts.filter(({ body }) => body.includes("A test by"))).toHaveLength(2);

  // May it be deployed? Not over what drifted, nor while a playbook or a person has frozen it.
  const at = NAMES.findIndex((one) => name.includes(one));
  const { id = "" } = known[0] ?? {};
  const address = `reference_topic.${NAMES[at]}`;
  const settled = async (path: string, members: string) =>
    expect.poll(async () => JSON.stringify(await serve.get(path)), { timeout: 20_000 }).toContain(members);
  writeFileSync(
    join(bench.folder, "plan.json"),
    planText([{ address, before: { display_name: "Changed 0" }, after: { display_name: "Orders" } }]),
  );
  const deployer = user.with({
    workingDirectory: bench.folder,
    lasting: { ...stillSurroundings().lasting, clock: () => new Date() },
  });
  const gate = () => deployer.run("gate", "--plan", "plan.json", "--server", serve.address, "--stack", name);
  await settled(`/api/v1/freezes?stack=${id}`, "Somebody renamed a topic");
  const blocked = await gate();
  expect(blocked).toMatchObject({ status: 2, stderr: "" });
  expect(blocked.stdout).toMatch(/Deployments of this stack are frozen[\s\S]*: Somebody renamed a topic/);
  expect(blocked.stdout).toMatch(new RegExp(`This deploy would undo somebody's change.*: ${address}`));

  expect(await user.run("thaw", name, "--reason", "known", "--server", serve.address)).toMatchObject({
    status: 0,
  });
  if (stacks[at] !== undefined)
    editLive(stacks[at], address, (live) => ({ ...live, display_name: "Orders" }));
  expect((await serve.ask(`/api/v1/stacks/${id}/check`, "POST")).status).toBe(202);
  await settled(`/api/v1/drifts?status=open&stack=${id}`, '"drifts":[]');
  const passing = await gate();
  expect([passing.status, passing.stderr]).toEqual([0, ""]);
  expect(passing.stdout).toMatch(/In sync: yes\.\nFrozen: no\./);

  const freeze = ["freeze", name, "--reason", "incident 42", "--for", "1h", "--server", serve.address];
  expect(await deployer.run(...freeze)).toMatchObject({ status: 0 });
  expect(await gate()).toMatchObject({ status: 2, stdout: expect.stringContaining("incident 42") });

  expect(await worker.stop()).toBe(0);
  expect(await serve.stop()).toBe(0);
  expect(await gate()).toMatchObject({ status: 1, stderr: expect.stringContaining("(server_unreachable)") });
  expect(await leftovers(bench.folder, join(bench.folder, "tmp"))).toEqual([]);
}, 240_000);

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
