import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { parseSecret, verifySignature } from "./signature.ts";

const key = Buffer.alloc(32, 7);
const other = Buffer.alloc(32, 8);
const now = new Date("2026-01-02T03:04:05.900Z");
const seconds = (shift = 0) => String(Math.floor(now.getTime() / 1000) + shift);
const body = Buffer.from('{"id":"1"}');

function sign(id: string, timestamp: string, bytes: Uint8Array, by: Uint8Array = key): string {
  return `v1,${createHmac("sha256", by).update(`${id}.${timestamp}.`).update(bytes).digest("base64")}`;
}

function request(more: Record<string, string | string[] | undefined> = {}, timestamp = seconds()) {
  const headers = {
    "webhook-id": "msg_1",
    "webhook-timestamp": timestamp,
    "webhook-signature": sign("msg_1", timestamp, body),
    ...more,
  };
  return { headers, body };
}

const code = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    return (error as { code?: string }).code;
  }
  return "accepted";
};
const verify = (given: ReturnType<typeof request>, keys: readonly Uint8Array[] = [key]) =>
  code(() => verifySignature(given, keys, now));

test("a request that was signed with the secret is taken, with its id and time", () => {
  expect(verifySignature(request(), [key], now)).toEqual({
    id: "msg_1",
    signedAt: new Date("2026-01-02T03:04:05Z"),
    validUntil: new Date("2026-01-02T03:09:06Z"),
  });
});

test("one of several signatures is enough, and one of several secrets", () => {
  const two = `${sign("msg_1", seconds(), body, other)} ${sign("msg_1", seconds(), body)}`;
  expect(verify(request({ "webhook-signature": two }))).toBe("accepted");
  expect(verify(request(), [other, key])).toBe("accepted");
  expect(verify(request({ "webhook-signature": `v1a,x v2,y ${two}` }))).toBe("accepted");
});

describe("five minutes", () => {
  it.each([
    [-300, "accepted"],
    [-301, "event_signature_late"],
    [300, "accepted"],
    [301, "event_signature_late"],
  ])("%i s", (shift, expected) => {
    expect(verify(request({}, seconds(shift)))).toBe(expected);
  });
});

describe("is refused", () => {
  it.each([
    ["another secret's", { "webhook-signature": sign("msg_1", seconds(), body, other) }],
    ["one for another id", { "webhook-id": "msg_2" }],
    ["one for another time", { "webhook-timestamp": seconds(1) }],
    ["none", { "webhook-signature": undefined }],
    ["an empty one", { "webhook-signature": "" }],
    ["one that is too short", { "webhook-signature": "v1,AAAA" }],
    ["one without its version", { "webhook-signature": sign("msg_1", seconds(), body).slice(3) }],
    ["two headers of one name", { "webhook-id": ["msg_1", "msg_1"] }],
    ["a time that is none", { "webhook-timestamp": "soon" }],
    ["a time with a sign", { "webhook-timestamp": `+${seconds()}` }],
    ["an id with spaces", { "webhook-id": "msg 1" }],
    ["no id", { "webhook-id": undefined }],
  ])("%s", (_, headers) => {
    expect(verify(request(headers))).toBe("event_signature_invalid");
  });

  it("a body that differs in one bit", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: body.length * 8 - 1 }), (bit) => {
        const changed = Buffer.from(body);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(verify({ ...request(), body: changed })).toBe("event_signature_invalid");
      }),
    );
  });

  it("everything where there is no secret", () => {
    expect(verify(request(), [])).toBe("event_signature_invalid");
  });
});

test("a secret is whsec_ and base64, and is never repeated", () => {
  expect(parseSecret(`whsec_${key.toString("base64")}\n`)).toEqual(key);
  for (const text of ["", "whsec_", "hunter2", `whsec_${Buffer.alloc(8).toString("base64")}`, "whsec_%%%%"]) {
    expect(code(() => parseSecret(text))).toBe("event_secret_invalid");
    expect(() => parseSecret(text)).not.toThrow(text === "" ? "whsec_A" : `"${text}"`);
  }
});
