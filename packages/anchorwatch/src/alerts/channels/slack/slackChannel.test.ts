import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { alertDrift, alertMessage, EVIL_TEXTS, hostileMessage } from "../../message/messages.fixture.ts";
import { deliver, failureOf, opened } from "../opened.fixture.ts";
import { slackChannel } from "./slackChannel.ts";
import { CHANNEL, type SlackServer, startSlackServer, TOKEN } from "./slackServer.fixture.ts";

let server: SlackServer;
beforeEach(async () => {
  server = await startSlackServer();
});
afterEach(() => server.close());

function channel({
  token = TOKEN,
  section = {},
}: {
  readonly token?: string;
  readonly section?: object;
} = {}) {
  const given = {
    tokenFile: "t",
    signingSecretFile: "s",
    channel: CHANNEL,
    endpoint: `${server.url}/api`,
    ...section,
  };
  return opened(slackChannel, given, { secrets: { token }, allow: server.url });
}

/** What people read of blocks. */
function words(blocks: readonly unknown[]): string {
  const texts: string[] = [];
  JSON.stringify(blocks, (name, value: unknown) => {
    if (name === "text" && typeof value === "string") texts.push(value);
    return value;
  });
  return texts.join("");
}

const SAID = `CRITICAL security · A security group lets in the whole Internet: aws_security_group.web in network
Open
Since: 2026-01-02 03:04:05 UTC
changed aws_security_group.web
Stack: network (env=prod, team=payments)
Declared in: infra/main.tf:12
Who: eve (arn:aws:iam::123456789012:user/eve) by console from 198.51.100.7
When: 2026-01-02 03:04:05 UTC, AuthorizeSecurityGroupIngress
+ ingress  live only  {"from_port":22}
~ master_password  differs (sensitive, not shown)Why: eve opened port 22 of aws_security_group.web to the whole Internet. [aws.security_group.open_to_world, high]
Why: This is production. high became critical. [production]
Controls: CIS AWS 3.0.0 5.2; PCI DSS 4.0.1 1.3.1
What helps: Take the rule back.
In the code · In the cloud's consoleAcknowledgeSnooze 1 hAccept until …Accept for 1 dayAccept for 7 daysAccept for 30 daysAccept for 90 daysAccept this drift?Nobody is told of it until then, unless it changes. It stands in the ledger.AcceptLeave itOpen in Anchorwatch`;

const posts = () => server.received.filter(({ path }) => path === "/api/chat.postMessage");

describe("a message", () => {
  test("says what, where, who, when and why, with buttons to answer and to open it", async () => {
    const snooze = { kind: "snooze" as const, label: "Snooze", isCallback: true };
    const digest = `sha256:${"0".repeat(64)}`;
    const accept = { kind: "accept" as const, label: "Accept until …", digest, isCallback: true };
    // As long as they come.
    const message = alertMessage({ id: `alert-${"0".repeat(32)}` });
    const { reference } = await deliver(channel(), {
      message: { ...message, actions: [...message.actions, snooze, accept] },
    });
    expect(server.problems).toEqual([]);
    expect(reference).toEqual({
      channel: CHANNEL,
      ts: "1735787100.000001",
      severity: "critical",
      escalation: "0",
    });
    const [sent] = server.messages;
    expect(words(sent?.blocks ?? [])).toBe(SAID);
    expect(sent?.blocks.at(-1)).toMatchObject({
      type: "actions",
      elements: [
        { action_id: "anchorwatch.acknowledge", value: message.id },
        { action_id: "anchorwatch.snooze", value: message.id },
        {
          action_id: "anchorwatch.accept",
          options: [1, 7, 30, 90].map((days) => ({ value: `${message.id} ${days} ${digest}` })),
        },
        { action_id: "anchorwatch.open.0", url: expect.stringContaining("/api/v1/drifts/") },
      ],
    });
  });

  test("has no button that nobody could believe: without a signing secret it only opens", async () => {
    await deliver(channel({ section: { signingSecretFile: undefined } }));
    expect(server.messages[0]?.blocks.at(-1)).toMatchObject({
      elements: [{ action_id: "anchorwatch.open.0" }],
    });
  });

  test("is one for each alert: changed in place, with lines in its thread only for what is worth one", async () => {
    const to = channel();
    let { reference } = await deliver(to);
    const again = async (given: Parameters<typeof deliver>[1]) => {
      ({ reference } = await deliver(to, { ...given, reference }));
    };
    await again({ key: "k2", step: "update", message: alertMessage({ total: 3 }) });
    await again({
      key: "k3",
      step: "acknowledge",
      message: alertMessage({ status: "acknowledged", acknowledgedBy: "ada" }),
    });
    await again({ key: "k4", step: "update", message: alertMessage({ escalation: 1 }) });
    await again({
      key: "k5",
      step: "resolve",
      message: alertMessage({ status: "resolved", resolution: "reverted", actions: [] }),
    });
    await again({ key: "k6", step: "open" });
    expect(server.problems).toEqual([]);
    const [message, ...notes] = server.messages;
    expect(message?.changes).toBe(5);
    expect(notes).toMatchObject([
      { threadTs: message?.ts, isBroadcast: true, text: expect.stringContaining("nobody answered") },
      { threadTs: message?.ts, isBroadcast: false, text: "Resolved: reverted" },
      { threadTs: message?.ts, isBroadcast: true, text: expect.stringContaining("It began again.") },
    ]);
  });

  test("that got worse says so to everybody, once", async () => {
    const to = channel();
    const { reference } = await deliver(to, { message: alertMessage({ severity: "medium" }) });
    const worse = { key: "k2", step: "update" as const, message: alertMessage({ severity: "high" }) };
    const { reference: next } = await deliver(to, { ...worse, reference });
    await deliver(to, { ...worse, key: "k3", reference: next });
    expect(server.messages.slice(1)).toMatchObject([
      { text: expect.stringContaining("It got worse: medium became high."), isBroadcast: true },
    ]);
  });
});

