import { expect, it } from "vitest";
import { parseSize } from "./size.ts";

it.each([
  ["500MB", 500_000_000],
  ["2GB", 2_000_000_000],
  ["1.5GiB", 1_610_612_736],
  ["1MiB", 1_048_576],
])("%s is %d bytes", (text, bytes) => expect(parseSize(text)).toBe(bytes));

it.each(["", "0MB", "2", "2 GB", "2gb", "-1GB", "1e3MB", "2TB", "9999999MB"])("%j is no size", (text) =>
  expect(parseSize(text)).toBeUndefined(),
);
