/** Buttons of alerts in Slack, from the press to the ledger: on a real database, and with a stand-in for where Slack takes answers. */
import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Alert } from "../../packages/anchorwatch/src/alerts/alert.ts";
import type { ChannelParts } from "../../packages/anchorwatch/src/alerts/channels/definition.ts";
import {
  caused,
  channelSettings,
  classified,
  TestAlerting,
  ToldChannel,
} from "../../packages/anchorwatch/src/app/alerts/alerting.fixture.ts";
import { servedAlerts } from "../../packages/anchorwatch/src/app/alerts/servedAlerts.ts";
import { addException, type ExceptionContext } from "../../packages/anchorwatch/src/app/policy/exceptions.ts";
import { NO_RULES } from "../../packages/anchorwatch/src/app/policy/noRules.ts";
import { rulesInForce } from "../../packages/anchorwatch/src/app/policy/rulesInForce.ts";
import { newEgress } from "../../packages/anchorwatch/src/egress/egress.ts";
import { parseAllowed } from "../../packages/anchorwatch/src/egress/rules.ts";
import {
  type HttpServer,
  startHttpServer,
} from "../../packages/anchorwatch/src/ledger/anchors/httpServer.fixture.ts";
import { memoryWatch } from "../../packages/anchorwatch/src/server/memoryWatch.fixture.ts";
import type { Database } from "../../packages/anchorwatch/src/store/connect.ts";
import { openTestDatabase, quickTestServer } from "../../packages/anchorwatch/src/store/postgres.fixture.ts";
import type { DriftRecord } from "../../packages/anchorwatch/src/watch/drift.ts";
import { type AccessServer, accessServer, type Somebody } from "./accessServer.fixture.ts";

const SECRET = "8f742231b10e8888abcd99yyyzzz85a5";
const PASSWORD = "an otter reads the ledger";
const MINUTE = 60_000;

let database: Database;
let slack: HttpServer;
let alerting: TestAlerting;
let server: AccessServer;
/** An administrator; and somebody who may only look. */
let kim: Somebody;
let lou: Somebody;
/** What people were told in Slack, as it came; and who waits for the next. */
const told: string[] = [];
let onTold: (() => void) | undefined;

beforeAll(async () => {
  database = await openTestDatabase(await (await quickTestServer()).createDatabase());
  slack = await startHttpServer();
  slack.reply = ({ body }) => {
    told.push((JSON.parse(body) as { readonly text: string }).text);
    onTold?.();
    return { status: 200 };
  };
  const channel = new ToldChannel("oncall");
  alerting = new TestAlerting(database, [channel], {
    channels: [channelSettings(channel, { kind: "slack" })],
  });
  const exceptions: ExceptionContext = {
    ...{ records: alerting.watch, rules: rulesInForce(NO_RULES, () => undefined) },
    ...{ now: alerting.context.now, newId: alerting.context.newId },
  };
  const alerts = servedAlerts(
    alerting.context,
    () => parts(),
    (wanted, requester) => addException(exceptions, wanted, requester),
  );
  server = await accessServer(database, { ...memoryWatch(), records: alerting.watch, alerts });
  alerting.set(server.context.now().toISOString());
  kim = await cameIn(String(await server.firstRun()), "kim");
  lou = await invited("lou");
  await server.entries();
});

afterAll(async () => {
  await server?.api.close();
  await slack?.close();
  await database?.close();
});

function parts(): ChannelParts {
  const allowed = parseAllowed(slack.url);
  const rules = () => ({ allow: "problem" in allowed ? [] : [allowed] });
  return {
    ...{ name: "oncall", version: "1", origin: "http://localhost:7478", now: server.context.now },
    outbound: newEgress({ rules, resolve: async () => [], version: "1" }),
    connect: () => Promise.reject(new TypeError("nothing is connected to")),
    secret: async (name) => (name === "signingSecret" ? SECRET : undefined),
    append: async () => {},
  };
}

