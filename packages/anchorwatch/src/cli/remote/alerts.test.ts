/** `anchorwatch alerts …` against a server whose alerts are in a real database. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { channelSettings, refusing, TestAlerting, ToldChannel } from "../../app/alerts/alerting.fixture.ts";
import { servedAlerts } from "../../app/alerts/servedAlerts.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { LabelSetKey } from "../../domain/labels.ts";
import { KIM, knowing, memoryAccess } from "../../server/memoryAccess.fixture.ts";
import { memoryWatch, NOW } from "../../server/memoryWatch.fixture.ts";
import { listening } from "../../server/testServer.fixture.ts";
import type { Database } from "../../store/connect.ts";
import { emptyTestDatabase, openTestDatabase, quickTestServer } from "../../store/postgres.fixture.ts";
import { stillSurroundings } from "../testSurroundings.fixture.ts";
import { remoteUser } from "./remoteRun.fixture.ts";

const TOKEN = "awt_Q7c2mJxkzq0Vt1rA9nE4hYbLw8sPfDuG3oKiXeTjRvM";

let url: string;
let database: Database;
let leave: () => Promise<void>;
beforeAll(async () => {
  const server = await quickTestServer();
  leave = () => server.leave();
  url = await server.createDatabase();
  database = await openTestDatabase(url);
}, 60_000);
afterAll(async () => {
  await database?.close();
  await leave?.();
});

/** Somebody at a terminal, who may everything; channels tell where they are told to. */
async function atTerminal() {
  await emptyTestDatabase(url);
  const chat = new ToldChannel("chat");
  const alerting = new TestAlerting(database, [chat], {
    channels: [channelSettings(chat, { kind: "slack" })],
  });
  alerting.set(NOW.toISOString());
  const neverAdded = () => Promise.reject(new AnchorwatchError("internal", "nobody accepts anything here"));
  const alerts = servedAlerts(alerting.context, () => ({}) as never, neverAdded);
  const all = Array.from({ length: 20 }, (_, index) => (index + 1) as LabelSetKey);
  const access = memoryAccess({ ...knowing({ [TOKEN]: { principal: KIM } }), visible: async () => all });
  const { url: server } = await listening({ ...memoryWatch(), alerts }, {}, { access });
  const lasting = { ...stillSurroundings().lasting, clock: () => new Date(NOW.getTime() + 3 * 3_600_000) };
  const environment = { ANCHORWATCH_TOKEN: TOKEN, ANCHORWATCH_SERVER_URL: server };
  const user = remoteUser({ environment, lasting });
  const run = (...argv: readonly string[]) => user.run("alerts", ...argv);
  return { alerting, chat, run };
}

it("lists what people are told, shows one with its drifts and channels, and takes answers", async () => {
  const { alerting, run } = await atTerminal();
  expect(await run("list")).toMatchObject({
    status: 0,
    stdout: "",
    stderr: expect.stringContaining("no alert like"),
  });
  const drift = await alerting.open(await alerting.stack());
  const thing = await alerting.unmanaged();
  await alerting.settle();
  const id = (await alerting.context.records.alerts.ofDrifts([drift.id])).get(drift.id) ?? "";
  const other = (await alerting.context.records.alerts.ofDrifts([thing.id])).get(thing.id) ?? "";
  const listed = await run("list");
  expect(listed.status).toBe(2);
  expect(listed.stdout).toMatch(new RegExp(`3 hours ago +high security +open +aws_sqs_queue +${id}\n`));
  expect((await run("list", "--severity", "critical")).status).toBe(0);
  expect(JSON.parse((await run("list", "--format", "json")).stdout).alerts).toHaveLength(2);
  const shown = await run("show", id);
  expect(shown.stdout).toContain(`anchorwatch drifts show ${drift.id}`);
  expect(shown.stdout).toMatch(/chat +told +open +3 hours ago/);
  expect((await run("show", other)).stdout).toContain(
    `no stack has aws_iam_user: /api/v1/unmanaged/${thing.id}`,
  );
  expect(await run("ack", id, "--reason", "on it")).toMatchObject({
    status: 0,
    stdout: `${id} is acknowledged by kim.\n`,
  });
  expect((await run("snooze", other, "--until", "4h")).stdout).toMatch(/is snoozed until /);
  expect((await run("list")).stdout).toContain("acknowledged by kim");
  expect(await run("ack", "none")).toMatchObject({
    status: 1,
    stderr: expect.stringContaining("(request_not_found)"),
  });
  await alerting.close(drift);
  await alerting.settle();
  expect((await run("ack", id)).stderr).toContain("(alert_over)");
  expect((await run("list", "--status", "resolved")).stdout).toContain(id);
});

it("lists dead letters, sends them again, and tests a channel", async () => {
  const { alerting, chat, run } = await atTerminal();
  expect(await run("dead")).toMatchObject({
    status: 0,
    stderr: expect.stringContaining("could be delivered"),
  });
  chat.answer = refusing("never");
  await alerting.open(await alerting.stack());
  await alerting.settle();
  const dead = await run("dead");
  expect(dead.status).toBe(2);
  expect(dead.stdout).toMatch(/3 hours ago +chat +alert-[0-9a-f]+ +it refuses/);
  expect(await run("test-channel", "chat")).toMatchObject({
    status: 1,
    stderr: expect.stringContaining("the channel chat could not be told: it refuses"),
  });
  expect((await run("test-channel", "none")).stderr).toContain("(channel_gone)");
  chat.answer = () => {};
  expect((await run("resend", "--channel", "chat")).stdout).toBe("1 dead letter is sent again.\n");
  await alerting.settle();
  expect(chat.steps).toEqual(["open"]);
  expect((await run("dead")).status).toBe(0);
  expect((await run("test-channel", "chat")).stdout).toBe("chat was told that this is a test.\n");
});
