/** What drift sets in motion: a real database, a real provider that reads again, real requests, the ledger. */
import { createHmac, hash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import {
  TOKEN as GITHUB_TOKEN,
  startGithubServer,
} from "../../packages/anchorwatch/src/alerts/channels/github/githubServer.fixture.ts";
import {
  TOKEN as GITLAB_TOKEN,
  startGitlabServer,
} from "../../packages/anchorwatch/src/alerts/channels/gitlab/gitlabServer.fixture.ts";
import {
  API_KEY,
  startOpsgenieServer,
} from "../../packages/anchorwatch/src/alerts/channels/opsgenie/opsgenieServer.fixture.ts";
import {
  ROUTING_KEY,
  startPagerdutyServer,
} from "../../packages/anchorwatch/src/alerts/channels/pagerduty/pagerdutyServer.fixture.ts";
import { startReceiver } from "../../packages/anchorwatch/src/app/alerts/runningAlerts.fixture.ts";
import { parseServerConfiguration } from "../../packages/anchorwatch/src/app/configuration/server/parse.ts";
import { openForReading } from "../../packages/anchorwatch/src/app/ledger/openForReading.ts";
import { stackIdOf } from "../../packages/anchorwatch/src/app/watch/foundStack.ts";
import { remoteUser } from "../../packages/anchorwatch/src/cli/remote/remoteRun.fixture.ts";
import { decodeEntry } from "../../packages/anchorwatch/src/ledger/entry/entry.ts";
import { KIM } from "../../packages/anchorwatch/src/server/memoryAccess.fixture.ts";
import { quickTestServer } from "../../packages/anchorwatch/src/store/postgres.fixture.ts";
import { execute } from "../../packages/anchorwatch/src/store/testServer.fixture.ts";
import { editLive, objectOf, topic, workbench } from "../check/workbench.ts";
import { alertsOf } from "./alertsOf.ts";
import { until, watchBench } from "./runningBench.ts";
import { started } from "./startedProcess.ts";
import { STACK_NAME } from "./watchIn.ts";
import { byHand, watchMachine } from "./watchParts.ts";

const ORDERS = "reference_topic.orders";
const ID = stackIdOf(STACK_NAME);
const SIGNING = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const REQUESTER = { principal: KIM, address: "10.0.0.9", userAgent: "", requestId: "r" };

/** As Standard Webhooks has it. */
function signatureOf(headers: Readonly<Record<string, unknown>>, body: string): string {
  const key = Buffer.from(SIGNING.replace("whsec_", ""), "base64");
  const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
  return `v1,${createHmac("sha256", key).update(signed).digest("base64")}`;
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Those who are told and asked, and the part of the operator's file that names them. */
async function people(folder: string, answer: (path: string) => Answer | undefined) {
  const receiver = await startReceiver(({ path }, response) => {
    const { status, body } = answer(path) ?? { status: 200, body: "" };
    response.writeHead(status, { "content-type": "application/json" }).end(body);
  });
  const [pagerduty, opsgenie, github, gitlab] = await Promise.all([
    ...[startPagerdutyServer(), startOpsgenieServer()],
    ...[startGithubServer(), startGitlabServer()],
  ] as const);
  for (const server of [receiver, pagerduty, opsgenie, github, gitlab]) onTestFinished(() => server.close());
  const secret = (name: string, text: string) => writeFileSync(join(folder, name), text, { mode: 0o600 });
  secret("secret", SIGNING);
  secret("pagerduty", ROUTING_KEY);
  secret("opsgenie", API_KEY);
  secret("github", GITHUB_TOKEN);
  secret("gitlab", GITLAB_TOKEN);
  const origins = [receiver.origin, pagerduty.url, opsgenie.url, github.url, gitlab.url];
  const webhook = (name: string) =>
    `  - { name: ${name}, webhook: { url: "${receiver.origin}/${name}", secretFile: secret } }`;
  const text = `egress: { allow: ${JSON.stringify(origins)} }
channels:
${["told", "ask", "again"].map(webhook).join("\n")}
  - { name: oncall, pagerduty: { routingKeyFile: pagerduty, endpoint: "${pagerduty.url}" } }
  - { name: duty, opsgenie: { apiKeyFile: opsgenie, endpoint: "${opsgenie.url}" } }
  - { name: hub, github: { repository: acme/infra, tokenFile: github, endpoint: "${github.url}" } }
  - { name: lab, gitlab: { project: acme/infra, tokenFile: gitlab, endpoint: "${gitlab.url}/api/v4/" } }
alerts: { routes: [{ when: { severity: critical }, to: [told] }] }
`;
  return { text, receiver, pagerduty, opsgenie, github, gitlab };
}

/** A watch with the operator's file in which these playbooks stand, and a program that answers their questions. */
async function bench(playbooks: string, answer: (path: string) => Answer | undefined) {
  const folder = mkdtempSync(join(tmpdir(), "anchorwatch-playbooks-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const those = await people(folder, answer);
  const text = `version: 1
${those.text}playbooks:
${playbooks}`;
  const parsed = await parseServerConfiguration(text, "anchorwatch.server.yaml", folder);
  const read = parsed.ok ? parsed.configuration : expect.unreachable(JSON.stringify(parsed.problems));
  const place = await watchBench({ resources: [topic("orders")] }, { alerts: alertsOf(read) });
  const watch = await place.start();
  const { records } = watch.context;
  await until(async () => expect(await records.stacks.byName(STACK_NAME)).toMatchObject({ health: "ok" }));
  const { id } = objectOf(place.stack, ORDERS);
  /** Undefined: as it was deployed. */
  const secretly = (name: string | undefined) =>
    editLive(place.stack, ORDERS, ({ display_name: _, ...live }) =>
      name === undefined ? live : { ...live, display_name: name },
    );
  const rename = async (name: string | undefined) => {
    secretly(name);
    await watch.take("test", [{ kind: "change", event: byHand([id], { time: new Date() }) }], new Date());
  };
  /** When so many runs have ended. */
  const ended = async (playbook: string, count = 1) =>
    await until(async () => {
      const runs = await records.playbooks.list({ playbook, limit: 10 });
      expect(runs.filter(({ status }) => status !== "running")).toHaveLength(count);
      return runs[0] ?? expect.unreachable();
    });
  return { ...those, watch, records, place, secretly, rename, ended };
}

it("a drift is read again, put down as evidence, told, and stops deployments when the program that is asked agrees", {
  timeout: 120_000,
}, async () => {
  let asked = 0;
  const { watch, records, receiver, rename, ended, place } = await bench(
    `  - name: renamed
    on: [opened]
    when: changes.exists(c, c.attribute == "display_name")
    steps:
      - confirm: {}
      - snapshot: {}
      - notify: { channels: [told] }
      - webhook: { channel: ask }
      - freeze: { for: 24h, reason: Somebody renamed a topic. }
  - name: not_meant
    on: [opened]
    when: stack.name == "another"
    steps: [freeze: { reason: never }]
`,
    (path) => {
      if (path !== "/ask") return undefined;
      asked += 1;
      // At first it has not decided yet.
      if (asked === 1) return { status: 202, body: "" };
      return { status: 200, body: JSON.stringify({ decision: "continue", reason: "known\u001b[31m" }) };
    },
  );
  await rename("by hand");
  const run = await ended("renamed");
  expect(run.because).toBeUndefined();
  expect(run).toMatchObject({ playbook: "renamed", status: "done", event: "opened" });
  expect(run.steps.map(({ status }) => status)).toEqual(["done", "done", "done", "done", "done"]);
  expect(run.steps[3]?.outcome).toMatch(/^ask says to go on: known/);
  expect(run.steps[3]?.outcome).not.toContain("\u001b");
  expect(await watch.playbooks.freezeOf(ID)).toMatchObject({
    reason: "Somebody renamed a topic.",
    run: run.id,
  });
  expect(receiver.posts.map(({ path }) => path)).toEqual(["/told", "/ask", "/ask"]);
  const questions = receiver.posts.slice(1);
  expect(new Set(questions.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
  for (const { headers, body } of questions) {
    expect(headers["webhook-signature"]).toBe(signatureOf(headers, body));
    expect(JSON.parse(body)).toMatchObject({
      type: "anchorwatch.playbook.step",
      data: { schema: "anchorwatch.question/v1", run: run.id, step: 4, drift: { address: ORDERS } },
    });
  }
  const told = await until(async () => {
    const all = (await place.entries()).filter(({ kind }) => /^(playbook|freeze)\./.test(kind));
    expect(all).toHaveLength(8);
    return all;
  });
  const [evidence] = told.flatMap(({ content = [] }) => content);
  expect(evidence).toMatchObject({ role: "evidence", mediaType: "application/json" });
  const hex = evidence?.digest.replace("sha256:", "") ?? "";
  const bytes = readFileSync(join(place.bench.folder, "ledger", "content", "sha256", hex.slice(0, 2), hex));
  expect(hash("sha256", bytes)).toBe(hex);
  expect(JSON.parse(bytes.toString())).toMatchObject({
    ...{ schema: "anchorwatch.evidence/v1", run: run.id, stack: { name: STACK_NAME } },
    ...{ drift: { address: ORDERS }, live: { display_name: "by hand" }, history: [{ kind: "opened" }] },
  });
  const dry = await watch.playbooks.dryRun("not_meant", run.driftId);
  expect(dry).toMatchObject({ holds: false, steps: [{ kind: "freeze" }] });
  expect(await records.freezes.list({ limit: 9 })).toHaveLength(1);

  const freeze = await watch.playbooks.freezeOf(ID);
  await watch.playbooks.thaw(freeze?.id as never, { version: 1, reason: "it is known" }, REQUESTER);
  expect(await watch.playbooks.freezeOf(ID)).toBeUndefined();
});

it("who was woken is told when it is over, in every kind of service; what is gone by the second read stops the run", {
  timeout: 120_000,
}, async () => {
  let passing = () => {};
  const { pagerduty, opsgenie, github, gitlab, records, secretly, rename, ended, place } = await bench(
    `  - name: waking
    on: [opened]
    when: live.display_name == "by hand"
    steps:
      - page: { channels: [oncall, duty] }
      - incident: { channels: [hub, lab] }
  - name: passing
    on: [opened]
    when: live.display_name == "passing"
    steps:
      - webhook: { channel: ask }
      - confirm: {}
      - page: { channels: [oncall] }
`,
    (path) => {
      if (path === "/ask") passing();
      return { status: 200, body: '{"decision":"continue"}' };
    },
  );
  await rename("by hand");
  expect(await ended("waking")).not.toHaveProperty("because");
  const incidents = () => [...pagerduty.incidents.values(), ...opsgenie.alerts.values()];
  const issues = () => [...github.issues, ...gitlab.issues].map(({ state }) => state);
  expect([incidents(), issues()]).toEqual([
    [["trigger"], ["create"]],
    ["open", "open"],
  ]);
  await rename(undefined);
  await until(async () => {
    expect(issues()).toEqual(["closed", "closed"]);
    expect(incidents().map((all) => all.at(-1))).toEqual(["resolve", "close"]);
  });
  await until(async () =>
    expect((await place.entries()).filter(({ kind }) => kind === "alert.sent")).toHaveLength(4),
  );
  passing = () => secretly(undefined);
  await rename("passing");
  const run = await ended("passing");
  expect(run).toMatchObject({
    status: "stopped",
    because: expect.stringContaining("read again: it is gone"),
  });
  expect(run.steps.map(({ status }) => status)).toEqual(["done", "stopped", "skipped"]);
  expect((await records.drifts.list({ limit: 9 })).map(({ status }) => status)).toEqual(["closed"]);
  for (const { problems } of [pagerduty, opsgenie, github, gitlab]) expect(problems).toEqual([]);
});

/** Each begins with a step of another kind; those that tell people are one. */
const KINDS = {
  page: "page: { channels: [oncall, duty] } }, { incident: { channels: [hub, lab] } }, { notify: { channels: [told] }",
  freeze: "freeze: { for: 1h, reason: Somebody renamed a topic. }",
  confirm: "confirm: {}",
  snapshot: "snapshot: {}",
  webhook: "webhook: { channel: ask }",
};

/** Whoever writes what came of a step waits: it is done by then, and nobody knows. */
const HOLD = `
  CREATE TABLE holding ();
  CREATE FUNCTION hold_on() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      FOR n IN 1..3000 LOOP
        EXIT WHEN to_regclass('holding') IS NULL;
        PERFORM pg_sleep(0.02);
      END LOOP;
      RETURN NEW;
    END $$;
  CREATE TRIGGER hold_on BEFORE UPDATE ON anchorwatch.playbook_runs FOR EACH ROW
    WHEN (NEW.status <> 'running') EXECUTE FUNCTION hold_on();
  CREATE TRIGGER hold_on BEFORE UPDATE ON anchorwatch.playbook_calls FOR EACH ROW
    WHEN (OLD.status = 'opening') EXECUTE FUNCTION hold_on()`;
/** That the second read was stored waits for the stack, which whoever freezes it has locked. */
const HELD = `SELECT
  (SELECT count(*)::integer FROM anchorwatch.playbook_runs WHERE steps -> 0 ->> 'status' = 'running') AS begun,
  (SELECT count(*)::integer FROM pg_stat_activity WHERE datname = current_database() AND query ~ 'UPDATE|ON CONFLICT'
    AND wait_event = 'PgSleep') AS held`;

it("a server that is killed after each kind of step was taken, before it was written down, goes on and does nothing twice; and whoever may looks at it, freezes and thaws", async () => {
  const bench = workbench();
  const stack = await bench.stack({ resources: [topic("orders")] }, { name: "infra/shop" });
  mkdirSync(join(bench.folder, "tmp"), { recursive: true });
  const answer = { status: 200, body: '{"decision":"continue"}' };
  const those = await people(bench.folder, () => answer);
  const playbooks = Object.entries(KINDS).map(
    ([kind, step]) => `  - { name: ${kind}, on: [opened], steps: [{ ${step} }] }\n`,
  );
  const file = bench.write(
    "anchorwatch.server.yaml",
    `version: 1
ledger: { place: audit }
watch: { folder: work, stacks: [{ folder: infra }] }
${those.text}playbooks:
${playbooks.join("")}`,
  );
  const databaseUrl = await (await quickTestServer()).createDatabase();
  const killed = await started(bench, "serve", file, { databaseUrl });
  const { headers } = killed;
  const health = { name: expect.any(String), health: "ok" };
  await expect
    .poll(async () => (await killed.get("/api/v1/stacks")).stacks, { timeout: 30_000 })
    .toMatchObject([health]);
  const [known] = (await killed.get("/api/v1/stacks")).stacks ?? [];
  await execute(databaseUrl, HOLD);
  editLive(stack, ORDERS, (live) => ({ ...live, display_name: "by hand" }));
  expect((await killed.ask(`/api/v1/stacks/${known?.id}/check`, "POST")).status).toBe(202);
  const held = async () => (await execute(databaseUrl, HELD))[0];
  const begun = Object.keys(KINDS).length;
  await expect.poll(held, { timeout: 30_000 }).toEqual({ begun, held: begun - 1 });
  await killed.kill();
  await execute(databaseUrl, "DROP TABLE holding");

  const serve = await started(bench, "serve", file, { databaseUrl, headers });
  const runs = async () =>
    ((await (await serve.ask("/api/v1/playbook-runs")).json()) as { runs: readonly ServedRun[] }).runs;
  await expect
    .poll(async () => (await runs()).map(({ status }) => status), { timeout: 60_000, interval: 200 })
    .toEqual(Object.keys(KINDS).map(() => "done"));
  for (const { playbook, steps } of await runs())
    expect([playbook, steps[0]?.attempts]).toEqual([playbook, 2]);
  const { receiver, pagerduty, opsgenie, github, gitlab } = those;
  const ids = (path: string) =>
    receiver.posts.filter((post) => post.path === path).map((post) => post.headers["webhook-id"]);
  for (const path of ["/told", "/ask"]) expect([path, new Set(ids(path)).size]).toEqual([path, 1]);
  expect([pagerduty.incidents.size, opsgenie.alerts.size]).toEqual([1, 1]);
  expect([github.issues.length, gitlab.issues.length]).toEqual([1, 1]);
  const ledger = { kind: "folder", name: "ledger", path: join(bench.folder, "audit") } as const;
  const entries = async () => {
    const kinds: string[] = [];
    const log = await openForReading(ledger, [], watchMachine(join(bench.folder, "home")));
    for await (const { bytes } of log.entries(0, log.checkpoint.size)) {
      const decoded = decodeEntry(bytes);
      if (decoded.kind === "entry") kinds.push(decoded.entry.kind);
    }
    return ["playbook.started", "playbook.step", "playbook.ended", "freeze.added"].map(
      (kind) => kinds.filter((one) => one === kind).length,
    );
  };
  await expect.poll(entries, { timeout: 10_000 }).toEqual([5, 7, 5, 1]);

  // The same by the command line, as whoever has the token.
  const token = new Headers(headers).get("authorization")?.replace("Bearer ", "") ?? "";
  const user = remoteUser({
    environment: { ANCHORWATCH_SERVER_URL: serve.address, ANCHORWATCH_TOKEN: token },
  });
  const says = async (...argv: readonly string[]) => {
    const ran = await user.run(...argv);
    expect(ran).toMatchObject({ status: 0, stderr: "" });
    return ran.stdout;
  };
  expect(await says("playbooks", "list")).toMatch(/freeze +opened +freeze deployments of the stack for 1h/);
  expect(await says("playbooks", "runs", "--status", "done")).toMatch(/^webhook +done +\S*shop +opened/m);
  const run = (await runs()).find(({ playbook }) => playbook === "freeze");
  expect(await says("playbooks", "show", run?.id ?? "")).toMatch(
    /freeze is done, for the drift .*\(opened\)[\s\S]*1 +done +freeze deployments of the stack for 1h.* 2 +deployments of/,
  );
  expect(await says("playbooks", "dry-run", "page", "--drift", run?.driftId ?? "")).toMatch(
    /It would start when the drift is opened\. Nothing was done\.[\s\S]*page oncall, duty/,
  );
  const gate = async () =>
    (await (await serve.ask(`/api/v1/stacks/${known?.id}/gate`)).json()) as { freeze?: { reason: string } };
  expect((await gate()).freeze?.reason).toBe("Somebody renamed a topic.");
  const name = known?.name ?? "";
  expect(await says("thaw", name, "--reason", "it is known")).toContain("may be deployed again");
  expect((await gate()).freeze).toBeUndefined();
  const soon = new Date(Date.now() + 7_200_000).toISOString();
  expect(await says("freeze", name, "--for", soon, "--reason", "a drill")).toContain(`frozen until ${soon}`);
  expect((await gate()).freeze?.reason).toBe("a drill");
  expect(await says("thaw", name, "--reason", "it is over")).toContain("may be deployed again");
  expect(await says("thaw", name, "--reason", "again")).toContain("is not frozen");
  for (const [argv, problem] of [
    [["freeze", "nobody", "--reason", "r"], "nobody"],
    [["freeze", name, "--reason", "r", "--for", "2020-01-01T00:00:00Z"], "over"],
    [["playbooks", "show", "nobody"], "nobody"],
    [["playbooks", "dry-run", "nobody", "--drift", run?.driftId ?? ""], "nobody"],
  ] as const) {
    const ran = await user.run(...argv);
    expect([ran.status, ran.stdout]).toEqual([1, ""]);
    expect(ran.stderr).toContain(problem);
  }
  expect(await serve.stop()).toBe(0);
}, 180_000);

interface ServedRun {
  readonly id: string;
  readonly playbook: string;
  readonly driftId: string;
  readonly status: string;
  readonly steps: readonly { readonly attempts: number }[];
}
