import { afterEach, beforeEach, expect, test } from "vitest";
import { alertDrift, alertMessage, EVIL_TEXTS, hostileMessage } from "../../message/messages.fixture.ts";
import { deliver, opened } from "../opened.fixture.ts";
import type { StrictServer } from "../strictServer.fixture.ts";
import { teamsChannel } from "./teamsChannel.ts";
import { startTeamsServer } from "./teamsServer.fixture.ts";

const PATH = "/workflows/0a1b/triggers/manual/paths/invoke?sig=hunter2";
let server: StrictServer;

beforeEach(async () => {
  server = await startTeamsServer(PATH);
});
afterEach(() => server.close());

const channel = () =>
  opened(teamsChannel, { urlFile: "teams" }, { secrets: { url: `${server.url}${PATH}` }, allow: server.url });

interface Shown {
  readonly text?: string;
  readonly inlines?: readonly Shown[];
  readonly items?: readonly Shown[];
  readonly body?: readonly Shown[];
  readonly content?: Shown;
  readonly attachments?: readonly Shown[];
}

/** The words of a card, each element a line. */
function words({ text, inlines, items, body, content, attachments }: Shown): string {
  if (inlines !== undefined) return `${inlines.map((run) => run.text ?? "").join("")}\n`;
  const inside = [
    ...(items ?? []),
    ...(body ?? []),
    ...(attachments ?? []),
    ...(content === undefined ? [] : [content]),
  ];
  return `${text ?? ""}${inside.map(words).join("")}`;
}

const shown = (index = 0) => words(JSON.parse(server.received[index]?.body ?? "{}") as Shown);

test("a card says what, where, who, when and why, and has what can be opened as buttons", async () => {
  await deliver(channel());
  expect(server.problems).toEqual([]);
  expect(
    shown(),
  ).toBe(`CRITICAL security · A security group lets in the whole Internet: aws_security_group.web in network
Open
Since: 2026-01-02 03:04:05 UTC
changed aws_security_group.web
Stack: network (env=prod, team=payments)
Declared in: infra/main.tf:12
Who: eve (arn:aws:iam::123456789012:user/eve) by console from 198.51.100.7
When: 2026-01-02 03:04:05 UTC, AuthorizeSecurityGroupIngress
+ ingress  live only  {"from_port":22}
~ master_password  differs (sensitive, not shown)
Why: eve opened port 22 of aws_security_group.web to the whole Internet. [aws.security_group.open_to_world, high]
Why: This is production. high became critical. [production]
Controls: CIS AWS 3.0.0 5.2; PCI DSS 4.0.1 1.3.1
What helps: Take the rule back.
`);
  expect(JSON.parse(server.received[0]?.body ?? "")).toMatchObject({
    attachments: [
      {
        content: {
          actions: [
            { title: "Open in Anchorwatch" },
            { title: "In the code" },
            { title: "In the cloud's console" },
          ],
        },
      },
    ],
  });
});

test("what was posted cannot be changed, so its end is another card", async () => {
  expect(channel().updates).toBe(false);
  const { reference } = await deliver(channel());
  await deliver(channel(), {
    step: "resolve",
    reference,
    message: alertMessage({ status: "resolved", resolution: "reverted" }),
  });
  expect(server.problems).toEqual([]);
  expect(shown(1)).toContain("Resolved: reverted\n");
});

test.each(EVIL_TEXTS)("%j stays text: there is no element that would read it as Markdown", async (evil) => {
  await deliver(channel(), { message: hostileMessage(evil) });
  expect(server.problems).toEqual([]);
  expect(server.received[0]?.body).not.toMatch(/"TextBlock"|"entities"|evil\.example[^"]*","type"/);
});

test("a storm fits into a card", async () => {
  for (const [lines, width] of [
    [3, 100],
    [40, 300],
    [200, 900],
  ] as const) {
    const diff = Array.from({ length: lines }, () => "+ ".padEnd(width, "ö"));
    const drifts = Array.from({ length: 10 }, (_, i) =>
      alertDrift({ diff, address: `aws_security_group.web[${i}]` }),
    );
    await deliver(channel(), { message: alertMessage({ drifts, total: 5000, open: 5000 }) });
  }
  expect(server.problems).toEqual([]);
  expect(shown(0)).toMatch(/… and 499\d more\n/);
  expect(shown(1)).toMatch(/… and 4999 more\n/);
  expect(shown(2)).toMatch(/… and 188 more lines\n/);
  expect(server.received[2]?.body).toContain("Open in Anchorwatch");
});
