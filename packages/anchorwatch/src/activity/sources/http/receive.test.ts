import { createHmac } from "node:crypto";
import { expect, it, test } from "vitest";
import type { ReadRecord } from "../../../domain/auditEvent.ts";
import { aRecord } from "../../cloudtrail/records.fixture.ts";
import type { SourceBeat } from "../source.ts";
import { receiveSigned } from "./receive.ts";
import { replayMemory } from "./replayMemory.ts";

const key = Buffer.alloc(32, 7);
const now = new Date("2026-01-02T03:04:35Z");

function signed(content: unknown, id = "msg_1") {
  const body = Buffer.from(typeof content === "string" ? content : JSON.stringify(content));
  const timestamp = String(now.getTime() / 1000);
  const signature = createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest("base64");
  const headers = {
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${signature}`,
  };
  return { headers, body };
}

function bench() {
  const beats: SourceBeat[] = [];
  const kept: ReadRecord[] = [];
  const source = {
    name: "deploys",
    keys: [key],
    replays: replayMemory(() => now),
    now: () => now,
    onBeat: (beat: SourceBeat) => void beats.push(beat),
  };
  const sink = async (batch: readonly ReadRecord[]) => void kept.push(...batch);
  return { beats, kept, source, sink };
}

const own = {
  id: "42",
  time: "2026-01-02T03:04:05Z",
  service: "dns.example.com",
  name: "ZoneChanged",
  actor: { principal: "alice" },
  identifiers: ["arn:aws:s3:::bucket"],
};

test("our own form becomes an event; its id counts within its source", async () => {
  const { source, sink, kept, beats } = bench();
  await receiveSigned(signed(own), source, sink);
  expect(kept).toEqual([
    {
      kind: "change",
      event: {
        id: "deploys/42",
        source: "deploys",
        time: new Date("2026-01-02T03:04:05Z"),
        name: "ZoneChanged",
        service: "dns.example.com",
        actor: { principal: "alice", kind: "unknown", channel: "unknown" },
        identifiers: ["arn:aws:s3:::bucket", "bucket"],
      },
    },
  ]);
  expect(beats).toEqual([{ at: now, lagMs: 30_000 }]);
});

it.each([
  ["several events", { events: [own, { ...own, id: "43" }] }, 2],
  ["one of EventBridge", { id: "1", "detail-type": "AWS API Call via CloudTrail", detail: aRecord() }, 1],
  ["records of CloudTrail", { Records: [aRecord(), aRecord({ eventID: "b" })] }, 2],
  ["one record", aRecord(), 1],
])("%s at once", async (_, content, count) => {
  const { source, sink, kept } = bench();
  await receiveSigned(signed(content), source, sink);
  expect(kept.map(({ kind }) => kind)).toEqual(Array(count).fill("change"));
});

test("what reads or failed changes nothing", async () => {
  const { source, sink } = bench();
  const events = [
    { ...own, readOnly: true },
    { ...own, failed: true },
  ];
  expect(await receiveSigned(signed({ events }), source, sink)).toMatchObject([
    { kind: "no_change", why: "read" },
    { kind: "no_change", why: "failed" },
  ]);
});

test("a malformed event says what is wrong, and the others are kept", async () => {
  const { source, sink, kept } = bench();
  const events = [own, { ...own, tiem: 1 }, { ...own, time: "yesterday" }, { ...own, actor: {} }, 7];
  await receiveSigned(signed({ events }), source, sink);
  expect(kept.map((record) => (record.kind === "malformed" ? record.why : record.kind))).toEqual([
    "change",
    expect.stringMatching(/^events\[1\]: .*tiem/),
    expect.stringMatching(/^events\[2\]\.time: /),
    expect.stringMatching(/^events\[3\]\.actor\.principal: /),
    expect.stringMatching(/^events\[4\]: /),
  ]);
  expect(kept[1]).toMatchObject({ digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) });
});

test("the same request, once more, is refused and not kept again", async () => {
  const { source, sink, kept } = bench();
  await receiveSigned(signed(own), source, sink);
  await expect(receiveSigned(signed(own), source, sink)).rejects.toMatchObject({ code: "event_replayed" });
  expect(kept).toHaveLength(1);
});

test("what could not be kept may come again", async () => {
  const { source, sink, kept, beats } = bench();
  const failing = async () => {
    throw new TypeError("no database");
  };
  await expect(receiveSigned(signed(own), source, failing)).rejects.toThrow("no database");
  expect(beats).toEqual([]);
  await receiveSigned(signed(own), source, sink);
  expect(kept).toHaveLength(1);
});

test("sent again while it is being kept, a request is answered when that has ended, and kept where it failed", async () => {
  const { source, sink, kept } = bench();
  const { promise: away, reject: fail } = Promise.withResolvers<void>();
  const first = receiveSigned(signed(own), source, () => away);
  const again = [receiveSigned(signed(own), source, sink), receiveSigned(signed(own), source, sink)];
  fail(new TypeError("no database"));
  await expect(first).rejects.toThrow("no database");
  const ends = await Promise.allSettled(again);
  expect(ends).toMatchObject([{ status: "fulfilled" }, { reason: { code: "event_replayed" } }]);
  expect(kept).toHaveLength(1);
});

it.each([
  ["no JSON", "{", "no JSON in UTF-8"],
  ["something else", "{}", "Records: expected"],
  ["too much", { events: Array(1001).fill(own) }, "1001 of them"],
  ["files of a bucket", { s3Bucket: "b", s3ObjectKey: ["k"] }, "from queues only"],
])("%s is refused, and its id is free again", async (_, content, message) => {
  const { source, sink, kept } = bench();
  await expect(receiveSigned(signed(content), source, sink)).rejects.toMatchObject({
    code: "event_invalid",
    message: expect.stringContaining(message),
  });
  await receiveSigned(signed(own), source, sink);
  expect(kept).toHaveLength(1);
});

test("nothing of a request that is not signed is looked at", async () => {
  const { source, sink, kept } = bench();
  const forged = { ...signed(own), body: Buffer.from("{") };
  await expect(receiveSigned(forged, source, sink)).rejects.toMatchObject({
    code: "event_signature_invalid",
  });
  expect(kept).toEqual([]);
});
