import { createHmac } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type HttpServer, startHttpServer } from "./httpServer.fixture.ts";
import { checkpointOf } from "./notes.fixture.ts";
import { webhookAnchor } from "./webhookAnchor.ts";

const SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const none = async () => [];
let server: HttpServer;
let pauses: number[];

beforeEach(async () => {
  server = await startHttpServer();
  pauses = [];
});
afterEach(() => server.close());

function anchor(url = `${server.url}/hook?token=hunter2`, secret = SECRET, timeoutMs = 5000) {
  const wait = async (milliseconds: number) => {
    pauses.push(milliseconds);
  };
  return webhookAnchor({ url, secret, fetch, wait, clock: () => new Date(1_700_000_000_999), timeoutMs });
}

test("the checkpoint is posted with a signature that the receiver can check", async () => {
  const note = await checkpointOf(3);
  await anchor().publish(note, none);
  const [request] = server.received;
  expect(request).toMatchObject({ method: "POST", path: "/hook?token=hunter2", body: note });
  const id = request?.headers["webhook-id"];
  const signed = createHmac("sha256", Buffer.alloc(32, 7))
    .update(`${id}.1700000000.${note}`)
    .digest("base64");
  expect(request?.headers).toMatchObject({
    "webhook-timestamp": "1700000000",
    "webhook-signature": `v1,${signed}`,
    "content-type": "text/plain; charset=utf-8",
  });
  expect(await anchor().latest()).toBeUndefined();
});

test("without a secret nothing is signed", async () => {
  const clock = () => new Date(1_700_000_000_999);
  await webhookAnchor({ url: server.url, fetch, wait: async () => {}, clock }).publish(
    await checkpointOf(3),
    none,
  );
  expect(server.received[0]?.headers).not.toHaveProperty("webhook-signature");
});

test("of an address whose path is its secret only the host is ever told", async () => {
  const hook = anchor(`${server.url}/services/T0/hunter2`);
  expect(hook.name).toBe(`${server.url} (webhook)`);
  for (const reply of [
    { status: 500 },
    { status: 403 },
    { status: 302, headers: { location: "/hunter2" } },
  ]) {
    server.reply = () => reply;
    const error: unknown = await hook.publish(await checkpointOf(3), none).catch((thrown: unknown) => thrown);
    expect(String(error)).toContain(server.url);
    expect(String(error)).not.toContain("hunter2");
  }
});

test("a receiver that is busy or gone is asked again with the same id, and later", async () => {
  const replies = [{ status: 503 }, undefined, { status: 204 }];
  server.reply = () => replies[server.received.length - 1];
  await anchor().publish(await checkpointOf(3), none);
  expect(new Set(server.received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
  expect(pauses).toEqual([500, 1000]);
});

test("after the last attempt the anchor has failed, and its token is not told", async () => {
  server.reply = () => ({ status: 429 });
  const error: unknown = await anchor()
    .publish(await checkpointOf(3), none)
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "ledger_anchor_failed", message: expect.stringContaining("429") });
  expect(String(error)).not.toContain("hunter2");
  expect(server.received).toHaveLength(3);
});

test("a refusal is not repeated", async () => {
  server.reply = () => ({ status: 401 });
  await expect(anchor().publish(await checkpointOf(3), none)).rejects.toMatchObject({
    code: "ledger_anchor_refused",
  });
  expect(server.received).toHaveLength(1);
});

test("no redirect is followed", async () => {
  const elsewhere = await startHttpServer();
  server.reply = () => ({ status: 307, headers: { location: `${elsewhere.url}/hook?token=hunter2` } });
  const refusal = anchor().publish(await checkpointOf(3), none);
  await expect(refusal).rejects.toMatchObject({ code: "ledger_anchor_refused" });
  await expect(refusal).rejects.toThrow(`points to a place on ${elsewhere.url}, and`);
  expect(elsewhere.received).toEqual([]);
  await elsewhere.close();
});

test("silence and endless answers end", async () => {
  server.reply = () => new Promise(() => {});
  const silent = anchor(server.url, SECRET, 50).publish(await checkpointOf(3), none);
  await expect(silent).rejects.toMatchObject({ message: expect.stringContaining("50 ms") });
  server.reply = () => ({ status: 200, body: "x".repeat(100_000) });
  await expect(anchor().publish(await checkpointOf(3), none)).rejects.toMatchObject({
    code: "ledger_anchor_failed",
  });
});

test.each(["ftp://example.com", "example.com", "https://ada:hunter2@example.com/", ""])(
  "%j is no address, and its password is not repeated",
  (url) => {
    expect(() => anchor(url)).toThrow(expect.objectContaining({ code: "ledger_anchor_invalid" }));
    expect(() => anchor(url)).not.toThrow("hunter2");
  },
);

test.each(["hunter2", "whsec_", "whsec_aHVudGVyMg==", `whsec_${"A".repeat(200)}`])(
  "a secret that is none is refused, and not repeated",
  (secret) => {
    const make = () => anchor(server.url, secret);
    expect(make).toThrow(expect.objectContaining({ code: "ledger_anchor_invalid" }));
    expect(make).not.toThrow(secret);
  },
);
