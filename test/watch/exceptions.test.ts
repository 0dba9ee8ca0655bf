/** Why a drift matters, and what people decide about it: with a real database, a real provider process and the ledger. */
import { expect, it } from "vitest";
import { addException, revokeException } from "../../packages/anchorwatch/src/app/policy/exceptions.ts";
import { judgeStack, stacksToJudge } from "../../packages/anchorwatch/src/app/policy/rejudging.ts";
import { DEFAULT_POLICY } from "../../packages/anchorwatch/src/app/policy/rules/policySettings.ts";
import type { RepositoryRules } from "../../packages/anchorwatch/src/app/policy/rules/repositoryRules.ts";
import { parseRuleFile } from "../../packages/anchorwatch/src/app/policy/rules/ruleFile.ts";
import { newStackPolicies } from "../../packages/anchorwatch/src/app/policy/rules/stackPolicies.ts";
import { rulesFor } from "../../packages/anchorwatch/src/app/policy/rulesInForce.ts";
import { stackIdOf } from "../../packages/anchorwatch/src/app/watch/foundStack.ts";
import { KIM } from "../../packages/anchorwatch/src/server/memoryAccess.fixture.ts";
import type { DriftRecord } from "../../packages/anchorwatch/src/watch/drift.ts";
import { editLive, objectOf, topic } from "../check/workbench.ts";
import { until, watchBench } from "./runningBench.ts";
import { STACK_NAME } from "./watchIn.ts";
import { byHand } from "./watchParts.ts";

const ORDERS = "reference_topic.orders";
const ID = stackIdOf(STACK_NAME);
const HOUR_MS = 3_600_000;
const REQUESTER = { principal: KIM, address: "10.0.0.9", userAgent: "", requestId: "r" };
const JOB = { hold: async () => {} };

const renamed = (severity: string) => `version: 1
rules:
  - id: topic.renamed
    title: A topic has another name
    types: [reference_topic]
    when: changes.exists(c, c.attribute == "display_name")
    class: security
    severity: ${severity}
    explain: "\${resource.address} is called \${live.display_name} now, by \${actor.name}."
    controls: [SOC 2 CC6.6]
`;

function repository(text: string): RepositoryRules {
  const parsed = parseRuleFile(text, "rules.yaml", "repository");
  return parsed.ok
    ? { ...parsed.sources, problems: [] }
    : expect.unreachable(JSON.stringify(parsed.problems));
}

/** A watched stack whose clock and rules can be moved on, with a topic that somebody renames. */
async function bench() {
  let aheadMs = 0;
  let said = repository(renamed("high"));
  const now = () => new Date(Date.now() + aheadMs);
  const rules = rulesFor(
    newStackPolicies(() => DEFAULT_POLICY),
    () => [],
  );
  const place = await watchBench(
    { resources: [topic("orders")] },
    { machine: { now }, rules: () => rules(said) },
  );
  const watch = await place.start();
  const { records } = watch.context;
  await until(async () => expect(await records.stacks.byName(STACK_NAME)).toMatchObject({ health: "ok" }));
  const { id } = objectOf(place.stack, ORDERS);
  const drift = async () => (await records.drifts.list({ limit: 10 }))[0] as DriftRecord;
  const rename = async (name: string) => {
    editLive(place.stack, ORDERS, (live) => ({ ...live, display_name: name }));
    await watch.take("test", [{ kind: "change", event: byHand([id], { time: now() }) }], now());
    await until(async () =>
      expect(await drift()).toMatchObject({ found: { after: { display_name: name } } }),
    );
    return await drift();
  };
  const accept = async (wanted: DriftRecord, more: { readonly evenCritical?: boolean } = {}) => {
    const about = { kind: "accept", stackId: ID, driftId: wanted.id, digest: wanted.digest } as const;
    const until_ = new Date(now().getTime() + HOUR_MS);
    const asked = { ...about, until: until_, reason: "a rename under way", evenCritical: false, ...more };
    return await addException(watch.context, asked, REQUESTER);
  };
  const state = async (id_: string) => (await records.exceptions.byId(id_ as never))?.exception;
  const steps = async () => (await records.drifts.history((await drift()).id)).map(({ kind }) => kind);
  const told = async (kind: string) => (await place.entries()).filter((entry) => entry.kind === kind);
  return {
    ...{
      watch,
      records,
      drift,
      rename,
      accept,
      state,
      steps,
      told,
      rules: (text: string) => (said = repository(text)),
    },
    later: (ms: number) => {
      aheadMs += ms;
    },
  };
}

