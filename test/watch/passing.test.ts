import { expect, it } from "vitest";
import { stackIdOf } from "../../packages/anchorwatch/src/app/watch/foundStack.ts";
import { lookAtDue } from "../../packages/anchorwatch/src/app/watch/looking.ts";
import { objectOf, topic } from "../check/workbench.ts";
import { byHand, until, watchBench } from "./runningBench.ts";
import { STACK_NAME } from "./watchIn.ts";

const ORDERS = "reference_topic.orders";
const ID = stackIdOf(STACK_NAME);
const JOB = { signal: new AbortController().signal, hold: async () => {} };

it("drift that came and went between two looks is told from its events, once", {
  timeout: 120_000,
}, async () => {
  const place = await watchBench({ resources: [topic("orders")] });
  const watch = await place.start();
  const { records } = watch.context;
  await until(async () => expect(await records.stacks.byName(STACK_NAME)).toMatchObject({ health: "ok" }));
  const { id } = objectOf(place.stack, ORDERS);
  const drifts = () => records.drifts.list({ limit: 10 });
  // Received two minutes ago: all rounds are due by now.
  const longAgo = new Date(Date.now() - 121_000);
  const came = byHand([id], { time: longAgo });
  const went = byHand([id], { time: new Date(longAgo.getTime() + 1000), name: "ResetTopicAttributes" });
  const events = [came, went].map((event) => ({ kind: "change", event }) as const);
  await watch.take("test", events, longAgo);
  const rounds = async () => {
    await lookAtDue(watch.context, ID, JOB);
    expect(await drifts()).toHaveLength(1);
  };
  await until(rounds);
  expect(await drifts()).toMatchObject([{ address: ORDERS, status: "closed", end: "passed", times: 1 }]);
  const [drift] = await drifts();
  expect(drift?.attributions.map(({ eventId }) => eventId)).toEqual([went.id, came.id]);
  await until(async () => {
    const told = (await place.entries()).filter(({ kind }) => kind.startsWith("drift."));
    expect(told.map(({ kind, actor }) => [kind, actor.name])).toEqual([
      ["drift.opened", "ada"],
      ["drift.resolved", "ada"],
    ]);
  });
  // One event more, which changed nothing that is watched, is no drift.
  await watch.take("test", [{ kind: "change", event: byHand([id], { time: longAgo }) }], longAgo);
  for (let round = 0; round < 5; round += 1) await lookAtDue(watch.context, ID, JOB);
  await until(async () => expect((await records.looks.waiting(new Date())).due).toEqual([]));
  expect(await drifts()).toMatchObject([{ times: 1 }]);
});
