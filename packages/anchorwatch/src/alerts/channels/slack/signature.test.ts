import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isSlacks } from "./signature.ts";

const SECRET = "8f742231b10e8888abcd99yyyzzz85a5";
const AT = 1_531_420_618;
const later = (seconds: number) => new Date((AT + seconds) * 1000);

function sign(body: Uint8Array, timestamp = String(AT), secret = SECRET): string {
  return `v0=${createHmac("sha256", secret).update(`v0:${timestamp}:`).update(body).digest("hex")}`;
}

const BODY = Buffer.from("payload=%7B%7D");
const signed = { timestamp: String(AT), signature: sign(BODY), body: BODY };

describe("a request of Slack's", () => {
  it("is believed, as Slack's own example is", () => {
    // The example of Slack's page on verifying requests.
    const body = Buffer.from(
      "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c",
    );
    const signature = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";
    expect(isSlacks({ timestamp: "1531420618", signature, body }, SECRET, later(0))).toBe(true);
  });

  it.each([
    [-301, false],
    [-300, true],
    [0, true],
    [299, true],
    [300, true],
    [301, false],
  ])("that is %i s old is believed: %s", (seconds, believed) => {
    expect(isSlacks(signed, SECRET, later(seconds))).toBe(believed);
  });

  it("with whatever else instead of a signature or a time is not, and nothing is thrown", () => {
    const wrong = fc.oneof(
      fc.constant(undefined),
      fc.string(),
      fc.base64String(),
      fc.constant(signed.signature),
    );
    fc.assert(
      fc.property(wrong, wrong, fc.uint8Array(), (timestamp, signature, body) => {
        expect(isSlacks({ timestamp, signature, body }, SECRET, later(0))).toBe(false);
      }),
    );
    for (const signature of [
      signed.signature.slice(0, -1),
      `${signed.signature}0`,
      signed.signature.toUpperCase(),
      signed.signature.replace("v0=", "v1="),
      signed.signature.replace("v0=", ""),
      "v0=",
    ]) {
      expect(isSlacks({ ...signed, signature }, SECRET, later(0))).toBe(false);
    }
    for (const timestamp of [`${AT}.0`, ` ${AT}`, `+${AT}`, "", "NaN", `0x${AT.toString(16)}`]) {
      const signature = sign(BODY, timestamp);
      expect(isSlacks({ timestamp, signature, body: BODY }, SECRET, later(0))).toBe(false);
    }
  });

  it("of which one bit is another is not believed", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), fc.nat(), (bytes, place) => {
        const signature = sign(bytes);
        const changed = Uint8Array.from(bytes);
        const at = place % bytes.length;
        changed[at] = (changed[at] ?? 0) ^ (1 << (place % 8));
        expect(isSlacks({ ...signed, signature, body: bytes }, SECRET, later(0))).toBe(true);
        expect(isSlacks({ ...signed, signature, body: changed }, SECRET, later(0))).toBe(false);
      }),
    );
  });

  it("is never believed without a secret", () => {
    expect(isSlacks({ ...signed, signature: sign(BODY, String(AT), "") }, "", later(0))).toBe(false);
  });
});