it("a drift is classified as it is recorded, is quiet while it is accepted, and is told again when it changes or the time is over", {
  timeout: 120_000,
}, async () => {
  const { watch, drift, rename, accept, state, steps, told, later } = await bench();
  const first = await rename("by hand");
  expect(first.classification).toMatchObject({
    class: "security",
    severity: "high",
    rules: [{ id: "topic.renamed", explanation: `${ORDERS} is called by hand now, by ada.` }],
  });
  const accepted = await accept(first);
  expect((await drift()).excepted).toEqual({
    id: accepted.id,
    kind: "accept",
    until: (accepted as { until?: Date }).until,
  });
  // What was accepted is not news, however often it is seen.
  await watch.checkNow(ID, [ORDERS]);
  const changed = await rename("by another hand");
  expect(changed.excepted).toBeUndefined();
  expect(await state(accepted.id)).toMatchObject({ state: "rearmed", version: 2 });
  await expect(accept(first)).rejects.toMatchObject({ code: "exception_drift_changed" });
  const again = await accept(changed);
  expect((await drift()).excepted).toMatchObject({ id: again.id });
  later(2 * HOUR_MS);
  await until(async () => expect(await state(again.id)).toMatchObject({ state: "expired" }));
  expect((await drift()).excepted).toBeUndefined();
  expect(await steps()).toEqual(["opened", "excepted", "updated", "excepted", "rearmed"]);
  await until(async () => {
    expect((await told("exception.granted")).map(({ actor }) => actor.name)).toEqual(["kim", "kim"]);
    expect((await told("exception.expired")).map(({ data }) => data["cause"])).toEqual(["rearmed", "time"]);
    const classified = await told("drift.classified");
    expect(classified[0]).toMatchObject({
      address: ORDERS,
      refs: [{ type: "check" }, { type: "drift", id: first.entryId }],
      data: { classification: "security", severity: "high", rules: [{ name: "topic.renamed" }] },
    });
    expect(classified.map(({ data }) => (data["excepted"] as { by?: string } | undefined)?.by)).toEqual([
      ...[undefined, accepted.id, undefined, again.id, undefined],
    ]);
  });
});

it("other rules classify anew what is open; what becomes critical is not accepted as such; what is taken back is told again", {
  timeout: 120_000,
}, async () => {
  const { watch, drift, rename, accept, state, steps, rules } = await bench();
  const { context } = watch;
  const accepted = await accept(await rename("by hand"));
  rules(renamed("critical"));
  expect(await stacksToJudge(context, 10, true)).toEqual([ID]);
  await judgeStack(context, ID, JOB);
  expect(await stacksToJudge(context, 10, true)).toEqual([]);
  const critical = await drift();
  expect(critical).toMatchObject({ classification: { severity: "critical" } });
  expect(critical.excepted).toBeUndefined();
  expect(await state(accepted.id)).toMatchObject({
    state: "rearmed",
    because: expect.stringContaining("critical"),
  });
  await expect(accept(critical)).rejects.toMatchObject({ code: "exception_critical" });
  const loud = await accept(critical, { evenCritical: true });
  expect(await drift()).toMatchObject({ excepted: { id: loud.id } });
  await expect(revokeException(context, loud.id, 7, REQUESTER)).rejects.toMatchObject({
    code: "request_outdated",
  });
  expect(await revokeException(context, loud.id, 1, REQUESTER)).toMatchObject({
    state: "revoked",
    endedBy: KIM.id,
  });
  expect((await drift()).excepted).toBeUndefined();
  await expect(revokeException(context, loud.id, undefined, REQUESTER)).rejects.toMatchObject({
    code: "exception_ended",
  });
  expect(await steps()).toEqual(["opened", "excepted", "rearmed", "excepted", "rearmed"]);
});

it("a pattern is ignored or escalated for one stack, until its time is over", {
  timeout: 120_000,
}, async () => {
  const { watch, drift, rename, later, records } = await bench();
  const { context } = watch;
  const now = context.now();
  await rename("by hand");
  const common = {
    stackId: ID,
    reason: "the scanner does that",
    pattern: { type: "reference_*", path: "display_name" },
  };
  const until_ = new Date(now.getTime() + HOUR_MS);
  const ignored = await addException(
    context,
    { ...common, kind: "ignore", until: until_, evenCritical: false },
    REQUESTER,
  );
  expect(await drift()).toMatchObject({ excepted: { id: ignored.id, kind: "ignore" } });
  const raise = { severity: "critical" } as const;
  await addException(context, { ...common, kind: "escalate", raise, until: until_ }, REQUESTER);
  // Critical: the pattern covers it no more.
  const raised = await drift();
  expect(raised.excepted).toBeUndefined();
  expect(raised.classification).toMatchObject({
    severity: "critical",
    adjustments: [expect.objectContaining({ from: "high", to: "critical", because: common.reason })],
  });
  expect(await records.exceptions.list({ state: "active", limit: 10 })).toHaveLength(2);
  later(2 * HOUR_MS);
  await until(async () => expect(await records.exceptions.list({ state: "active", limit: 10 })).toEqual([]));
  expect(await drift()).toMatchObject({ classification: { severity: "high", adjustments: [] } });
});
