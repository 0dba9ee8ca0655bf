import { expect, it } from "vitest";
import { watchOver } from "./parts.ts";

const state = (promise: Promise<unknown>) =>
  Promise.race([
    promise.then(
      () => "resolved",
      (error: unknown) => error,
    ),
    new Promise((resolve) => setImmediate(resolve, "pending")),
  ]);

it.each([
  ["with an error", () => Promise.reject(new RangeError("no more")), ": no more"],
  ["as if it were done", () => Promise.resolve(), ""],
])("a part that ends by itself, %s, is a failure of all", async (_, run, why) => {
  const { signal } = new AbortController();
  const { promise: goesOn } = Promise.withResolvers<void>();
  const { failed, ended } = watchOver(
    [
      { name: "the scheduler", running: goesOn },
      { name: "the publisher", running: run() },
    ],
    signal,
  );
  expect(await state(failed)).toMatchObject({
    code: "watch_part_ended",
    message: `A part of the watch ended by itself, the publisher${why}`,
  });
  expect(await state(ended)).toBe("pending");
});

it("parts that end since they are told to have not failed, and nobody has to wait for them", async () => {
  const ending = new AbortController();
  const { promise: first, resolve } = Promise.withResolvers<void>();
  const { promise: second, reject } = Promise.withResolvers<void>();
  const { failed, ended } = watchOver(
    [
      { name: "a", running: first },
      { name: "b", running: second },
    ],
    ending.signal,
  );
  ending.abort();
  resolve();
  reject(new RangeError("aborted"));
  expect(await state(ended)).toBe("resolved");
  expect(await state(failed)).toBe("pending");
});
