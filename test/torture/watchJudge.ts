/** Whether a watch that was tortured kept what it promises. Each fault is a line. */
import { readdirSync, readlinkSync } from "node:fs";
import { openForReading } from "../../packages/anchorwatch/src/app/ledger/openForReading.ts";
import { verifyLedger } from "../../packages/anchorwatch/src/app/ledger/verifyLedger.ts";
import { thisLedgerMachine } from "../../packages/anchorwatch/src/cli/ledger/thisLedgerMachine.ts";
import type { JsonObject } from "../../packages/anchorwatch/src/domain/jsonValue.ts";
import { decodeEntry } from "../../packages/anchorwatch/src/ledger/entry/entry.ts";
import type { EntryInput } from "../../packages/anchorwatch/src/ledger/entry/form.ts";
import type { Live, WatchedResource } from "./watchedCloud.ts";
import type { DriftRow, StepRow, WatchRows } from "./watchRows.ts";

/** What is not as it will be when all is quiet: a drift that is missing, work that was not done. Asked for until there is none. */
export async function unsettled(
  rows: Pick<WatchRows, "drifts" | "outbox" | "toDo" | "unhealthy">,
  resources: readonly WatchedResource[],
): Promise<readonly string[]> {
  const drifts = await rows.drifts();
  const outbox = await rows.outbox();
  return [
    ...resources.flatMap((resource) => misjudged(resource, drifts)),
    ...(await rows.toDo()),
    ...(await rows.unhealthy()),
    ...outbox.map(({ id }) => `entry ${String(id)} waits in the outbox`),
  ];
}

function misjudged(
  { stack, address, live }: WatchedResource,
  drifts: readonly DriftRow[],
): readonly string[] {
  const open = drifts.filter(
    (drift) => drift.stack === stack && drift.address === address && drift.status === "open",
  );
  const shown = open.map(({ verdict, found }) => `${verdict} ${displayName(found)}`.trim()).join();
  const expected = expectedOf(live);
  const nameless = open.some(({ causes }) => causes.length === 0);
  return [
    ...(shown === expected
      ? []
      : [`${stack} ${address}: open are [${shown}], and what runs is [${expected}]`]),
    ...(nameless ? [`${stack} ${address}: nobody is named as its cause`] : []),
  ];
}

/** Verdict and name, as they are shown. */
function expectedOf(live: Live): string {
  switch (live.kind) {
    case "as_recorded":
      return "";
    case "deleted":
      return "deleted";
    case "changed":
      return `changed ${live.name}`;
  }
}

function displayName({ after }: JsonObject): string {
  const isObject = typeof after === "object" && after !== null && "display_name" in after;
  return isObject && typeof after["display_name"] === "string" ? after["display_name"] : "";
}

/** What is left of a watch when it has ended. */
export interface WatchEvidence {
  /** In the order in which they were taken. */
  readonly steps: readonly StepRow[];
  readonly drifts: readonly Pick<DriftRow, "stack" | "address">[];
  readonly eventIds: readonly string[];
  readonly checkIds: readonly string[];
  /** Of the ledger. */
  readonly entries: readonly JudgedEntry[];
  /** Of the outbox: some of them may be in the ledger already. */
  readonly waiting: readonly JudgedEntry[];
}

export type JudgedEntry = Pick<EntryInput, "id" | "kind" | "refs" | "address"> & {
  readonly stack?: { readonly name?: string };
};

/** What must hold at every time. @param acknowledged ids of events */
export function broken(evidence: WatchEvidence, acknowledged: ReadonlySet<string>): readonly string[] {
  const { steps, drifts, eventIds, checkIds, entries, waiting } = evidence;
  const known = new Set(entries.map(({ id }) => id));
  const all = [...entries, ...waiting.filter(({ id }) => !known.has(id))];
  const ofKind = (prefix: string) => all.filter(({ kind }) => kind.startsWith(prefix));
  const drifting = ofKind("drift.").map(keyOfEntry);
  return [
    ...repeated(entries.map(({ id }) => `entry ${id}`)),
    ...missing("event", acknowledged, eventIds),
    ...repeated(drifts.map(({ stack, address }) => `drift of ${stack} ${address}`)),
    ...impossible(steps),
    ...unequal(
      steps.filter(({ kind }) => kind in KINDS).map(keyOfStep),
      drifting.filter((key) => !key.startsWith(CLASSIFIED)),
    ),
    ...repeated(drifting.filter((key) => key.startsWith(CLASSIFIED))),
    ...unclassified(drifting),
    ...unequal(
      checkIds,
      ofKind("check.").map(({ id }) => id),
    ),
  ];
}

