import { afterEach, beforeEach, expect, test } from "vitest";
import { alertDrift, alertMessage, EVIL_TEXTS, hostileMessage } from "../../message/messages.fixture.ts";
import { deliver, failureOf, opened } from "../opened.fixture.ts";
import { opsgenieChannel } from "./opsgenieChannel.ts";
import { API_KEY, type OpsgenieServer, startOpsgenieServer } from "./opsgenieServer.fixture.ts";

let server: OpsgenieServer;

beforeEach(async () => {
  server = await startOpsgenieServer();
});
afterEach(() => server.close());

const channel = (apiKey = API_KEY) =>
  opened(opsgenieChannel, { endpoint: `${server.url}/` }, { secrets: { apiKey }, allow: server.url });
const sent = (index = 0) => JSON.parse(server.received[index]?.body ?? "null") as Record<string, string>;

test("an alert is one alert there, changed in place, acknowledged and closed", async () => {
  const { reference } = await deliver(channel());
  await deliver(channel(), { step: "update", reference });
  await deliver(channel(), { step: "acknowledge", reference });
  await deliver(channel(), {
    step: "resolve",
    reference,
    message: alertMessage({ status: "resolved", resolution: "reverted" }),
  });
  expect(server.problems).toEqual([]);
  expect([...server.alerts]).toEqual([
    ["anchorwatch-0197-alert-1", ["create", "priority", "message", "description", "acknowledge", "close"]],
  ]);
  expect(sent(5)).toEqual({ source: "Anchorwatch", note: "Resolved: reverted" });
});

test("it says what, where, who, when and why", async () => {
  await deliver(channel());
  expect(sent()).toMatchObject({
    message:
      "CRITICAL security · A security group lets in the whole Internet: aws_security_group.web in network",
    description: expect.stringContaining("Who: eve (arn:aws:iam::123456789012:user/eve) by console"),
    priority: "P1",
    entity: "aws_security_group.web",
    tags: ["anchorwatch", "security", "critical", "env:prod", "team:payments"],
    details: {
      stack: "network",
      "Open in Anchorwatch": "https://anchorwatch.example.com/api/v1/drifts/0197-drift-1",
    },
  });
});

test("whatever a storm brings fits into its limits, and HTML stays text", async () => {
  const labels = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`label${i}`, "v".repeat(100)]));
  const stack = { id: "s", name: "n".repeat(2000), labels };
  const diff = Array.from({ length: 100 }, () => "+ ".padEnd(1000, "<"));
  const drifts = Array.from({ length: 10 }, () => alertDrift({ stack, diff, address: "a".repeat(2000) }));
  await deliver(channel(), { message: alertMessage({ drifts, total: 5000, title: "é".repeat(500) }) });
  for (const evil of EVIL_TEXTS) await deliver(channel(), { message: hostileMessage(evil) });
  expect(server.problems).toEqual([]);
  for (const { body } of server.received)
    expect((JSON.parse(body) as { description: string }).description).not.toMatch(/[<>]/);
});

test("a key that is refused is told as such, and not repeated", async () => {
  server.trouble.push({
    status: 401,
    body: JSON.stringify({ message: `Could not authenticate ${API_KEY}`, took: 0, requestId: "r" }),
  });
  const failure = await failureOf(channel());
  expect(failure).toMatchObject({
    retry: "never",
    message: "it answered 401 (is its secret still the right one?): Could not authenticate (secret)",
  });
  server.trouble.push({ status: 200, body: "<html>" });
  expect(await failureOf(channel())).toMatchObject({
    retry: "again",
    message: expect.stringContaining("not of this service"),
  });
});