async function cameIn(secret: string, login: string): Promise<Somebody> {
  const person = server.somebody();
  const { status } = await person.ask("POST", "/setup/password", {
    secret,
    person: { login, name: login },
    password: PASSWORD,
  });
  expect(status).toBe(200);
  return person;
}

async function invited(login: string): Promise<Somebody> {
  const { body } = await kim.ask("POST", "/users", { login });
  const person = await cameIn(String(body.link).split("#")[1] ?? "", "");
  const subject = { kind: "user", id: body.user.id };
  expect((await kim.ask("POST", "/role-assignments", { role: "viewer", subject, scope: {} })).status).toBe(
    201,
  );
  return person;
}

interface ToldAlert {
  readonly alert: Alert;
  readonly drift: DriftRecord;
  readonly end: () => Promise<void>;
}

async function anAlert(): Promise<ToldAlert> {
  // Each of a cause of its own: what several have in common is one alert.
  const attributions = [caused(`arn:aws:iam::1:user/${uniquely()}`, alerting.now())];
  const drift = await alerting.open(await alerting.stack(), { attributions });
  await alerting.settle();
  const [alert] = await alerting.context.records.alerts.list({ drift: drift.id, limit: 1 });
  if (alert === undefined) throw new TypeError("nobody was told");
  const end = async () => {
    await alerting.close(drift);
    await alerting.settle();
  };
  return { alert, drift, end };
}

interface Pressing {
  readonly kind?: string;
  /** Chosen of a menu. */
  readonly chosen?: string;
  readonly alert?: string;
  readonly account?: string;
  readonly name?: string;
}

/** As Slack sends it. */
function bodyOf({
  kind = "acknowledge",
  alert = "",
  chosen,
  account = "UKIM",
  name = "kim",
}: Pressing): string {
  const payload = {
    ...{
      type: "block_actions",
      user: { id: account, username: name, team_id: "T1" },
      team: { id: "T1", domain: "acme" },
    },
    ...{
      api_app_id: "A1",
      trigger_id: "1.2",
      container: { type: "message", message_ts: "1.2", channel_id: "C1" },
    },
    ...{ channel: { id: "C1", name: "oncall" }, response_url: `${slack.url}/actions/T1/1/x` },
    actions: [
      {
        action_id: `anchorwatch.${kind}`,
        block_id: "b",
        ...(chosen === undefined
          ? { type: "button", value: alert }
          : {
              type: "static_select",
              selected_option: { text: { type: "plain_text", text: "x" }, value: chosen },
            }),
        action_ts: `${uniquely()}`,
      },
    ],
  };
  return new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
}

let count = 0;
const uniquely = () => (count += 1);

interface Signing {
  /** Seconds ago. */
  readonly ago?: number;
  readonly secret?: string;
  readonly channel?: string;
}

async function post(body: string, { ago = 0, secret = SECRET, channel = "oncall" }: Signing = {}) {
  const timestamp = String(Math.floor(server.context.now().getTime() / 1000) - ago);
  const signature = `v0=${createHmac("sha256", secret).update(`v0:${timestamp}:${body}`).digest("hex")}`;
  const answer = await server.api.inject({
    method: "POST",
    url: `/api/v1/channels/slack/${channel}/interactions`,
    headers: {
      ...{ host: "localhost:7478", "content-type": "application/x-www-form-urlencoded" },
      ...{ "x-slack-request-timestamp": timestamp, "x-slack-signature": signature },
    },
    payload: body,
  });
  return { status: answer.statusCode, body: answer.body };
}

/** What who pressed is told then. */
async function press(pressing: Pressing): Promise<string> {
  const before = told.length;
  const next = new Promise<void>((resolve) => {
    onTold = resolve;
  });
  expect(await post(bodyOf(pressing))).toEqual({ status: 200, body: "" });
  await next;
  return told[before] ?? "";
}

