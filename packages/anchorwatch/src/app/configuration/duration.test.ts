import { expect, it } from "vitest";
import { parseDays, parseDuration } from "./duration.ts";

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

it.each([
  ["400d", 400],
  ["1d", 1],
  ["99999d", 99_999],
])("%s is days", (text, days) => {
  expect(parseDays(text)).toBe(days);
});

it.each(["", "0d", "d", "07d", "1.5d", "100000d", "4 d", "4h", "400d\n"])(
  "“%s” is no number of days",
  (text) => {
    expect(parseDays(text)).toBeUndefined();
  },
);
