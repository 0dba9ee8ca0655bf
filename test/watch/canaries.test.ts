/** Secrets of resources are planted, a rule quotes all that it sees, and everybody is told: no channel may get one, nor a playbook's program. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import type { ChannelKind } from "../../packages/anchorwatch/src/alerts/channel.ts";
import { TRACES } from "../../packages/anchorwatch/src/alerts/channels/kinds.fixture.ts";
import { startMailServer } from "../../packages/anchorwatch/src/alerts/channels/mail/mailServer.fixture.ts";
import { CHANNELS } from "../../packages/anchorwatch/src/alerts/channels/registry.ts";
import {
  type ReceivedPost,
  startReceiver,
} from "../../packages/anchorwatch/src/app/alerts/runningAlerts.fixture.ts";
import { parseServerConfiguration } from "../../packages/anchorwatch/src/app/configuration/server/parse.ts";
import { newStackPolicies } from "../../packages/anchorwatch/src/app/policy/rules/stackPolicies.ts";
import { rulesFor } from "../../packages/anchorwatch/src/app/policy/rulesInForce.ts";
import { editLive, objectOf, topic } from "../check/workbench.ts";
import { alertsOf } from "./alertsOf.ts";
import { until, watchBench } from "./runningBench.ts";
import { byHand } from "./watchParts.ts";

const PASSWORD = "hunter2-canary-password";
const QUOTED = [
  "recorded.?password.orValue('')",
  "live.?password.orValue('')",
  "live.?settings.?secret_key.orValue('')",
  "live.?display_name.orValue('')",
];
const RULE = {
  ...{ id: "test.quotes", title: "Somebody changed a resource", types: ["reference_*"] },
  when: `${QUOTED.map((one) => `string(${one})`).join(" + ")} != "x"`,
  ...{ class: "security", severity: "critical" },
  explain: `explained-here ${QUOTED.map((one) => `\${${one}}`).join(" ")}`,
};

/** Of each kind, so that another one does not compile without being here: what stands under its name. */
function sectionsOf(origin: string, mailPort: number): Readonly<Record<ChannelKind, object>> {
  const tokenFile = "secret";
  return {
    slack: { channel: "C0123456789", tokenFile, signingSecretFile: "secret", endpoint: `${origin}/slack` },
    teams: { urlFile: "teams.url" },
    mail: { host: "127.0.0.1", port: mailPort, tls: "none", from: "a@example.com", to: ["b@example.com"] },
    github: { repository: "a/b", tokenFile, endpoint: `${origin}/github` },
    gitlab: { project: "a/b", tokenFile, endpoint: `${origin}/gitlab` },
    pagerduty: { routingKeyFile: "secret", endpoint: `${origin}/pagerduty` },
    opsgenie: { apiKeyFile: "secret", endpoint: `${origin}/opsgenie` },
    webhook: { url: `${origin}/webhook`, secretFile: "whsec" },
    siem: { url: `${origin}/siem` },
  };
}

/** What each service says when all is well, and what a program says that is asked. */
function answer({ path }: ReceivedPost, response: ServerResponse): void {
  const all = {
    ok: true,
    channel: "C0123456789",
    ts: "1.2",
    messages: [],
    status: "success",
    requestId: "r",
  };
  const issue = { number: 1, iid: 1, private: true, code: 0, decision: "continue" };
  // To a playbook 202 says that it will be told later; to PagerDuty it is the only yes.
  response.writeHead(path.startsWith("/pagerduty") ? 202 : 200, { "content-type": "application/json" });
  response.end(path.includes("?") && /issues/.test(path) ? "[]" : JSON.stringify({ ...all, ...issue }));
}