function codeIn(text: string): string {
  return /\/account#chat=([A-Z]{4}-[A-Z]{4}) /.exec(text)?.[1] ?? "none";
}

async function link(person: Somebody, pressing: Pressing) {
  const code = codeIn(await press(pressing));
  return { code, answer: await person.ask("POST", "/chat-accounts", { code }) };
}

const entries = async (kind: string) => (await server.entries()).filter((entry) => entry.kind === kind);
const keptAlert = ({ id }: Alert) => alerting.context.records.alerts.byId(id);

describe("an account of Slack", () => {
  it("is somebody once a person has linked it, signed in and shown whose it is", async () => {
    const { alert } = await anAlert();
    const code = codeIn(await press({ alert: alert.id, account: "UNEW", name: "ada <@everyone>" }));
    expect((await keptAlert(alert))?.acknowledged).toBeUndefined();
    const look = await kim.ask("POST", "/chat-accounts/look", { code });
    expect(look.body).toMatchObject({
      service: "slack",
      team: "T1",
      account: "UNEW",
      name: "ada <@everyone>",
    });
    const { status, body } = await kim.ask("POST", "/chat-accounts", { code: code.toLowerCase() });
    expect([status, body.account]).toEqual([201, "UNEW"]);
    expect(await entries("credential.added")).toMatchObject([
      { actor: { name: "kim" }, data: { credential: "chat", label: "slack:T1/UNEW (ada <@everyone>)" } },
    ]);
    // A code works once, for one account, which is one person's.
    expect(await kim.told("POST", "/chat-accounts", { code })).toEqual([404, "request_not_found"]);
    expect(await press({ alert: alert.id, account: "UNEW" })).toMatch(/^Acknowledged\./);
    expect((await kim.ask("GET", "/chat-accounts")).body.chatAccounts).toHaveLength(1);
    expect((await lou.ask("GET", "/chat-accounts")).body.chatAccounts).toEqual([]);
    expect(await lou.told("DELETE", `/chat-accounts/${body.id}`)).toEqual([404, "request_not_found"]);
    expect((await kim.ask("DELETE", `/chat-accounts/${body.id}`)).status).toBe(204);
    expect(await entries("credential.removed")).toMatchObject([{ data: { credential: "chat" } }]);
    expect(await press({ alert: alert.id, account: "UNEW" })).toContain("does not know yet who you are");
  });

  it("cannot be linked by two, with a code that is over, or by who has not proven himself lately", async () => {
    const { alert } = await anAlert();
    const [first, second] = [
      codeIn(await press({ alert: alert.id, account: "UTWO" })),
      codeIn(await press({ alert: alert.id, account: "UTWO" })),
    ];
    expect((await kim.ask("POST", "/chat-accounts", { code: first })).status).toBe(201);
    expect(await lou.told("POST", "/chat-accounts", { code: second })).toEqual([409, "request_conflict"]);
    const late = codeIn(await press({ alert: alert.id, account: "ULATE" }));
    server.pass(9 * MINUTE);
    alerting.pass(9 * 60);
    const fresh = codeIn(await press({ alert: alert.id, account: "UFRESH" }));
    server.pass(2 * MINUTE);
    alerting.pass(2 * 60);
    expect(await kim.told("POST", "/chat-accounts/look", { code: late })).toEqual([404, "request_not_found"]);
    expect(await kim.told("POST", "/chat-accounts", { code: fresh })).toEqual([403, "proof_needed"]);
    expect((await kim.ask("POST", "/session/proof/password", { password: PASSWORD })).status).toBe(204);
    expect((await kim.ask("POST", "/chat-accounts", { code: fresh })).status).toBe(201);
  });
});

