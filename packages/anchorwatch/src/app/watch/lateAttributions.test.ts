import { expect, it } from "vitest";
import type { Attribution } from "../../domain/actor.ts";
import { withLate } from "./lateAttributions.ts";

const SEEN = Date.parse("2026-01-02T03:04:05Z");

function attribution(eventId: string, secondsAfterSeen: number): Attribution {
  return {
    eventId,
    eventName: "SetTopicAttributes",
    service: "sns.amazonaws.com",
    time: new Date(SEEN + secondsAfterSeen * 1000),
    actor: { principal: "arn:aws:iam::1:user/ada", kind: "user", channel: "cli" },
    person: { kind: "unmapped" },
    isDelivery: false,
  };
}

const drift = (attributions: readonly Attribution[], status: "open" | "closed" = "open") => ({
  status,
  seenAt: new Date(SEEN),
  attributions,
});
const idsOf = (attributions: readonly Attribution[] | undefined) =>
  attributions?.map(({ eventId }) => eventId);

it("adds those that are not known yet, the latest first", () => {
  const known = [attribution("b", -20)];
  const late = [attribution("c", -10), attribution("b", -20), attribution("a", -30)];
  expect(idsOf(withLate(drift(known), late))).toEqual(["c", "b", "a"]);
});

it("has nothing to add when all are known, or none is", () => {
  const known = [attribution("b", -20)];
  expect(withLate(drift(known), known)).toBeUndefined();
  expect(withLate(drift(known), [])).toBeUndefined();
});

it("leaves out what happened after the drift was seen, but for what clocks may differ", () => {
  expect(withLate(drift([]), [attribution("after", 61)])).toBeUndefined();
  expect(idsOf(withLate(drift([]), [attribution("after", 61), attribution("near", 59)]))).toEqual(["near"]);
});

it("leaves a closed drift as it is", () => {
  expect(withLate(drift([], "closed"), [attribution("a", -10)])).toBeUndefined();
});
