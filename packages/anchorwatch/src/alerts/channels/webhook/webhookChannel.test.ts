import { Webhook } from "standardwebhooks";
import { expect, onTestFinished, test, vi } from "vitest";
import { alertMessage, EVIL_TEXTS, hostileMessage } from "../../message/messages.fixture.ts";
import { deliver, failureOf, NOW, opened } from "../opened.fixture.ts";
import { signingHeaders } from "./signing.ts";
import { webhookChannel } from "./webhookChannel.ts";
import { startWebhookServer } from "./webhookServer.fixture.ts";

const [OLD, NEW] = [1, 2].map((byte) => `whsec_${Buffer.alloc(32, byte).toString("base64")}`) as [
  string,
  string,
];

async function receiver(knows: string) {
  const server = await startWebhookServer(knows, NOW);
  onTestFinished(() => server.close());
  const url = `${server.url}/hook?token=hunter2`;
  return {
    server,
    with: (secrets: Readonly<Record<string, string>>) =>
      opened(webhookChannel, { url }, { secrets, allow: server.url }),
  };
}

test("an alert is an event in a signed envelope, each step one of its own", async () => {
  const { server, with: having } = await receiver(NEW);
  const channel = having({ secret: NEW });
  const { reference } = await deliver(channel, { key: "a:1" });
  await deliver(channel, { key: "a:2", step: "update", reference });
  await deliver(channel, { key: "a:3", step: "acknowledge", reference });
  await deliver(channel, { key: "a:4", step: "resolve", reference });
  expect(server.problems).toEqual([]);
  const events = server.received.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
  expect(events.map(({ type }) => type)).toEqual(
    ["opened", "updated", "acknowledged", "resolved"].map((step) => `anchorwatch.alert.${step}`),
  );
  expect(new Set(events.map(({ id }) => id)).size).toBe(4);
  expect(events[0]).toMatchObject({
    source: "https://anchorwatch.example.com/api/v1/alerts",
    subject: "0197-alert-1",
    time: "2026-01-02T03:04:06.000Z",
    data: {
      severity: "critical",
      drifts: [{ when: "2026-01-02T03:04:05.678Z", address: "aws_security_group.web" }],
    },
  });
  expect(events[0]).toHaveProperty("data.actions", [expect.objectContaining({ kind: "open" })]);
});

test("the same delivery sent again has the same id, and is signed with the time of the try", async () => {
  const { server, with: having } = await receiver(NEW);
  await deliver(having({ secret: NEW }));
  await deliver(having({ secret: NEW }));
  const [first, second] = server.received;
  expect(first?.headers["webhook-id"]).toMatch(/^msg_[0-9a-f]{32}$/);
  expect(second?.headers["webhook-id"]).toBe(first?.headers["webhook-id"]);
  expect(first?.headers["webhook-timestamp"]).toBe(String(NOW.getTime() / 1000));
});

test("while the secret changes, receivers of either take it; afterwards those of the new one", async () => {
  for (const knows of [OLD, NEW]) {
    const { server, with: having } = await receiver(knows);
    await deliver(having({ secret: NEW, previousSecret: OLD }));
    expect(server.problems).toEqual([]);
    expect(server.received[0]?.headers["webhook-signature"]).toMatch(/^v1,\S+ v1,\S+$/);
  }
  const { with: having } = await receiver(OLD);
  expect(await failureOf(having({ secret: NEW }))).toMatchObject({ retry: "never" });
});

test("what is signed is what the specification's own example signs", () => {
  const headers = signingHeaders(
    {
      id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
      at: new Date(1_614_265_330_000),
      body: '{"test": 2432232314}',
    },
    ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
  );
  expect(headers).toEqual({
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  });
});

test("the library for receivers verifies it", async () => {
  const { server, with: having } = await receiver(NEW);
  await deliver(having({ secret: NEW }));
  const [request] = server.received;
  vi.useFakeTimers({ now: NOW, toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers());
  const verified = new Webhook(NEW).verify(request?.body ?? "", request?.headers as Record<string, string>);
  expect(verified).toMatchObject({ specversion: "1.0" });
  expect(() =>
    new Webhook(OLD).verify(request?.body ?? "", request?.headers as Record<string, string>),
  ).toThrow();
});

test("whatever the texts are, what arrives is what was sent", async () => {
  const { server, with: having } = await receiver(NEW);
  for (const evil of EVIL_TEXTS) await deliver(having({ secret: NEW }), { message: hostileMessage(evil) });
  expect(server.problems).toEqual([]);
  const arrived = server.received.map(
    ({ body }) => (JSON.parse(body) as { data: { title: string } }).data.title,
  );
  expect(arrived).toEqual(EVIL_TEXTS);
});

test.each(["hunter2", "whsec_", "whsec_aHVudGVyMg==", `whsec_${"A".repeat(200)}`])(
  "a secret that is none signs nothing, and is not repeated",
  async (secret) => {
    const { server, with: having } = await receiver(NEW);
    const failure = await failureOf(having({ secret }));
    expect(failure).toMatchObject({ retry: "again", message: expect.stringContaining("expected whsec_") });
    expect(failure.message).not.toContain("hunter2");
    expect(failure.message).not.toContain("aHVudGVyMg");
    expect(server.received).toEqual([]);
  },
);

test("an address that is a secret itself comes from its file", async () => {
  const server = await startWebhookServer(NEW, NOW);
  onTestFinished(() => server.close());
  const secrets = { secret: NEW, url: `${server.url}/services/T0/hunter2` };
  await deliver(opened(webhookChannel, { urlFile: "hook" }, { secrets, allow: server.url }), {
    message: alertMessage(),
  });
  expect(server.received[0]?.path).toBe("/services/T0/hunter2");
});

test("a section that names no address, or two, is told so", () => {
  expect(webhookChannel.check?.({})).toMatchObject([{ problem: expect.stringContaining("has no") }]);
  expect(webhookChannel.check?.({ url: "https://a", urlFile: "b" })).toHaveLength(1);
  expect(webhookChannel.check?.({ urlVariable: "A" })).toEqual([]);
  expect(webhookChannel.section.safeParse({ url: "https://a", secret: "whsec_A" }).success).toBe(false);
});
