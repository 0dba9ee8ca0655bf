import { expect, it } from "vitest";
import { type Routable, routeOf } from "../../../alerts/routing/route.ts";
import type { DriftFacts } from "../../../policy/facts.ts";
import { parseServerConfiguration } from "./parse.ts";
import { shownConfiguration } from "./shownConfiguration.ts";

const FILE = `version: 1
channels:
  - name: chat
    webhook: { url: "https://bot.example.com/secret-path", secretFile: ./webhook.secret }
    quietHours: { from: "22:00", to: "07:00", days: [friday], timeZone: Europe/Berlin }
  - name: page
    pagerduty: { routingKeyVariable: PAGER_KEY }
    mostPerMinute: 10
alerts:
  routes:
    - when: { severity: high, types: ["aws_iam_*"], condition: "stack.labels.env == 'prod' && verdict == 'changed'" }
      to: [page]
      escalate: [{ after: 30m, to: [chat] }, { after: 5m, to: [page, chat] }]
      continue: true
    - owners: true
  owners: { "@Acme/Net": [chat] }
  group: { window: 5m, most: 3 }
`;

async function parsed(text: string) {
  const result = await parseServerConfiguration(text, "anchorwatch.server.yaml", "/etc/anchorwatch");
  if (result.ok) return result.configuration;
  throw new TypeError(
    result.problems.map(({ message, location }) => `${location?.line}: ${message}`).join("\n"),
  );
}

it("says where people are told, and who is told of what", async () => {
  const { alerts, variables } = await parsed(FILE);
  expect(alerts.channels).toMatchObject([
    {
      ...{ name: "chat", kind: "webhook", mostPerMinute: 60 },
      quiet: { from: 1320, to: 420, days: [5], timeZone: "Europe/Berlin" },
      secrets: new Map([["secret", { kind: "file", path: "/etc/anchorwatch/webhook.secret" }]]),
    },
    { name: "page", kind: "pagerduty", mostPerMinute: 10 },
  ]);
  expect(variables.map(({ name }) => name)).toEqual(["PAGER_KEY"]);
  expect(alerts.grouping).toEqual({ windowMs: 300_000, most: 3, mostOfAll: 50 });
  const drift: Routable = {
    ...{ drift: "d", severity: "high", class: "security", labels: {}, type: "aws_iam_role", rules: [] },
    ...{ owners: ["@acme/net"], facts: () => facts("prod") },
  };
  expect(routeOf(drift, alerts.routing, ["chat", "page"])).toEqual({
    channels: ["chat", "page"],
    ladder: [
      { afterMs: 300_000, to: ["page", "chat"] },
      { afterMs: 1_800_000, to: ["chat"] },
    ],
    failed: [],
  });
  const elsewhere = { ...drift, facts: () => facts("dev") };
  expect(routeOf(elsewhere, alerts.routing, ["chat", "page"]).channels).toEqual(["chat"]);
});

function facts(env: string): DriftFacts {
  return {
    ...{ stack: { name: "s", engine: "terraform", labels: { env } }, verdict: "changed", isCut: false },
    resource: { address: "a", module: "", type: "aws_iam_role", provider: "p", id: "i" },
    ...{
      recorded: {},
      live: {},
      changes: [],
      events: [],
      others: [],
      openedAt: new Date(0),
      now: new Date(0),
    },
  };
}

it("shows of channels what they are, and of addresses and secrets nothing", async () => {
  const shown = shownConfiguration(await parsed(FILE), { stateFolder: "/s", hasDatabaseUrl: false });
  expect(shown).toMatchObject({
    channels: [
      { name: "chat", kind: "webhook" },
      { name: "page", kind: "pagerduty" },
    ],
  });
  expect(JSON.stringify(shown)).not.toContain("secret");
});

it.each([
  ['{ name: x, webhook: { url: "https://h/p" } }', "channels[0].webhook has no secret"],
  ['{ name: x, webhook: { url: "https://10.0.0.1/p", secretFile: s } }', "channels[0].webhook.url"],
  ["{ name: x }", "expected one of"],
  ["{ name: x, pagerduty: { routingKeyFile: a }, teams: { urlFile: b } }", "expected one of"],
  ["{ name: x, teams: { urlFile: a, urlVariable: B } }", "both urlFile and urlVariable"],
  [
    "{ name: x, teams: { urlFile: a }, quietHours: { from: '22:00', to: '23:00', timeZone: Mars } }",
    "no time zone Mars",
  ],
])("refuses the channel %s, with its line", async (channel, message) => {
  const problem = await parsed(`version: 1\nchannels:\n  - ${channel}\n`).catch(String);
  expect(problem).toContain("3: ");
  expect(problem).toContain(message);
});

it.each([
  ["routes: [{ to: [chatt] }]", "there is no channel “chatt”"],
  ["routes: [{ when: { condition: 'nonsense(' } }]", "alerts.routes[0].when.condition"],
  ["routes: [{ when: { condition: '1 + 1' } }]", "expected bool"],
  ["owners: { '@a/b': [nobody] }", "there is no channel “nobody”"],
])("refuses %s, with its line", async (member, message) => {
  const text = `version: 1\nchannels: [{ name: chat, teams: { urlFile: a } }]\nalerts:\n  ${member}\n`;
  const problem = await parsed(text).catch(String);
  expect(problem).toContain("4: ");
  expect(problem).toContain(message);
});
