import { describe, expect, it } from "vitest";
import type { FoundSession, Session } from "../records.ts";
import type { User, UserId } from "../user.ts";
import { stateOf, wantsRotation, wantsUse } from "./sessionLife.ts";

const START = Date.parse("2026-03-01T12:00:00.000Z");
const MINUTE = 60_000;
const LIMITS = { idleMs: 60 * MINUTE, longestMs: 600 * MINUTE };
const at = (minutes: number) => new Date(START + minutes * MINUTE);

function found(more: Partial<Session> = {}, secret: FoundSession["secret"] = "current"): FoundSession {
  const session: Session = {
    id: "s",
    userId: "u" as UserId,
    method: "passkey",
    strong: true,
    startedAt: at(0),
    lastUsedAt: at(0),
    rotatedAt: at(0),
    endsAt: at(600),
    address: "192.0.2.1",
    userAgent: "",
    ...more,
  };
  return { session, user: {} as User, assignments: [], secret };
}

describe("a session", () => {
  it("is over when it was not used for long, and at its end however much it is used", () => {
    expect(stateOf(found(), LIMITS, at(59.9))).toBe("alive");
    expect(stateOf(found(), LIMITS, at(60))).toBe("over");
    expect(stateOf(found({ lastUsedAt: at(599) }), LIMITS, at(599.9))).toBe("alive");
    expect(stateOf(found({ lastUsedAt: at(599) }), LIMITS, at(600))).toBe("over");
    expect(stateOf(found({ lastUsedAt: at(99) }), { ...LIMITS, longestMs: 100 * MINUTE }, at(100))).toBe(
      "over",
    );
  });

  it("gets another secret every quarter of an hour, and the one before counts a minute more", () => {
    expect(wantsRotation(found(), at(14.9))).toBe(false);
    expect(wantsRotation(found(), at(15))).toBe(true);
    const rotated = { rotatedAt: at(15), lastUsedAt: at(15.1) };
    expect(wantsRotation(found(rotated, "previous"), at(16))).toBe(false);
    expect(stateOf(found(rotated, "previous"), LIMITS, at(16))).toBe("alive");
    expect(stateOf(found(rotated, "previous"), LIMITS, at(16.01))).toBe("replayed");
    expect(stateOf(found(rotated), LIMITS, at(16.01))).toBe("alive");
  });

  it("gets another one again when the answer with it was lost, which is no theft", () => {
    const lost = found({ rotatedAt: at(15), lastUsedAt: at(15) }, "previous");
    expect(stateOf(lost, LIMITS, at(30))).toBe("alive");
    expect(wantsRotation(lost, at(30))).toBe(true);
    expect(wantsUse(lost, at(30))).toBe(false);
  });

  it("is not written at each request, but at the first one with a new secret", () => {
    const used = found({ lastUsedAt: at(0.1) });
    expect(wantsUse(found(), at(0.1))).toBe(true);
    expect(wantsUse(used, at(1))).toBe(false);
    expect(wantsUse(used, at(1.1))).toBe(true);
  });
});
