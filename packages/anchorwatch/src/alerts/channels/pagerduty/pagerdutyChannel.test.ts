import { afterEach, beforeEach, describe, expect, it, test } from "vitest";
import { alertDrift, alertMessage } from "../../message/messages.fixture.ts";
import { deliver, failureOf, opened } from "../opened.fixture.ts";
import { pagerdutyChannel } from "./pagerdutyChannel.ts";
import { type PagerdutyServer, ROUTING_KEY, startPagerdutyServer } from "./pagerdutyServer.fixture.ts";

let server: PagerdutyServer;

beforeEach(async () => {
  server = await startPagerdutyServer();
});
afterEach(() => server.close());

const channel = (routingKey = ROUTING_KEY) =>
  opened(pagerdutyChannel, { endpoint: server.url }, { secrets: { routingKey }, allow: server.url });
const sent = (index = 0) => JSON.parse(server.received[index]?.body ?? "null") as Record<string, never>;

test("an alert is one incident from its opening to its end", async () => {
  const { reference } = await deliver(channel());
  await deliver(channel(), { step: "update", reference, key: "2" });
  await deliver(channel(), { step: "acknowledge", reference, key: "3" });
  await deliver(channel(), { step: "resolve", reference, key: "4" });
  await deliver(channel(), { step: "open", reference, key: "5" });
  expect(reference).toEqual({ dedupKey: "anchorwatch-0197-alert-1" });
  expect(server.problems).toEqual([]);
  expect([...server.incidents]).toEqual([
    ["anchorwatch-0197-alert-1", ["trigger", "trigger", "acknowledge", "resolve", "trigger"]],
  ]);
});

test("whoever is woken reads what, where, who, when and why", async () => {
  await deliver(channel());
  expect(sent()).toMatchObject({
    payload: {
      summary:
        "CRITICAL security · A security group lets in the whole Internet: aws_security_group.web in network",
      source: "network",
      severity: "critical",
      timestamp: "2026-01-02T03:04:05.678Z",
      component: "aws_security_group.web",
      group: "network",
      class: "security",
      custom_details: {
        Status: "Open",
        "1. changed aws_security_group.web": {
          Who: "eve (arn:aws:iam::123456789012:user/eve) by console from 198.51.100.7",
          "What changed":
            '+ ingress  live only  {"from_port":22}\n~ master_password  differs (sensitive, not shown)',
          "What helps": "Take the rule back.",
        },
      },
    },
    client_url: "https://anchorwatch.example.com/api/v1/drifts/0197-drift-1",
    links: [{ text: "Open in Anchorwatch" }, { text: "In the code" }, { text: "In the cloud's console" }],
  });
});

test.each([
  ["critical", "critical"],
  ["high", "error"],
  ["medium", "warning"],
  ["low", "info"],
  ["info", "info"],
] as const)("%s is %s there", async (severity, theirs) => {
  await deliver(channel(), { message: alertMessage({ severity }) });
  expect(sent()).toMatchObject({ payload: { severity: theirs } });
});

test("a storm with much to say still fits", async () => {
  const drifts = Array.from({ length: 10 }, (_, i) =>
    alertDrift({
      stack: { id: `s${i}`, name: `s${i}`, labels: {} },
      diff: Array.from({ length: 100 }, () => "+ ".padEnd(1000, "ö")),
    }),
  );
  await deliver(channel(), {
    message: alertMessage({ drifts, total: 5000, open: 5000, title: "x".repeat(3000) }),
  });
  expect(server.problems).toEqual([]);
  expect(sent()).toMatchObject({
    payload: { source: "10 stacks", custom_details: { Text: expect.stringContaining("more drifts") } },
  });
});

describe("what PagerDuty refuses", () => {
  it("is told in its words, without the key", async () => {
    server.trouble.push({
      status: 400,
      body: JSON.stringify({
        status: "invalid event",
        message: "Event object is invalid",
        errors: [`${ROUTING_KEY} is\n no key`],
      }),
    });
    const failure = await failureOf(channel());
    expect(failure.message).toBe("it answered 400: Event object is invalid (secret) is\\n no key");
    expect(failure.retry).toBe("never");
  });

  it.each([
    ["a page of something else", { status: 200, body: "<html>Sign in</html>" }],
    ["success without having taken it", { status: 202, body: "{}" }],
    ["another status", { status: 200, body: '{"status":"success"}' }],
  ])("by answering %s counts as not sent", async (_what, reply) => {
    server.trouble.push(reply);
    expect(await failureOf(channel())).toMatchObject({
      retry: "again",
      message: expect.stringContaining("not of this service"),
    });
  });
});

test("an account in the EU is asked there", async () => {
  // Nothing is allowed but the Internet, whose names this client does not know.
  const eu = opened(pagerdutyChannel, { region: "eu" }, { secrets: { routingKey: ROUTING_KEY } });
  expect((await failureOf(eu)).message).toContain("events.eu.pagerduty.com");
  const us = opened(pagerdutyChannel, {}, { secrets: { routingKey: ROUTING_KEY } });
  expect((await failureOf(us)).message).toContain("events.pagerduty.com");
});