/** @param ledger absolute path. @throws AnchorwatchError when the ledger does not verify */
export async function evidenceOf(rows: WatchRows, ledger: string): Promise<WatchEvidence> {
  return {
    steps: await rows.steps(),
    drifts: await rows.drifts(),
    eventIds: await rows.eventIds(),
    checkIds: await rows.checkIds(),
    entries: await entriesOf(ledger),
    waiting: (await rows.outbox()) as unknown as readonly EntryInput[],
  };
}

const CLASSIFIED = "drift.classified ";

/** How bad it is stands in the ledger as surely as that it is there. */
function unclassified(keys: readonly string[]): readonly string[] {
  const there = new Set(keys);
  return keys
    .filter((key) => key.startsWith("drift.opened "))
    .filter((key) => !there.has(key.replace("drift.opened ", CLASSIFIED)))
    .map((key) => `${key} was never classified`);
}

const KINDS: Readonly<Record<string, string>> = {
  opened: "drift.opened",
  reopened: "drift.opened",
  updated: "drift.updated",
  absorbed: "drift.updated",
  attributed: "drift.attributed",
  closed: "drift.resolved",
};

function keyOfStep({ stack, address, kind, check }: StepRow): string {
  return [KINDS[kind], check, stack, address].join(" ");
}

function keyOfEntry({ kind, refs = [], stack, address }: JudgedEntry): string {
  const check = refs.find(({ type }) => type === "check")?.id;
  return [kind, check, stack?.name, address].join(" ");
}

/** A drift is opened, perhaps changed, closed, and opened again. */
function impossible(steps: readonly StepRow[]): readonly string[] {
  const open = new Map<string, boolean>();
  return steps.flatMap(({ drift, stack, address, kind }) => {
    const before = open.get(drift);
    open.set(drift, kind !== "closed");
    const fits =
      kind === "opened" ? before === undefined : kind === "reopened" ? before === false : before === true;
    return fits
      ? []
      : [`${stack} ${address} was ${kind} when it was ${before === true ? "open" : "not open"}`];
  });
}

function missing(what: string, wanted: ReadonlySet<string>, found: readonly string[]): readonly string[] {
  const there = new Set(found);
  const lost = [...wanted].filter((id) => !there.has(id)).map((id) => `${what} ${id} was lost`);
  return [...lost, ...repeated(found.map((id) => `${what} ${id}`))];
}

function repeated(names: readonly string[]): readonly string[] {
  return [...counted(names)].flatMap(([name, count]) =>
    count === 1 ? [] : [`${name} is there ${count} times`],
  );
}

function unequal(records: readonly string[], entries: readonly string[]): readonly string[] {
  const [inRecords, inEntries] = [counted(records), counted(entries)];
  return [...new Set([...records, ...entries])].flatMap((key) => {
    const [one, other] = [inRecords.get(key) ?? 0, inEntries.get(key) ?? 0];
    return one === other ? [] : [`${key}: ${one} in the database, ${other} in the ledger`];
  });
}

function counted(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

async function entriesOf(path: string): Promise<readonly EntryInput[]> {
  const machine = thisLedgerMachine();
  const place = { kind: "folder", name: "ledger", path } as const;
  const { signal } = new AbortController();
  await verifyLedger({ place, keys: [], anchors: [] }, machine, { signal, progress: () => {} });
  const log = await openForReading(place, [], machine);
  const entries: EntryInput[] = [];
  for await (const { bytes } of log.entries(0, log.checkpoint.size)) {
    const decoded = decodeEntry(bytes);
    if (decoded.kind === "entry") entries.push(decoded.entry);
  }
  return entries;
}

/** Processes that stand in the folder, as all of a PostgreSQL do in that of its data. Linux only: elsewhere none is found. */
export function standingIn(folder: string): readonly string[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc").filter((id) => /^[0-9]+$/.test(id) && placeOf(id).startsWith(folder));
}

/** Empty for a process that has ended meanwhile, or is somebody else's. */
function placeOf(id: string): string {
  try {
    return readlinkSync(`/proc/${id}/cwd`);
  } catch {
    return "";
  }
}
