import { expect, it } from "vitest";
import { Pauses } from "./pauses.ts";

it("pauses grow to the longest, and begin anew after success", () => {
  const pauses = new Pauses(500, 3_000);
  const those = Array.from({ length: 5 }, () => pauses.next());
  expect(those).toEqual([500, 1_000, 2_000, 3_000, 3_000]);
  pauses.reset();
  expect(pauses.next()).toBe(500);
});