it("no secret of a resource leaves by any channel, nor to a playbook's program, nor into the ledger", {
  timeout: 120_000,
}, async () => {
  const receiver = await startReceiver(answer);
  onTestFinished(() => receiver.close());
  const mail = await startMailServer({});
  onTestFinished(() => mail.close());
  const folder = mkdtempSync(join(tmpdir(), "anchorwatch-canaries-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const files = {
    secret: "of-the-service",
    "teams.url": `${receiver.origin}/teams`,
    "rules.yaml": JSON.stringify({ version: 1, rules: [RULE] }),
  };
  const whsec = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
  for (const [name, text] of Object.entries({ ...files, whsec }))
    writeFileSync(join(folder, name), text, { mode: 0o600 });
  const sections = sectionsOf(receiver.origin, mail.port);
  const kinds = CHANNELS.map(({ kind }) => kind);
  const read = await parseServerConfiguration(
    JSON.stringify({
      version: 1,
      policy: { rules: ["rules.yaml"] },
      egress: { allow: [receiver.origin, `127.0.0.1:${mail.port}`] },
      channels: kinds.map((kind) => ({ name: kind, [kind]: sections[kind] })),
      playbooks: [
        {
          name: "ask",
          on: ["opened"],
          when: "true",
          steps: [{ snapshot: {} }, { webhook: { channel: "webhook" } }],
        },
      ],
    }),
    "anchorwatch.server.yaml",
    folder,
  );
  const configuration = read.ok ? read.configuration : expect.unreachable(JSON.stringify(read.problems));
  const policies = newStackPolicies(() => configuration.policy);
  const place = await watchBench(
    {
      resources: [
        topic("copies"),
        {
          type: "reference_database",
          name: "main",
          set: {
            ...{ identifier: "main", engine: "postgres", password: PASSWORD, size: 1 },
            settings: { secret_key: `${PASSWORD}-key` },
          },
        },
      ],
    },
    { alerts: alertsOf(configuration), rules: rulesFor(policies, () => []) },
  );
  const watch = await place.start();
  await until(async () =>
    expect(await watch.context.records.stacks.list({ limit: 1 })).toMatchObject([{ health: "ok" }]),
  );
  const [database, copies] = ["reference_database.main", "reference_topic.copies"];
  // A secret that was, one that is, and both where nobody expects one.
  editLive(place.stack, database, (live) => ({ ...live, password: `${PASSWORD}-new`, size: 2 }));
  editLive(place.stack, copies, (live) => ({ ...live, display_name: `see ${PASSWORD} ${PASSWORD}-key` }));
  const ids = [database, copies].map((address) => objectOf(place.stack, address).id);
  await watch.take("test", [{ kind: "change", event: byHand(ids, { time: new Date() }) }], new Date());

  const sent = () => [
    ...receiver.posts.map(({ path, body }) => `${path} ${body}`),
    ...mail.mails.map(({ raw }) => raw),
  ];
  const of = (kind: ChannelKind) =>
    kind === "mail"
      ? mail.mails.map(({ raw }) => raw)
      : receiver.posts.filter(({ path }) => path.startsWith(`/${kind}`)).map(({ body }) => body);
  await until(async () => {
    for (const kind of kinds)
      expect([kind, of(kind).join("")]).toEqual([kind, expect.stringContaining("explained-here")]);
    expect(receiver.posts.filter(({ body }) => body.includes("anchorwatch.question/v1"))).toHaveLength(2);
  });
  for (const text of sent()) expect(text.replaceAll("=\r\n", "")).not.toMatch(TRACES);
  // Nor a dead link: whatever leads to the server leads to a drift or an alert that is there.
  const there = [
    // What CloudEvents call a source.
    ...["alerts", "playbook-runs"],
    ...(await watch.context.records.drifts.list({ limit: 10 })).map(({ id }) => `drifts/${id}`),
    ...(await watch.alerts.kept.list({ limit: 10 })).map(({ id }) => `alerts/${id}`),
  ].map((path) => `https://here/api/v1/${path}`);
  for (const kind of kinds) {
    const links =
      of(kind)
        .join(" ")
        .replaceAll("=\r\n", "")
        .match(/https:\/\/here\/[\w./~%-]*/g) ?? [];
    expect([kind, links.filter((link) => !there.includes(link))]).toEqual([kind, []]);
    expect([kind, links]).not.toEqual([kind, []]);
  }
  expect(JSON.stringify(await place.entries())).not.toMatch(TRACES);
  expect(JSON.stringify(place.warnings)).not.toMatch(TRACES);
});
