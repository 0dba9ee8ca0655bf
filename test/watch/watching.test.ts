/** From an event to a drift with a name on it, and into the ledger: everything joined, with a real database and a real provider process. */
import { readFileSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { stackIdOf } from "../../packages/anchorwatch/src/app/watch/foundStack.ts";
import type { RunningWatch } from "../../packages/anchorwatch/src/app/watch/startWatch.ts";
import type { AuditEvent } from "../../packages/anchorwatch/src/domain/auditEvent.ts";
import { proveEntry, verifyProof } from "../../packages/anchorwatch/src/ledger/read/proofFile.ts";
import { memoryWatch } from "../../packages/anchorwatch/src/server/memoryWatch.fixture.ts";
import { testServer } from "../../packages/anchorwatch/src/server/testServer.fixture.ts";
import { editLive, objectOf, topic } from "../check/workbench.ts";
import { type StackFixture, setFaults, type WrittenStack } from "../reference-provider/fixtures.ts";
import { findExecutable } from "../support/executable.ts";
import { run } from "../support/run.ts";
import { until, watchBench } from "./runningBench.ts";
import { isOfLife, STACK_NAME } from "./watchIn.ts";
import { byHand } from "./watchParts.ts";

const terraform = findExecutable("terraform", process.env);
if (terraform === undefined) console.info("skipped: a real `state mv`, because terraform is not on PATH");

const TWO_MINUTES = 120_000;
const ORDERS = "reference_topic.orders";
const ID = stackIdOf(STACK_NAME);

async function started(fixture: StackFixture = { resources: [topic("orders"), topic("returns")] }) {
  const place = await watchBench(fixture);
  const watch = await place.start();
  const { records } = watch.context;
  await until(async () => expect(await records.stacks.byName(STACK_NAME)).toMatchObject({ health: "ok" }));
  const drifts = () => records.drifts.list({ limit: 10 });
  const kinds = async () => (await place.entries()).map(({ kind }) => kind);
  const sweep = async () => {
    const at = (await records.stacks.byName(STACK_NAME))?.lastCompleteAt;
    await watch.checkNow(ID, []);
    await until(async () =>
      expect((await records.stacks.byName(STACK_NAME))?.lastCompleteAt).not.toEqual(at),
    );
  };
  return { ...place, watch, records, drifts, kinds, sweep };
}

/** The event comes, and all that it leads to at once is done. */
async function happens(watch: RunningWatch, event: AuditEvent): Promise<void> {
  await watch.take("test", [{ kind: "change", event }], new Date());
  const { looks } = watch.context.records;
  await until(async () => expect(await looks.due(ID, new Date())).toEqual([]));
}

/** As a deployment, a refresh or an edit writes the state. */
function editState(stack: WrittenStack, change: (resources: StateResource[]) => StateResource[]): void {
  const state = JSON.parse(readFileSync(stack.statePath, "utf8")) as {
    serial: number;
    resources: StateResource[];
  };
  state.serial += 1;
  state.resources = change(state.resources);
  writeFileSync(stack.statePath, JSON.stringify(state));
}

interface StateResource {
  readonly name: string;
  readonly instances: readonly { readonly attributes: Readonly<Record<string, unknown>> }[];
}

function recordAttributes(attributes: Readonly<Record<string, unknown>>) {
  return (resources: StateResource[]): StateResource[] =>
    resources.map((resource) =>
      resource.name !== "orders"
        ? resource
        : {
            ...resource,
            instances: resource.instances.map((one) => ({
              ...one,
              attributes: { ...one.attributes, ...attributes },
            })),
          },
    );
}

it("a console change is a drift with its actor, in the record and in the ledger, and closed when it is taken back", {
  timeout: TWO_MINUTES,
}, async () => {
  const place = await watchBench({ resources: [topic("orders"), topic("returns")] });
  const watch = await place.start();
  const { records } = watch.context;
  const drifts = () => records.drifts.list({ limit: 10 });
  await until(async () => expect(await records.stacks.byName(STACK_NAME)).toMatchObject({ health: "ok" }));
  const address = "reference_topic.orders";
  const { id } = objectOf(place.stack, address);
  editLive(place.stack, address, (live) => ({ ...live, display_name: "by hand" }));
  const event = byHand([id]);
  await watch.take("test", [{ kind: "change", event }], new Date());
  await until(async () => expect(await drifts()).toHaveLength(1));
  expect(await drifts()).toMatchObject([
    {
      address,
      status: "open",
      verdict: "changed",
      attributions: [{ eventId: event.id, person: { kind: "mapped", name: "ada" }, isDelivery: false }],
    },
  ]);
  await until(async () => {
    const opened = (await place.entries()).find(({ kind }) => kind === "drift.opened");
    expect(opened).toMatchObject({
      address,
      actor: { type: "actor", id: event.actor.principal, name: "ada", channel: "console" },
      after: { display_name: "by hand" },
    });
  });
  // As the server reads the ledger, while its publisher has it.
  const [found] = await drifts();
  const index = await watch.ledger.indexOf(found?.entryId ?? "");
  const log = await watch.ledger.newest();
  const proof = await proveEntry(log, index ?? -1);
  expect(await verifyProof("proof", proof, { keys: log.signedBy })).toMatchObject({ index, signedBy: [{}] });
  editLive(place.stack, address, ({ display_name: _, ...live }) => live);
  await watch.take("test", [{ kind: "change", event: byHand([id]) }], new Date());
  await until(async () => expect(await drifts()).toMatchObject([{ status: "closed", end: "reverted" }]));
  expect(place.warnings).toEqual([]);
});

it("what is in sync costs no row, however often it is checked", { timeout: TWO_MINUTES }, async () => {
  const { watch, records } = await started();
  const name = `stack:${STACK_NAME}`;
  const beat = async () => (await records.detectors.byName(name))?.at.getTime() ?? 0;
  const rows = async () => {
    const { rows: tables } = await watch.database.pool.query(`
      SELECT table_schema || '.' || table_name AS name, (xpath('//n/text()', query_to_xml(
        format('SELECT count(*) AS n FROM %I.%I', table_schema, table_name), false, true, '')))[1]::text AS rows
      FROM information_schema.tables
      WHERE table_schema LIKE 'anchorwatch%' AND table_type = 'BASE TABLE' ORDER BY 1`);
    return tables;
  };
  const sweep = async () => {
    const before = await beat();
    await records.stacks.scheduleSweep(ID, new Date());
    await watch.jobs.send("sweep", ID, { stackId: ID, trigger: "schedule" });
    await until(async () => expect(await beat()).toBeGreaterThan(before));
    await until(async () =>
      expect((await watch.jobs.depths()).every(({ ready, active }) => ready + active === 0)).toBe(true),
    );
  };
  await sweep();
  const before = await rows();
  expect(before).toContainEqual({ name: "anchorwatch.stacks", rows: "1" });
  for (let round = 0; round < 10; round++) await sweep();
  expect(await rows()).toEqual(before);
});

it("a drift that a sweep found gets its actor when the event comes late, and is still looked at again", {
  timeout: TWO_MINUTES,
}, async () => {
  const { watch, stack, drifts, records, entries } = await started();
  editLive(stack, ORDERS, (live) => ({ ...live, display_name: "by hand" }));
  const event = byHand([objectOf(stack, ORDERS).id]);
  await watch.checkNow(ID, []);
  await until(async () => expect(await drifts()).toMatchObject([{ status: "open", attributions: [] }]));
  await happens(watch, event);
  const attributions = [{ eventId: event.id, person: { kind: "mapped", name: "ada" } }];
  const [drift] = await drifts();
  expect(drift).toMatchObject({ status: "open", verdict: "changed", times: 1, attributions });
  await until(async () => {
    const told = (await entries()).filter(isOfLife);
    expect(told).toMatchObject([
      { kind: "drift.opened", id: drift?.entryId },
      {
        kind: "drift.attributed",
        actor: { type: "actor", id: event.actor.principal, name: "ada" },
        data: { attributions: [{ eventId: event.id }] },
      },
    ]);
  });
  // What the event did may not show yet: all that showed was known before.
  const soon = new Date(Date.now() + 10_000);
  const again = (await records.looks.due(ID, soon)).filter(({ address }) => address === ORDERS);
  expect(again).toMatchObject([{ round: 1 }]);
});

it("a refresh that writes the stranger into the state leaves the drift open, as absorbed", {
  timeout: TWO_MINUTES,
}, async () => {
  const { watch, stack, drifts, records, entries } = await started();
  const { id } = objectOf(stack, ORDERS);
  editLive(stack, ORDERS, (live) => ({ ...live, display_name: "by hand" }));
  await happens(watch, byHand([id]));
  expect(await drifts()).toMatchObject([{ verdict: "changed", status: "open" }]);
  editState(stack, recordAttributes({ display_name: "by hand" }));
  await watch.checkNow(ID, []);
  await until(async () => expect(await drifts()).toMatchObject([{ verdict: "absorbed", status: "open" }]));
  await watch.checkNow(ID, []);
  await until(async () => expect((await records.checks.list({ limit: 10 })).length).toBeGreaterThan(3));
  expect(await drifts()).toMatchObject([{ verdict: "absorbed", status: "open" }]);
  // The stranger is taken out again, by a deployment.
  editLive(stack, ORDERS, ({ display_name: _, ...live }) => live);
  editState(stack, recordAttributes({ display_name: null }));
  await watch.checkNow(ID, []);
  await until(async () => expect(await drifts()).toMatchObject([{ status: "closed", end: "deployed" }]));
  await until(async () => {
    const told = (await entries()).filter(isOfLife);
    expect(told.map(({ kind, data }) => [kind, data["verdict"] ?? data["how"]])).toEqual([
      ["drift.opened", "changed"],
      ["drift.updated", "absorbed"],
      ["drift.resolved", "deployed"],
    ]);
  });
});

it("a drift that the code was changed to is adopted", { timeout: TWO_MINUTES }, async () => {
  const { watch, stack, drifts } = await started();
  const { id } = objectOf(stack, ORDERS);
  editLive(stack, ORDERS, (live) => ({ ...live, display_name: "by hand" }));
  await happens(watch, byHand([id]));
  expect(await drifts()).toMatchObject([{ status: "open" }]);
  const main = `${stack.dir}/main.tf`;
  const code = readFileSync(main, "utf8");
  writeFileSync(
    main,
    code.replace(/(resource "reference_topic" "orders" \{)/, '$1\n  display_name = "by hand"'),
  );
  editState(stack, recordAttributes({ display_name: "by hand" }));
  await watch.checkNow(ID, []);
  await until(async () => expect(await drifts()).toMatchObject([{ status: "closed", end: "adopted" }]));
});

it("what its own delivery changes is no drift while the deployment goes on, and none after it", {
  timeout: TWO_MINUTES,
}, async () => {
  const { watch, stack, drifts, kinds } = await started();
  const { id } = objectOf(stack, ORDERS);
  const principal = "arn:aws:sts::1:assumed-role/deploy/pipeline-7";
  const actor = {
    principal,
    kind: "role",
    sessionIssuer: "arn:aws:iam::1:role/deploy",
    channel: "terraform",
  } as const;
  editLive(stack, ORDERS, (live) => ({ ...live, display_name: "release 7" }));
  await happens(watch, byHand([id], { actor }));
  expect(await drifts()).toEqual([]);
  editState(stack, recordAttributes({ display_name: "release 7" }));
  await happens(watch, byHand([id], { actor }));
  expect(await drifts()).toEqual([]);
  expect(await kinds()).not.toContain("drift.opened");
});

it("a resource that was taken out of the state is unmanaged while it runs, and closed when it is gone", {
  timeout: TWO_MINUTES,
}, async () => {
  const { watch, stack, drifts } = await started();
  const main = `${stack.dir}/main.tf`;
  writeFileSync(
    main,
    readFileSync(main, "utf8").replace(/resource "reference_topic" "orders" \{[^}]*\}/, ""),
  );
  editState(stack, (resources) => resources.filter(({ name }) => name !== "orders"));
  await watch.checkNow(ID, []);
  await until(async () =>
    expect(await drifts()).toMatchObject([{ verdict: "unmanaged", status: "open", address: "" }]),
  );
  editLive(stack, ORDERS, () => undefined);
  await watch.checkNow(ID, []);
  await until(async () => expect(await drifts()).toMatchObject([{ status: "closed", end: "removed" }]));
});

it("another lineage in the place of the state is a failed check that says what to do, and closes nothing", {
  timeout: TWO_MINUTES,
}, async () => {
  const { watch, stack, drifts, records } = await started();
  editLive(stack, ORDERS, (live) => ({ ...live, display_name: "by hand" }));
  await happens(watch, byHand([objectOf(stack, ORDERS).id]));
  const state = readFileSync(stack.statePath, "utf8");
  writeFileSync(stack.statePath, state.replace(/"lineage": *"[^"]*"/, '"lineage": "another"'));
  await watch.checkNow(ID, []);
  await until(async () =>
    expect(await records.stacks.byName(STACK_NAME)).toMatchObject({
      health: "failed",
      error: { code: "stack_state_replaced" },
    }),
  );
  expect(await drifts()).toMatchObject([{ status: "open", verdict: "changed" }]);
});

it("a new state that records what the watched code does not say is a finding of its own", {
  timeout: TWO_MINUTES,
}, async () => {
  const { watch, stack, drifts, entries } = await started();
  const deployments = async () =>
    (await entries()).filter(({ kind }) => kind === "deployment.found").map(({ data }) => data);
  // Code, record and cloud agree about what somebody wrote there.
  editState(stack, recordAttributes({}));
  await watch.checkNow(ID, []);
  await until(async () => expect(await deployments()).toMatchObject([{ finding: "unknown_writer" }]));
  editLive(stack, ORDERS, (live) => ({ ...live, name: "of-a-laptop" }));
  editState(stack, recordAttributes({ name: "of-a-laptop" }));
  await watch.checkNow(ID, []);
  await until(async () =>
    expect((await deployments()).at(-1)).toMatchObject({ finding: "other_code", addresses: [ORDERS] }),
  );
  expect(await drifts()).toEqual([]);
});

it.skipIf(terraform === undefined)(
  "a drift follows its resource through a real `state mv`, with what tells whether it was put right",
  {
    timeout: TWO_MINUTES,
  },
  async () => {
    const { watch, stack, drifts, bench, sweep } = await started();
    editLive(stack, ORDERS, (live) => ({ ...live, display_name: "by hand" }));
    await happens(watch, byHand([objectOf(stack, ORDERS).id]));
    const [before] = await drifts();
    expect(before).toMatchObject({ address: ORDERS, verdict: "changed" });
    const main = `${stack.dir}/main.tf`;
    writeFileSync(
      main,
      readFileSync(main, "utf8").replace('"reference_topic" "orders"', '"reference_topic" "sold"'),
    );
    const move = ["state", "mv", `-state=${stack.statePath}`, ORDERS, "reference_topic.sold"];
    const env = { PATH: process.env["PATH"], HOME: bench.folder, CHECKPOINT_DISABLE: "1" };
    expect(await run(terraform ?? "", move, { cwd: bench.folder, env })).toMatchObject({ status: 0 });
    const moved = {
      id: before?.id,
      address: "reference_topic.sold",
      status: "open",
      verdict: "changed",
      times: 1,
    };
    await sweep();
    expect(await drifts()).toMatchObject([moved]);
    // By its new address alone, it is still the same drift, and nothing was absorbed.
    await sweep();
    expect(await drifts()).toMatchObject([moved]);
    editLive(stack, ORDERS, ({ display_name: _, ...live }) => live);
    editState(stack, (resources) => resources);
    await sweep();
    expect(await drifts()).toMatchObject([{ ...moved, status: "closed", end: "deployed" }]);
  },
);

it("a deployment that makes fewer of a resource leaves no drift behind; what is gone and in the code was deleted by hand", {
  timeout: TWO_MINUTES,
}, async () => {
  const { stack, drifts, sweep } = await started({
    resources: [topic("orders", { count: 2, set: { name: "orders-${count.index}" } })],
  });
  const main = `${stack.dir}/main.tf`;
  writeFileSync(main, readFileSync(main, "utf8").replace(/count\s*=\s*2/, "count = 1"));
  editLive(stack, `${ORDERS}[1]`, () => undefined);
  editState(stack, (all) => all.map((one) => ({ ...one, instances: one.instances.slice(0, 1) })));
  await sweep();
  expect(await drifts()).toEqual([]);
  editLive(stack, `${ORDERS}[0]`, () => undefined);
  editState(stack, () => []);
  await sweep();
  expect(await drifts()).toMatchObject([{ address: `${ORDERS}[0]`, status: "open", verdict: "absorbed" }]);
});

it("the API shows all who may have been it, the latest first: whom nobody knows, and the stack's own delivery", {
  timeout: TWO_MINUTES,
}, async () => {
  const { watch, stack, drifts, records } = await started();
  const { id } = objectOf(stack, ORDERS);
  const ago = (seconds: number) => new Date(Date.now() - seconds * 1000);
  const ada = byHand([id], { time: ago(30) });
  const eve = byHand([id], {
    time: ago(20),
    actor: { principal: "arn:aws:iam::1:user/eve", kind: "user", channel: "cli" },
  });
  const pipeline = byHand([id], {
    time: ago(10),
    actor: {
      principal: "arn:aws:sts::1:assumed-role/deploy/run-7",
      kind: "role",
      sessionIssuer: "arn:aws:iam::1:role/deploy",
      channel: "terraform",
    },
  });
  editLive(stack, ORDERS, (live) => ({ ...live, display_name: "by hand" }));
  const batch = [eve, pipeline, ada].map((event) => ({ kind: "change", event }) as const);
  await watch.take("test", batch, new Date());
  await until(async () => expect(await drifts()).toHaveLength(1));
  const { api } = await testServer(memoryWatch({}, { records }));
  const [drift] = await drifts();
  const answer = await api.inject({ url: `/api/v1/drifts/${drift?.id}`, headers: { host: "localhost" } });
  const attributions = [
    { eventId: pipeline.id, person: { kind: "unmapped" }, isDelivery: true },
    { eventId: eve.id, person: { kind: "unmapped" }, isDelivery: false },
    { eventId: ada.id, person: { kind: "mapped", name: "ada" }, isDelivery: false },
  ];
  expect(answer.json()).toMatchObject({
    drift: { status: "open", attributions },
    history: [{ kind: "opened", attributions }],
  });
});

it("what cannot be read closes nothing, also where the provider fails in the midst of a sweep", {
  timeout: TWO_MINUTES,
}, async () => {
  const { watch, stack, drifts, records } = await started();
  const { id } = objectOf(stack, ORDERS);
  editLive(stack, ORDERS, (live) => ({ ...live, display_name: "by hand" }));
  await happens(watch, byHand([id]));
  const [before] = await drifts();
  editLive(stack, ORDERS, ({ display_name: _, ...live }) => live);
  for (const kind of ["error", "crash"] as const) {
    setFaults(stack.storePath, [{ kind, id, call: "ReadResource" }]);
    const at = (await records.stacks.byName(STACK_NAME))?.lastCheckAt;
    await watch.checkNow(ID, []);
    await until(async () => expect((await records.stacks.byName(STACK_NAME))?.lastCheckAt).not.toEqual(at));
    expect(await records.stacks.byName(STACK_NAME)).toMatchObject({ coverage: { unknown: 1, inSync: 1 } });
    expect(await drifts()).toEqual([before]);
  }
});
