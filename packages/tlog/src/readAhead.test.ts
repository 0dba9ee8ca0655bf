import { expect, test } from "vitest";
import { collect } from "./collect.fixture.ts";
import { readAhead } from "./readAhead.ts";
import { RecentlyUsed } from "./recentlyUsed.ts";

test("results come in order, and no more are under way than the depth allows", async () => {
  let underWay = 0;
  let most = 0;
  const read = async (item: number) => {
    most = Math.max(most, ++underWay);
    for (let turn = 0; turn < (7 - item) * 3; turn++) await Promise.resolve();
    underWay--;
    return item * 10;
  };
  const results = await collect(readAhead([0, 1, 2, 3, 4, 5, 6], read, () => 3));
  expect(results).toEqual([0, 10, 20, 30, 40, 50, 60]);
  expect(most).toBe(3);
});

test("a failure comes when its turn does, and those behind it are not left unhandled", async () => {
  const seen: number[] = [];
  const failing = readAhead(
    [0, 1, 2, 3],
    (item) => (item < 2 ? Promise.resolve(item) : Promise.reject(item)),
    () => 4,
  );
  const consume = async () => {
    for await (const item of failing) seen.push(item);
  };
  await expect(consume()).rejects.toBe(2);
  expect(seen).toEqual([0, 1]);
});

test("what was not used for longest is forgotten first", () => {
  const recent = new RecentlyUsed<number>(2);
  recent.set("a", 1);
  recent.set("b", 2);
  expect(recent.get("a")).toBe(1);
  recent.set("c", 3);
  expect([recent.get("a"), recent.get("b"), recent.get("c")]).toEqual([1, undefined, 3]);
  recent.delete("a");
  expect(recent.get("a")).toBeUndefined();
});