describe("what is sent again", () => {
  test("is found by its key, and posted once: the process died after it had been sent", async () => {
    await deliver(channel());
    const { reference } = await deliver(channel());
    expect(server.messages).toHaveLength(1);
    expect(reference).toMatchObject({ ts: server.messages[0]?.ts });
  });

  test("says a line of the thread once", async () => {
    const { reference } = await deliver(channel());
    const end = {
      key: "k2",
      step: "resolve" as const,
      reference,
      message: alertMessage({ status: "resolved" }),
    };
    await deliver(channel(), end);
    await deliver(channel(), end);
    expect(server.messages.map(({ text }) => text).filter((text) => text === "Resolved")).toHaveLength(1);
  });

  test("is posted where the app may not look: better twice than never", async () => {
    server.errors["conversations.history"] = ["missing_scope"];
    await deliver(channel());
    expect(server.messages).toHaveLength(1);
  });

  test.each(["message_not_found", "edit_window_closed", "cant_update_message"])(
    "after %s is another message, which later changes are made in",
    async (error) => {
      const { reference } = await deliver(channel());
      server.errors["chat.update"] = [error];
      const { reference: next } = await deliver(channel(), { key: "k2", step: "update", reference });
      expect(next["ts"]).toBe(server.messages[1]?.ts);
      await deliver(channel(), { key: "k3", step: "update", reference: next });
      expect(server.messages[1]?.changes).toBe(1);
    },
  );
});

describe("whatever the texts are", () => {
  test.each(EVIL_TEXTS)("%j is text and mentions nobody, links nowhere", async (evil) => {
    await deliver(channel(), { message: hostileMessage(evil) });
    expect(server.problems).toEqual([]);
    const [sent] = posts();
    const body = JSON.parse(sent?.body ?? "{}") as {
      readonly text: string;
      readonly blocks: readonly unknown[];
    };
    // Markup of notifications begins with an angle bracket.
    expect(body.text).not.toMatch(/[<>]/);
    expect(body).toMatchObject({
      parse: "none",
      link_names: false,
      unfurl_links: false,
      unfurl_media: false,
    });
    const kinds = new Set<unknown>();
    const links: string[] = [];
    JSON.stringify(body.blocks, (name, value: unknown) => {
      if (name === "type") kinds.add(value);
      if (name === "url") links.push(String(value));
      return value;
    });
    for (const kind of ["mrkdwn", "broadcast", "user", "usergroup", "channel", "emoji", "image", "date"]) {
      expect(kinds).not.toContain(kind);
    }
    expect(links.map((link) => new URL(link).host)).not.toContain("evil.example");
  });

  test("a storm fits into a message", async () => {
    const diff = Array.from({ length: 200 }, () => "+ ".padEnd(900, "ö"));
    const drifts = Array.from({ length: 10 }, (_, i) =>
      alertDrift({ diff, address: `aws_security_group.web[${i}]` }),
    );
    await deliver(channel(), { message: alertMessage({ drifts, total: 5000, open: 5000 }) });
    await deliver(channel(), {
      key: "other",
      message: alertMessage({
        title: "x".repeat(20_000),
        drifts: drifts.map((one) => ({ ...one, address: "y".repeat(5000) })),
        total: 10,
      }),
    });
    expect(server.problems).toEqual([]);
    expect(words(server.messages[0]?.blocks ?? [])).toContain("… and 4990 more drifts");
  });
});

describe("a failure", () => {
  test.each([
    ["internal_error", "again"],
    ["ratelimited", "again"],
    ["channel_not_found", "never"],
    ["token_revoked", "never"],
    ["msg_blocks_too_long", "never"],
    ["<!channel> evil", "never"],
  ] as const)("of Slack's word %s is tried: %s", async (error, retry) => {
    server.errors["chat.postMessage"] = [error];
    const failure = await failureOf(channel());
    expect(failure).toMatchObject({ retry, message: expect.stringContaining("Slack refused it") });
    expect(failure.message).not.toContain("<!channel>");
  });

  test("by a token that is none never repeats it", async () => {
    const failure = await failureOf(channel({ token: "xoxb-hunter2" }));
    expect(failure).toMatchObject({ retry: "never", message: expect.stringContaining("invalid_auth") });
    expect(failure.message).not.toContain("hunter2");
  });

  test("by too many requests waits as long as Slack says", async () => {
    server.trouble.push({ status: 429, headers: { "retry-after": "30" }, body: "" });
    expect(await failureOf(channel())).toMatchObject({ retry: "again", afterMs: 30_000 });
  });

  test("by an answer that is not Slack's is tried again", async () => {
    server.trouble.push({ status: 200, body: "<html>Sign in to the hotel's network</html>" });
    expect(await failureOf(channel())).toMatchObject({ retry: "again" });
  });
});

test("a channel is named by its id, and by nothing else", () => {
  for (const name of ["#general", "general", "@ada", "C0123456789\n", ""]) {
    expect(slackChannel.section.safeParse({ tokenFile: "t", channel: name }).success).toBe(false);
  }
});
