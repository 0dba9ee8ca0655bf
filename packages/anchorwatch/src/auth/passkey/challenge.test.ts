import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { challengeEnd, challengeOf, newChallenge } from "./challenge.ts";

const KEY = randomBytes(32);
const NOW = new Date("2026-03-01T12:00:00.000Z");
const END = new Date("2026-03-01T12:05:00.000Z");
const made = () => Buffer.from(newChallenge(KEY, "sign-in", END, randomBytes)).toString("base64url");

describe("a challenge", () => {
  it("counts for what it was made for, until its end, and is another one each time", () => {
    const challenge = made();
    expect(challengeEnd(challenge, KEY, "sign-in", NOW)).toEqual(END);
    expect(challengeEnd(challenge, KEY, "sign-in", END)).toBeUndefined();
    expect(challengeEnd(challenge, KEY, "prove", NOW)).toBeUndefined();
    expect(challengeEnd(challenge, randomBytes(32), "sign-in", NOW)).toBeUndefined();
    expect(made()).not.toBe(challenge);
  });

  it("has one spelling, and no changed bit of it counts", () => {
    const challenge = made();
    expect(challengeEnd(`${challenge}=`, KEY, "sign-in", NOW)).toBeUndefined();
    expect(challengeEnd(`${challenge}A`, KEY, "sign-in", NOW)).toBeUndefined();
    const bytes = Buffer.from(challenge, "base64url");
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(challengeEnd(changed.toString("base64url"), KEY, "sign-in", NOW)).toBeUndefined();
    }
  });

  it.each([
    "",
    "e30",
    "bnVsbA",
    "WzFd",
    "not base64 at all",
    Buffer.from('{"challenge":7}').toString("base64url"),
  ])("is not found in %j", (clientDataJSON) => {
    expect(challengeOf({ clientDataJSON })).toBeUndefined();
  });
});