describe("a press", () => {
  beforeAll(async () => {
    await lou.ask("POST", "/session/proof/password", { password: PASSWORD });
    // Whoever administers does not decide about drift by that alone.
    const { id } = (await kim.ask("GET", "/session")).body;
    const assigned = { role: "operator", subject: { kind: "user", id }, scope: {} };
    expect((await kim.ask("POST", "/role-assignments", assigned)).status).toBe(201);
    expect((await link(kim, { account: "UKIM" })).answer.status).toBe(201);
    expect((await link(lou, { account: "ULOU" })).answer.status).toBe(201);
    await server.entries();
  });

  it("acknowledges, in the ledger as who it was; again, it says who has", async () => {
    const { alert } = await anAlert();
    expect(await press({ alert: alert.id })).toMatch(/^Acknowledged\./);
    expect((await keptAlert(alert))?.acknowledged).toMatchObject({ byName: "kim" });
    expect(await entries("alert.acknowledged")).toMatchObject([
      { actor: { type: "user", name: "kim", channel: "chat" }, data: { alert: alert.id } },
    ]);
    expect(await press({ alert: alert.id })).toBe("Nothing to do: kim has acknowledged it already.");
    expect(await entries("alert.acknowledged")).toEqual([]);
  });

  it("snoozes for an hour, once", async () => {
    const { alert } = await anAlert();
    expect(await press({ kind: "snooze", alert: alert.id })).toMatch(
      /^Snoozed until 20.* UTC, unless it gets worse\.$/,
    );
    const until = (await keptAlert(alert))?.snoozed?.until.getTime() ?? 0;
    expect(until - server.context.now().getTime()).toBe(60 * MINUTE);
    expect(await press({ kind: "snooze", alert: alert.id })).toMatch(
      /^Nothing to do: kim has snoozed it already until /,
    );
    expect((await keptAlert(alert))?.snoozed?.until.getTime()).toBe(until);
  });

  it("accepts a drift for as long as was chosen, as it was shown, once; its alert is over then", async () => {
    const { alert, drift } = await anAlert();
    const accept = (days: number, digest = drift.digest) =>
      press({ kind: "accept", chosen: `${alert.id} ${days} ${digest}` });
    expect(await accept(7, "sha256:ff")).toContain("it has changed since");
    expect(await accept(7)).toMatch(/^Accepted until 20.* UTC, as it is now/);
    expect(await entries("exception.granted")).toMatchObject([
      {
        actor: { name: "kim", channel: "chat" },
        data: { type: "accept", reason: "Accepted for 7 days from the alert in the channel oncall." },
      },
    ]);
    const excepted = (await alerting.watch.drifts.byId(drift.id))?.excepted;
    expect(excepted?.until.getTime()).toBe(server.context.now().getTime() + 7 * 24 * 60 * MINUTE);
    expect(await accept(7)).toMatch(/^Nothing to do: it is over/);
    await alerting.settle();
    expect((await keptAlert(alert))?.resolution).toContain("accepted until");
    expect(await accept(30)).toMatch(/^Nothing to do: it is over/);
    expect(await entries("exception.granted")).toEqual([]);
  });

  it("never accepts what is critical by now, several drifts, or for who may not", async () => {
    const { alert, drift } = await anAlert();
    const chosen = `${alert.id} 1 ${drift.digest}`;
    expect(await press({ kind: "accept", chosen, account: "ULOU" })).toContain("your roles do not let you");
    expect(await entries("access.refused")).toMatchObject([{ data: { action: "exception.manage" } }]);
    const classification = classified({ severity: "critical" });
    await alerting.change(drift, { classification }, "classified");
    expect(await press({ kind: "accept", chosen })).toContain(
      "this drift is critical. To accept it all the same",
    );
    const other = await alerting.open(await alerting.stack(), { attributions: drift.attributions });
    await alerting.settle();
    expect(await press({ kind: "accept", chosen })).toContain("tells of several drifts");
    expect((await alerting.watch.drifts.byId(other.id))?.excepted).toBeUndefined();
    expect(await entries("exception.granted")).toEqual([]);
    // No duration of ours: no press at all.
    const before = told.length;
    for (const days of ["0", "9999", "-1", "7d"])
      expect(
        (await post(bodyOf({ kind: "accept", chosen: `${alert.id} ${days} ${drift.digest}` }))).status,
      ).toBe(200);
    expect(told).toHaveLength(before);
  });

  it("of who may not changes nothing, and the ledger has it", async () => {
    const { alert } = await anAlert();
    expect(await press({ alert: alert.id, account: "ULOU" })).toContain("your roles do not let you");
    expect((await keptAlert(alert))?.acknowledged).toBeUndefined();
    expect(await entries("access.refused")).toMatchObject([
      { actor: { name: "lou", channel: "chat" }, data: { action: "drift.acknowledge" } },
    ]);
  });

  it("on what is over, or never was, or was told elsewhere, says so", async () => {
    const { alert, end } = await anAlert();
    await end();
    expect(await press({ alert: alert.id })).toMatch(/^Nothing to do: it is over/);
    expect(await press({ alert: "alert-none" })).toContain("there is no such alert");
  });

  it("of somebody who was disabled since is nobody's", async () => {
    const { alert } = await anAlert();
    const { body } = await lou.ask("GET", "/session");
    const { body: user, headers } = await kim.ask("GET", `/users/${body.id}`);
    const version = { "if-match": String(headers["etag"]) };
    expect((await kim.ask("PATCH", `/users/${user.id}`, { status: "disabled" }, version)).status).toBe(200);
    expect(await press({ alert: alert.id, account: "ULOU" })).toContain("does not know yet who you are");
  });

  it("of a link does nothing", async () => {
    const before = told.length;
    expect((await post(bodyOf({ kind: "open.0" }))).status).toBe(200);
    expect(told).toHaveLength(before);
  });

  it("is told to the log, and no secret is", async () => {
    expect(server.log()).toContain('"outcome":"denied"');
    expect(server.log()).not.toContain(SECRET);
  });
});

