import { expect, it } from "vitest";
import type { Attribution } from "../../domain/actor.ts";
import { mayBeDelivering } from "./holdingBack.ts";

const NOW = new Date("2026-01-02T03:04:05.678Z");
const ago = (seconds: number) => new Date(NOW.getTime() - seconds * 1000);

function by(isDelivery: boolean, seconds: number): Attribution {
  return {
    eventId: "e",
    eventName: "PutThing",
    service: "thing.amazonaws.com",
    time: ago(seconds),
    actor: { principal: "arn:aws:iam::1:role/deploy", kind: "role", channel: "terraform" },
    person: { kind: "unmapped" },
    isDelivery,
  };
}

it("what its own delivery changed is given time to become a state, for two minutes since it was heard of", () => {
  expect(mayBeDelivering([by(true, 1)], ago(1), NOW)).toBe(true);
  expect(mayBeDelivering([by(true, 1)], ago(119), NOW)).toBe(true);
  // However many events come after it: a delivery that never ends hides nothing.
  expect(mayBeDelivering([by(true, 1), by(true, 120)], ago(120), NOW)).toBe(false);
});

it("a sweep that comes into a deployment waits for it as well", () => {
  expect(mayBeDelivering([by(true, 10)], undefined, NOW)).toBe(true);
  expect(mayBeDelivering([by(true, 120)], undefined, NOW)).toBe(false);
});

it("nothing is held back when somebody else may have done it, or nobody is known", () => {
  expect(mayBeDelivering([by(true, 1), by(false, 2)], ago(1), NOW)).toBe(false);
  expect(mayBeDelivering([], ago(1), NOW)).toBe(false);
});
