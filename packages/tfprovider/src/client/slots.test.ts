import fc from "fast-check";
import { expect, test } from "vitest";
import { createSlots } from "./slots.ts";

test("never more than the places are taken, and who waits longest goes first, whoever leaves meanwhile", async () => {
  const guests = fc.array(fc.record({ leaves: fc.boolean() }), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 4 }), guests, async (count, list) => {
      const slots = createSlots(count);
      const entered: number[] = [];
      let inside = 0;
      const visits = list.map(async ({ leaves }, index) => {
        const controller = new AbortController();
        const taken = slots.take(controller.signal);
        if (leaves && index >= count) controller.abort();
        await taken;
        inside += 1;
        entered.push(index);
        expect(inside).toBeLessThanOrEqual(count);
        await Promise.resolve();
        inside -= 1;
        slots.give();
      });
      const outcomes = await Promise.allSettled(visits);
      const gone = list.map(({ leaves }, index) => leaves && index >= count);
      expect(outcomes.map(({ status }) => status)).toEqual(
        gone.map((left) => (left ? "rejected" : "fulfilled")),
      );
      expect(entered).toEqual(gone.flatMap((left, index) => (left ? [] : [index])));
    }),
  );
});

test("a place that was given back is there for the next", async () => {
  const slots = createSlots(1);
  for (const _ of [1, 2, 3]) {
    await slots.take();
    slots.give();
  }
});

test("somebody who has left already is sent away at once, and takes no place", async () => {
  const slots = createSlots(1);
  await expect(slots.take(AbortSignal.abort())).rejects.toMatchObject({ code: "provider_cancelled" });
  await slots.take();
  await expect(slots.take(AbortSignal.abort())).rejects.toMatchObject({ code: "provider_cancelled" });
});

test("less than one place is one, or nobody would ever get a turn", async () => {
  await createSlots(0).take();
});