describe("a request", () => {
  const codeOf = ({ status, body }: Awaited<ReturnType<typeof post>>) => [
    status,
    (JSON.parse(body) as { code: string }).code,
  ];

  it("that came before is refused, however it is sent", async () => {
    const { alert } = await anAlert();
    const body = bodyOf({ alert: alert.id, account: "UNOBODY" });
    expect((await post(body)).status).toBe(200);
    expect(codeOf(await post(body))).toEqual([409, "chat_request_repeated"]);
    expect(codeOf(await post(body, { channel: "other" }))).toEqual([401, "chat_request_refused"]);
  });

  it("of fifty at once is done once", async () => {
    const body = bodyOf({ kind: "open.0" });
    const answers = await Promise.all(Array.from({ length: 50 }, () => post(body)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it("is believed for 299 s, and not for 301", async () => {
    expect((await post(bodyOf({ kind: "open.0" }), { ago: 299 })).status).toBe(200);
    expect(codeOf(await post(bodyOf({ kind: "open.0" }), { ago: 301 }))).toEqual([
      401,
      "chat_request_refused",
    ]);
    expect(codeOf(await post(bodyOf({ kind: "open.0" }), { ago: -301 }))).toEqual([
      401,
      "chat_request_refused",
    ]);
  });

  it("of somebody else's is refused in the same words as one for a channel that is not there", async () => {
    const [wrong, none] = [
      await post(bodyOf({}), { secret: "x" }),
      await post(bodyOf({}), { channel: "none" }),
    ];
    const without = (body: string) => ({ ...(JSON.parse(body) as object), requestId: "" });
    expect(without(wrong.body)).toEqual(without(none.body));
  });

  it("that is no press at all is refused, signed or not", async () => {
    for (const body of ["", "payload=", "payload=%7B", "payload=1", "x=1", "{}", "\u0000"]) {
      expect(codeOf(await post(body))).toEqual([400, "request_invalid"]);
    }
    expect((await post("payload=%7B%7D")).status).toBe(200);
  });
});
