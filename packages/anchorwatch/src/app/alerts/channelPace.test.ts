import { expect, it } from "vitest";
import { ChannelPace } from "./channelPace.ts";

it("tells so many a minute, and no more", () => {
  const pace = new ChannelPace({ mostPerMinute: 2 });
  for (const at of [0, 10]) {
    expect(pace.nextAt(at)).toBe(at);
    pace.begins(at);
  }
  expect(pace.nextAt(20)).toBe(60_000);
  pace.begins(60_000);
  expect(pace.nextAt(60_001)).toBe(60_010);
});

it("rests after three failures in a row, longer and longer, and as long as the service asks for", () => {
  const pace = new ChannelPace({ mostPerMinute: 1000 });
  pace.failed(0, undefined);
  pace.failed(0, undefined);
  expect(pace.nextAt(0)).toBe(0);
  pace.failed(0, undefined);
  expect(pace.nextAt(0)).toBe(5_000);
  pace.failed(5_000, undefined);
  expect(pace.nextAt(5_000)).toBe(15_000);
  pace.worked();
  expect(pace.nextAt(6_000)).toBe(6_000);
  pace.failed(6_000, 90_000);
  expect(pace.nextAt(6_000)).toBe(96_000);
});
