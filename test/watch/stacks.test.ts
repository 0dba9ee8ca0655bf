/** Stacks that share a resource, that go and come back, and that cannot be read: everything joined, with a real database and real providers. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { stackIdOf } from "../../packages/anchorwatch/src/app/watch/foundStack.ts";
import type { RunningWatch } from "../../packages/anchorwatch/src/app/watch/startWatch.ts";
import { editLive, objectOf, topic } from "../check/workbench.ts";
import { setFaults, type WrittenStack } from "../reference-provider/fixtures.ts";
import { until, type WatchBench, watchBench } from "./runningBench.ts";
import { STACK_NAME } from "./watchIn.ts";
import { byHand } from "./watchParts.ts";

const TWO_MINUTES = 120_000;
const HOUR_MS = 3_600_000;
const ORDERS = "reference_topic.orders";
const LEGACY = "legacy";

/** A second stack, of which the state has `orders` as well. */
async function withLegacy(more: Parameters<typeof watchBench>[1] = {}) {
  const place = await watchBench({ resources: [topic("orders")] }, more);
  const resources = [topic("orders"), topic("returns")];
  const legacy = await place.bench.stack({ resources }, { name: LEGACY });
  place.declared.push({ name: LEGACY, dir: legacy.dir, environment: place.environment });
  const watch = await place.start();
  const { records } = watch.context;
  const health = async (name: string) => (await records.stacks.byName(name))?.health;
  await until(async () => expect([await health(STACK_NAME), await health(LEGACY)]).toEqual(["ok", "ok"]));
  const claims = () => records.claims.list({ limit: 9 });
  return { ...place, watch, records, legacy, claims, health };
}

async function kindsOf(
  { entries }: Pick<WatchBench, "entries">,
  pattern: RegExp,
): Promise<readonly string[]> {
  return (await entries()).map(({ kind }) => kind).filter((kind) => pattern.test(kind));
}

async function swept(watch: RunningWatch, name: string): Promise<void> {
  const { stacks } = watch.context.records;
  const before = (await stacks.byName(name))?.lastCheckAt;
  await watch.checkNow(stackIdOf(name), []);
  await until(async () => expect((await stacks.byName(name))?.lastCheckAt).not.toEqual(before));
}

function takeOutOfState({ statePath }: WrittenStack, name: string): void {
  const state = JSON.parse(readFileSync(statePath, "utf8")) as {
    serial: number;
    resources: { readonly name: string }[];
  };
  const resources = state.resources.filter((resource) => resource.name !== name);
  writeFileSync(statePath, JSON.stringify({ ...state, serial: state.serial + 1, resources }));
}

it("two stacks that have one resource are a finding, told once, an event looks at both, and it ends with it", {
  timeout: TWO_MINUTES,
}, async () => {
  const place = await withLegacy();
  const { watch, stack, legacy, records, claims } = place;
  const { id } = objectOf(stack, ORDERS);
  await until(async () =>
    expect(await claims()).toMatchObject([
      { status: "open", count: 1, resources: [{ type: "reference_topic", id, addresses: [ORDERS, ORDERS] }] },
    ]),
  );
  expect((await watch.totals()).openClaims).toBe(1);
  expect(place.warnings).toMatchObject([
    { code: "stack_claims_shared", message: expect.stringMatching(/legacy.*shop|shop.*legacy/) },
  ]);
  await swept(watch, LEGACY);
  await swept(watch, STACK_NAME);
  for (const one of [stack, legacy]) editLive(one, ORDERS, (live) => ({ ...live, display_name: "by hand" }));
  await watch.take("test", [{ kind: "change", event: byHand([id]) }], new Date());
  await until(async () => {
    const drifts = await records.drifts.list({ limit: 9 });
    expect(drifts.map(({ stackId }) => stackId).sort()).toEqual([STACK_NAME, LEGACY].map(stackIdOf).sort());
  });
  expect(await kindsOf(place, /^claim\./)).toEqual(["claim.found"]);
  takeOutOfState(legacy, "orders");
  await swept(watch, LEGACY);
  expect(await claims()).toMatchObject([{ status: "closed", count: 1 }]);
  await until(async () => expect(await kindsOf(place, /^claim\./)).toEqual(["claim.found", "claim.ended"]));
  expect((await watch.totals()).openClaims).toBe(0);
});

