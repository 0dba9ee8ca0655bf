import { expect, test } from "vitest";
import { PoolMasks } from "./poolMasks.ts";

function hiding(secret: string) {
  return (text: string) => text.replaceAll(secret, "***");
}

test("the provider's own secrets and those of all who use it are masked", () => {
  const masks = new PoolMasks(["environment-secret"], () => 0);
  masks.keep(["block-secret"]);
  masks.enter(hiding("of-one"));
  masks.enter(hiding("of-two"));
  expect(masks.mask("environment-secret block-secret of-one of-two plain")).not.toMatch(/secret|of-/);
});

test("what is empty is not looked through, since that would go through whole states", () => {
  const masks = new PoolMasks([], () => 0);
  let asked = 0;
  masks.enter((text) => {
    asked += 1;
    return text;
  });
  expect(masks.mask("")).toBe("");
  expect(asked).toBe(0);
});

test("secrets of who has left are known for a minute more, and then masked for good in what is kept of the output", () => {
  let now = 0;
  const masks = new PoolMasks([], () => now);
  const mask = hiding("of-one");
  let output = "printed of-one";
  const forget = () =>
    masks.forget((more) => {
      output = more(output);
    });
  masks.enter(mask);
  masks.leave(mask);
  now = 59_999;
  forget();
  expect(output).toBe("printed of-one");
  expect(masks.mask(output)).toBe("printed ***");
  now = 60_000;
  forget();
  expect(output).toBe("printed ***");
  expect(masks.mask("of-one")).toBe("of-one");
});

test("whoever comes back meanwhile, or uses it twice, is not forgotten", () => {
  let now = 0;
  const masks = new PoolMasks([], () => now);
  const mask = hiding("of-one");
  for (const _ of "12") masks.enter(mask);
  masks.leave(mask);
  now = 100_000;
  masks.forget(() => expect.unreachable());
  expect(masks.mask("of-one")).toBe("***");
  masks.leave(mask);
  masks.enter(mask);
  now = 200_000;
  masks.forget(() => expect.unreachable());
  expect(masks.mask("of-one")).toBe("***");
});
