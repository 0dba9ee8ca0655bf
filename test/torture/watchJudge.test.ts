import { expect, it } from "vitest";
import type { WatchedResource } from "./watchedCloud.ts";
import { broken, type JudgedEntry, unsettled, type WatchEvidence } from "./watchJudge.ts";
import type { DriftRow, StepRow, WatchRows } from "./watchRows.ts";

const PLACE = { stack: "stack-1", address: "reference_topic.a" } as const;
const OPEN: DriftRow = {
  ...{ ...PLACE, id: "d1", status: "open", verdict: "changed" },
  ...{ causes: ["e1"], found: { after: { display_name: "One" } } },
};
const TOPIC: WatchedResource = { ...PLACE, live: { kind: "changed", name: "One" } };

const step = (kind: string, check: string): StepRow => ({ ...PLACE, drift: "d1", kind, check });
const driftEntry = (id: string, kind: string, check: string): JudgedEntry => ({
  ...{ id, kind, address: PLACE.address, stack: { name: PLACE.stack } },
  refs: [{ type: "check", id: check }],
});
const checkEntry = (id: string): JudgedEntry => ({ id, kind: "check.completed" });

const SOUND: WatchEvidence = {
  steps: [step("opened", "c1"), step("closed", "c2"), step("reopened", "c3"), step("updated", "c4")],
  drifts: [PLACE],
  eventIds: ["e1", "e2"],
  checkIds: ["c1", "c2", "c3", "c4"],
  entries: [
    ...["c1", "c2", "c3", "c4"].map(checkEntry),
    driftEntry("n1", "drift.opened", "c1"),
    driftEntry("k1", "drift.classified", "c1"),
    driftEntry("k3", "drift.classified", "c3"),
    driftEntry("n2", "drift.resolved", "c2"),
    driftEntry("n3", "drift.opened", "c3"),
  ],
  waiting: [driftEntry("n3", "drift.opened", "c3"), driftEntry("n4", "drift.updated", "c4")],
};
const ACKNOWLEDGED: ReadonlySet<string> = new Set(["e1", "e2"]);

it("finds nothing broken where all fits, whether an entry still waits or is known to be in the ledger", () => {
  expect(broken(SOUND, ACKNOWLEDGED)).toEqual([]);
});

it.each<readonly [what: string, planted: Partial<WatchEvidence>, told: readonly string[]]>([
  ["an event that was lost", { eventIds: ["e1"] }, ["event e2 was lost"]],
  ["an event that is stored twice", { eventIds: ["e1", "e2", "e2"] }, ["event e2 is there 2 times"]],
  [
    "a drift that has two records",
    { drifts: [PLACE, PLACE] },
    ["drift of stack-1 reference_topic.a is there 2 times"],
  ],
  [
    "an entry that was published twice",
    { entries: [...SOUND.entries, checkEntry("c1")] },
    ["entry c1 is there 2 times", "c1: 1 in the database, 2 in the ledger"],
  ],
  [
    "a drift that was opened when it was open",
    {
      steps: [...SOUND.steps, step("reopened", "c4")],
      waiting: [
        ...SOUND.waiting,
        driftEntry("n5", "drift.opened", "c4"),
        driftEntry("k5", "drift.classified", "c4"),
      ],
    },
    ["stack-1 reference_topic.a was reopened when it was open"],
  ],
  [
    "a drift that was classified twice by one check, and one that never was",
    {
      entries: SOUND.entries.map((entry) =>
        entry.id === "k3" ? driftEntry("k3", "drift.classified", "c1") : entry,
      ),
    },
    [
      "drift.classified c1 stack-1 reference_topic.a is there 2 times",
      "drift.opened c3 stack-1 reference_topic.a was never classified",
    ],
  ],
  [
    "a step without an entry",
    { waiting: [] },
    ["drift.updated c4 stack-1 reference_topic.a: 1 in the database, 0 in the ledger"],
  ],
  [
    "an entry of which the database knows nothing",
    { checkIds: ["c1", "c2", "c3"] },
    ["c4: 0 in the database, 1 in the ledger"],
  ],
])("tells %s", (_, planted, told) => {
  expect(broken({ ...SOUND, ...planted }, ACKNOWLEDGED)).toEqual(told);
});

interface Planted {
  readonly drifts?: readonly DriftRow[];
  readonly outbox?: readonly { readonly id: string }[];
  readonly toDo?: readonly string[];
  readonly unhealthy?: readonly string[];
}

function rowsOf({
  drifts = [OPEN],
  outbox = [],
  toDo = [],
  unhealthy = [],
}: Planted): Parameters<typeof unsettled>[0] {
  const rows = { drifts, outbox, toDo, unhealthy };
  const reading = Object.entries(rows).map(([name, found]) => [name, () => Promise.resolve(found)]);
  return Object.fromEntries(reading) as Pick<WatchRows, keyof typeof rows>;
}

it("calls it settled when the open drifts are what runs, with a name on each", async () => {
  const closed: DriftRow = { ...OPEN, id: "d2", address: "reference_topic.b", status: "closed", causes: [] };
  const other: WatchedResource = { ...PLACE, address: closed.address, live: { kind: "as_recorded" } };
  expect(await unsettled(rowsOf({ drifts: [OPEN, closed] }), [TOPIC, other])).toEqual([]);
});

const at = "stack-1 reference_topic.a";
it.each<readonly [what: string, planted: Planted, told: string]>([
  ["a drift that nobody noticed", { drifts: [] }, `${at}: open are [], and what runs is [changed One]`],
  [
    "a drift that is there twice",
    { drifts: [OPEN, OPEN] },
    `${at}: open are [changed One,changed One], and what runs is [changed One]`,
  ],
  [
    "a drift as it was before",
    { drifts: [{ ...OPEN, verdict: "deleted", found: {} }] },
    `${at}: open are [deleted], and what runs is [changed One]`,
  ],
  [
    "a drift that has no name on it",
    { drifts: [{ ...OPEN, causes: [] }] },
    `${at}: nobody is named as its cause`,
  ],
  ["an entry that is not published", { outbox: [{ id: "n1" }] }, "entry n1 waits in the outbox"],
  [
    "a job that is stuck",
    { toDo: ["job look of s1, active since 60 s"] },
    "job look of s1, active since 60 s",
  ],
  ["a stack that cannot be read", { unhealthy: ["stack s1 is failed"] }, "stack s1 is failed"],
])("waits for %s", async (_, planted, told) => {
  expect(await unsettled(rowsOf(planted), [TOPIC])).toEqual([told]);
});
