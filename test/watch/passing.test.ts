import { expect, it } from "vitest";
import { stackIdOf } from "../../packages/anchorwatch/src/app/watch/foundStack.ts";
import { lookAtDue } from "../../packages/anchorwatch/src/app/watch/looking.ts";
import { objectOf, topic } from "../check/workbench.ts";
import { until, watchBench } from "./runningBench.ts";
import { isOfLife, STACK_NAME } from "./watchIn.ts";
import { byHand } from "./watchParts.ts";

const ORDERS = "reference_topic.orders";
const ID = stackIdOf(STACK_NAME);
const JOB = { signal: new AbortController().signal, hold: async () => {} };

it("drift that came and went between two looks is told from its events, once", {
  timeout: 120_000,
}, async () => {
  const place = await watchBench({ resources: [topic("orders"), topic("returns")] });
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
    const told = (await place.entries()).filter(isOfLife);
    expect(told.map(({ kind, actor }) => [kind, actor.name])).toEqual([
      ["drift.opened", "ada"],
      ["drift.resolved", "ada"],
    ]);
  });
  // One event more, which changed nothing that is watched, is no drift; the event is kept, and nobody looks any more.
  const idle = byHand([id], { time: longAgo });
  await watch.take("test", [{ kind: "change", event: idle }], longAgo);
  const settled = async () => {
    for (let round = 0; round < 5; round += 1) await lookAtDue(watch.context, ID, JOB);
    await until(async () => expect(await records.looks.waiting(new Date())).toEqual({ due: [] }));
  };
  await settled();
  expect(await drifts()).toMatchObject([{ times: 1 }]);
  const kept = (await records.events.list({ limit: 10 })).find((event) => event.id === idle.id);
  expect(kept?.touched).toEqual([{ stackId: ID, address: ORDERS }]);
  // What somebody changed and the stack's own delivery put right was drift as well.
  const returns = [objectOf(place.stack, "reference_topic.returns").id];
  const actor = {
    principal: "arn:aws:sts::1:assumed-role/deploy/run-7",
    kind: "role",
    sessionIssuer: "arn:aws:iam::1:role/deploy",
    channel: "terraform",
  } as const;
  const [by, after] = [
    byHand(returns, { time: longAgo }),
    byHand(returns, { time: new Date(longAgo.getTime() + 1000), actor }),
  ];
  await watch.take(
    "test",
    [by, after].map((event) => ({ kind: "change", event }) as const),
    longAgo,
  );
  await settled();
  const passed = (await drifts()).find(({ address }) => address === "reference_topic.returns");
  expect(passed).toMatchObject({ status: "closed", end: "passed" });
  const steps = await records.drifts.history(passed?.id ?? expect.unreachable());
  expect(steps.map(({ kind, attributions }) => [kind, attributions.map(({ eventId }) => eventId)])).toEqual([
    ["opened", [by.id]],
    ["closed", [after.id]],
  ]);
});
