import { expect, it } from "vitest";
import { parseDuration } from "./duration.ts";

it.each([
  ["500ms", 500],
  ["90s", 90_000],
  ["5m", 300_000],
  ["1h30m", 5_400_000],
  ["1.5s", 1500],
])("%s is a duration", (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

it.each(["", "90", "s", "-1s", "0s", "5 m", "1d", "1h and more", "25000h", `${"9".repeat(50)}s`])(
  "“%s” is none",
  (text) => {
    expect(parseDuration(text)).toBeUndefined();
  },
);