it("a stack that is declared no more is told, keeps its drifts, is no dead detector, and comes back as it was", {
  timeout: TWO_MINUTES,
}, async () => {
  const place = await withLegacy();
  const { watch, legacy, records, claims, declared, health } = place;
  editLive(legacy, "reference_topic.returns", () => undefined);
  await swept(watch, LEGACY);
  const detector = () => records.detectors.byName(`stack:${LEGACY}`);
  expect(await detector()).toMatchObject({ wellAt: expect.any(Date) });
  // A sweep is under way when it goes.
  setFaults(legacy.storePath, [{ kind: "slow", delayMs: 1_500, call: "ReadResource" }]);
  await watch.checkNow(stackIdOf(LEGACY), []);
  await until(async () => expect(watch.pool.status().some(({ users }) => users > 0)).toBe(true));
  const [gone = expect.unreachable()] = declared.splice(1);
  await watch.redeclare();
  expect(await health(LEGACY)).toBe("gone");
  await until(async () => expect(watch.pool.status().every(({ users }) => users === 0)).toBe(true));
  await until(async () => expect((await watch.jobs.depths()).every(({ active }) => active === 0)).toBe(true));
  setFaults(legacy.storePath, []);
  expect(await detector()).toBeUndefined();
  expect(await claims()).toMatchObject([{ status: "closed" }]);
  const open = () => records.drifts.list({ stackId: stackIdOf(LEGACY), status: "open", limit: 9 });
  expect(await open()).toMatchObject([{ verdict: "deleted" }]);
  expect(place.warnings.map(({ code }) => code)).toEqual([
    "stack_claims_shared",
    "stack_gone",
    "stack_claim_ended",
  ]);
  declared.push(gone);
  await watch.redeclare();
  // Before its first sweep has ended, too.
  expect(await detector()).toBeDefined();
  await until(async () => expect(await health(LEGACY)).toBe("ok"));
  expect(await open()).toMatchObject([{ verdict: "deleted", times: 1 }]);
  const told = ["claim.found", "stack.gone", "claim.ended", "stack.returned", "claim.found"];
  await until(async () => expect(await kindsOf(place, /^(?:claim|stack)\./)).toEqual(told));
});

it("a stack that cannot be read is tried again, told once, buried when it lasts, and holds up no other", {
  timeout: TWO_MINUTES,
}, async () => {
  let ahead = 0;
  const place = await withLegacy({ machine: { now: () => new Date(Date.now() + ahead) } });
  const { watch, stack, legacy, records, health } = place;
  const state = readFileSync(legacy.statePath, "utf8");
  const error = async () => (await records.stacks.byName(LEGACY))?.error?.code;
  const failures = async () => (await records.stacks.byName(LEGACY))?.failures ?? 0;

  writeFileSync(legacy.statePath, state.slice(0, -20));
  await swept(watch, LEGACY);
  expect([await health(LEGACY), await error()]).toEqual(["failed", "state_truncated"]);
  // Nobody asks for it: ten seconds later it is tried again by itself.
  ahead += 11_000;
  await until(async () => expect(await failures()).toBe(2));
  expect((await records.checks.list({ stackId: stackIdOf(LEGACY), limit: 9 }))[0]).toMatchObject({
    outcome: "failed",
  });

  rmSync(legacy.statePath);
  await swept(watch, LEGACY);
  await until(async () => expect(await error()).toBe("state_missing"));
  ahead += 3 * HOUR_MS;
  await until(async () => {
    const dead = (await place.entries()).filter(({ kind }) => kind === "detector.dead");
    expect(dead.map(({ data }) => data["detector"])).toContain(`stack:${LEGACY}`);
  });

  // The other one is looked at as ever.
  editLive(stack, ORDERS, () => undefined);
  await swept(watch, STACK_NAME);
  expect(await records.drifts.list({ stackId: stackIdOf(STACK_NAME), limit: 9 })).toMatchObject([
    { verdict: "deleted" },
  ]);

  setFaults(legacy.storePath, [{ kind: "error", call: "ReadResource", message: "the cloud is away" }]);
  writeFileSync(legacy.statePath, state);
  await swept(watch, LEGACY);
  await until(async () =>
    expect([await health(LEGACY), await error()]).toEqual(["failed", "stack_unreadable"]),
  );
  await until(async () =>
    expect((await records.detectors.byName(`stack:${LEGACY}`))?.problem).toContain("the cloud is away"),
  );
  setFaults(legacy.storePath, []);
  await swept(watch, LEGACY);
  await until(async () => expect(await health(LEGACY)).toBe("ok"));
  await until(async () => expect(await kindsOf(place, /^detector\.revived/)).not.toEqual([]));
  // However often each was met.
  const failed = (await place.entries()).filter(({ kind }) => kind === "check.failed");
  expect(failed.map(({ data }) => data["code"])).toEqual([
    "state_truncated",
    "state_missing",
    "stack_unreadable",
  ]);
});
