/** A watch in memory, for tests of the server: what it is told to hold it gives, and what is asked of it it remembers. */
import type { VerifierKey } from "tlog";
import { DEFAULT_GATE } from "../app/gate/gateSettings.ts";
import { servedLedger } from "../app/ledger/servedLedger.ts";
import type { ServedPlaybooks } from "../app/playbooks/servedPlaybooks.ts";
import type { WantedStack } from "../app/watch/managing.ts";
import type { SignedReceipt } from "../app/watch/signedSources.ts";
import type { Attribution } from "../domain/actor.ts";
import type { DriftClass, Severity } from "../domain/classification.ts";
import type { Visible } from "../domain/labels.ts";
import type { ClaimRecord } from "../watch/claim.ts";
import { type DriftId, type DriftRecord, type DriftStep, weightOf } from "../watch/drift.ts";
import type { ExceptionId, ExceptionRecord } from "../watch/exception.ts";
import type { FreezeId } from "../watch/freeze.ts";
import type {
  CheckRecord,
  DetectorStatus,
  DriftTotals,
  ListedResource,
  Page,
  PagePosition,
  SeenActor,
  StoredEvent,
} from "../watch/records.ts";
import type { StackId, StackStatus } from "../watch/stack.ts";
import type { SearchedAccount, UnmanagedRecord } from "../watch/unmanaged.ts";
import { ALL_LABELS } from "./memoryAccess.fixture.ts";
import { isAlive } from "./shapes/detector.ts";
import type { LiveChange, RequestHeaders, Watch } from "./watch.ts";

export const NOW = new Date("2026-03-01T12:00:00.000Z");

export interface MemoryWatch extends Watch {
  readonly tell: (change: LiveChange) => void;
  readonly listeners: () => number;
  readonly wantedChecks: { readonly id: string; readonly addresses: readonly string[] }[];
  readonly received: {
    readonly source: string;
    readonly headers: RequestHeaders;
    readonly body: Uint8Array;
  }[];
}

export interface MemoryContent {
  readonly stacks?: readonly StackStatus[];
  readonly drifts?: readonly DriftRecord[];
  readonly steps?: readonly DriftStep[];
  readonly exceptions?: readonly ExceptionRecord[];
  readonly checks?: readonly CheckRecord[];
  readonly events?: readonly StoredEvent[];
  readonly detectors?: readonly DetectorStatus[];
  readonly claims?: readonly ClaimRecord[];
  readonly actors?: readonly SeenActor[];
  readonly accounts?: readonly SearchedAccount[];
  readonly unmanaged?: readonly UnmanagedRecord[];
  /** By stack. */
  readonly resources?: Readonly<Record<string, readonly ListedResource[]>>;
  /** Files of its log by path; the keys that are known of it; file of its search index. */
  readonly ledger?: Readonly<Record<string, Uint8Array>>;
  readonly ledgerKeys?: readonly VerifierKey[];
  readonly ledgerIndex?: string;
  readonly receipt?: SignedReceipt;
}

function accountsOf({ accounts = [] }: MemoryContent, visible: Visible["visible"]) {
  return accounts.filter(({ labelSet }) => visible === undefined || visible.includes(labelSet));
}

function unmanagedIn(content: MemoryContent, visible: Visible["visible"]) {
  const names = new Set(accountsOf(content, visible).map(({ name }) => name));
  return (content.unmanaged ?? []).filter(({ account }) => names.has(account));
}

const NO_ALERTS: Watch["alerts"] = {
  kept: {
    list: async () => [],
    byId: async () => undefined,
    countsOf: async () => undefined,
    members: async () => [],
    channelsOf: async () => [],
    labelSets: async () => [],
  },
  deliveries: { ofAlert: async () => [], dead: async () => [], totals: async () => [] },
  answeredWith: async (id) => [id],
  answer: async () => undefined,
  accept: async () => undefined,
  resend: async () => 0,
  channels: () => [],
  partsOf: () => undefined,
  test: async () => {},
};

const NO_PLAYBOOKS: ServedPlaybooks = {
  runs: { list: async () => [], byId: async () => undefined },
  freezes: { list: async () => [], byId: async () => undefined },
  list: () => [],
  dryRun: async () => undefined,
  freeze: async (wanted, { principal: { id, name } }) => ({
    ...{ ...wanted, id: "freeze-1" as FreezeId, by: id, byName: name },
    ...{ at: NOW, updatedAt: NOW, state: "active", version: 1 },
  }),
  thaw: async () => undefined,
  freezeOf: async () => undefined,
};

export function memoryWatch(content: MemoryContent = {}, changes: Partial<Watch> = {}): MemoryWatch {
  const stacks = new Map((content.stacks ?? []).map((status) => [status.stack.id, status]));
  const listeners = new Set<(change: LiveChange) => void>();
  const wantedChecks: { id: string; addresses: readonly string[] }[] = [];
  const received: MemoryWatch["received"] = [];
  const { ledger } = content;
  const isVisible = ({ labelSet }: StackStatus, visible: Visible["visible"]) =>
    visible === undefined || visible.includes(labelSet);
  /** What belongs to no stack of this watch is everybody's: many tests need none. */
  const seesStack = (id: StackId, visible: Visible["visible"]) => {
    const found = stacks.get(id);
    return found === undefined || isVisible(found, visible);
  };
  return {
    records: {
      stacks: {
        list: async ({
          health,
          name,
          namePrefix = "",
          labels = {},
          sort = "name",
          order = "asc",
          visible,
          ...page
        }) => {
          const value = ({ stack, lastCheckAt }: StackStatus) =>
            sort === "name" ? stack.name : (lastCheckAt?.toISOString() ?? "");
          const found = [...stacks.values()]
            .filter((one) => health === undefined || one.health === health)
            .filter(
              ({ stack }) => (name === undefined || stack.name === name) && stack.name.startsWith(namePrefix),
            )
            .filter(({ stack }) =>
              Object.entries(labels).every(([key, text]) => stack.labels?.[key] === text),
            )
            .filter((one) => isVisible(one, visible));
          return pageOf(found, page, { value, id: ({ stack }) => stack.id, order });
        },
        byId: async (id, { visible } = {}) => {
          const found = stacks.get(id);
          return found !== undefined && isVisible(found, visible) ? found : undefined;
        },
        hadNameUntil: async (id) => {
          const name = stacks.get(id)?.stack.name;
          const others = [...stacks.values()].filter(({ stack }) => stack.name === name && stack.id !== id);
          return others[0]?.stack.addedAt;
        },
        totals: async ({ visible } = {}) => {
          const seen = [...stacks.values()].filter((one) => isVisible(one, visible));
          const drifts = (content.drifts ?? []).filter(
            ({ status, stackId }) => status === "open" && seesStack(stackId, visible),
          );
          const claims = (content.claims ?? []).filter(({ status }) => status === "open");
          return {
            stacks: { new: 0, ok: seen.length, failed: 0, gone: 0 },
            openDrifts: drifts.length,
            drifts: driftTotalsOf(drifts),
            openClaims: claims.filter(({ stacks: ids }) => ids.every((id) => seesStack(id, visible))).length,
          };
        },
      },
      resources: {
        listed: async ({ stackId, type, addressPrefix = "", ...page }) =>
          pageOf(
            (content.resources?.[stackId] ?? []).filter(
              (one) => (type === undefined || one.type === type) && one.address.startsWith(addressPrefix),
            ),
            page,
            { value: ({ address }) => address, id: () => "", order: "asc" },
          ),
      },
      actors: { list: async () => content.actors ?? [] },
      unmanaged: {
        accounts: async ({ visible } = {}) => accountsOf(content, visible),
        stacksWithoutState: async () => ({ waiting: 0, unread: 0 }),
        byId: async (id, { visible } = {}) => unmanagedIn(content, visible).find((one) => one.id === id),
        totals: async ({ visible } = {}) =>
          accountsOf(content, visible)
            .filter(({ search }) => search !== undefined)
            .map(({ name }) => {
              const of = (status: UnmanagedRecord["status"]) =>
                unmanagedIn(content, visible).filter((one) => one.account === name && one.status === status);
              return { account: name, open: of("open").length, accepted: of("accepted").length };
            }),
        list: async ({ account, status, type, region, severity, class: ofClass, sort, visible, ...page }) =>
          pageOf(
            unmanagedIn(content, visible).filter(
              (one) =>
                (status === undefined ? one.status !== "closed" : one.status === status) &&
                (account === undefined || one.account === account) &&
                (type === undefined || one.type === type) &&
                (region === undefined || one.region === region) &&
                (severity === undefined || one.classification?.severity === severity) &&
                (ofClass === undefined || one.classification?.class === ofClass),
            ),
            page,
            {
              value: (one) => (sort === "severity" ? weightOf(one) : one.updatedAt.toISOString()),
              id: ({ id }) => id,
              order: "desc",
            },
          ),
      },
      claims: {
        list: async ({ stackId, status, visible, ...page }) =>
          pageOf(
            (content.claims ?? []).filter(
              (claim) =>
                (stackId === undefined || claim.stacks.includes(stackId)) &&
                (status === undefined || claim.status === status) &&
                claim.stacks.every((id) => seesStack(id, visible)),
            ),
            page,
            { value: ({ updatedAt }) => updatedAt.toISOString(), id: ({ id }) => id, order: "desc" },
          ),
      },
      checks: {
        list: async ({ stackId, visible, ...page }) =>
          pageOf(
            (content.checks ?? []).filter(
              (check) =>
                (stackId === undefined || check.stackId === stackId) && seesStack(check.stackId, visible),
            ),
            page,
            { value: ({ finishedAt }) => finishedAt.toISOString(), id: ({ id }) => id, order: "desc" },
          ),
      },
      drifts: {
        byId: async (id, { visible } = {}) =>
          content.drifts?.find((drift) => drift.id === id && seesStack(drift.stackId, visible)),
        history: async (id) => (content.steps ?? []).filter((step) => step.driftId === id),
        list: async ({ stackId, status, sort = "updatedAt", order = "desc", visible, ...page }) =>
          pageOf(
            (content.drifts ?? []).filter(
              (drift) =>
                (stackId === undefined || drift.stackId === stackId) &&
                (status === undefined || drift.status === status) &&
                seesStack(drift.stackId, visible),
            ),
            page,
            {
              value: (drift) => (sort === "severity" ? weightOf(drift) : drift[sort].toISOString()),
              id: ({ id }) => id,
              order,
            },
          ),
      },
      exceptions: {
        byId: async (id, { visible } = {}) => {
          const exception = content.exceptions?.find(
            (one) => one.id === id && seesStack(one.stackId, visible),
          );
          const labelSet = exception && stacks.get(exception.stackId)?.labelSet;
          return exception === undefined || labelSet === undefined ? undefined : { exception, labelSet };
        },
        list: async ({ stackId, state, kind, visible, ...page }) =>
          pageOf(
            (content.exceptions ?? []).filter(
              (one) =>
                (kind === undefined || one.kind === kind) &&
                (stackId === undefined || one.stackId === stackId) &&
                (state === undefined || one.state === state) &&
                seesStack(one.stackId, visible),
            ),
            page,
            { value: ({ updatedAt }) => updatedAt.toISOString(), id: ({ id }) => id, order: "desc" },
          ),
      },
      events: {
        list: async ({ stackId, candidates = "also", visible, ...page }) =>
          pageOf(
            (content.events ?? []).filter(({ touched }) => {
              const isCandidate = touched.length === 0;
              if (candidates !== "also" && isCandidate !== (candidates === "only")) return false;
              const isSeen = isCandidate || touched.some((one) => seesStack(one.stackId, visible));
              return isSeen && (stackId === undefined || touched.some((one) => one.stackId === stackId));
            }),
            page,
            { value: ({ receivedAt }) => receivedAt.toISOString(), id: ({ id }) => id, order: "desc" },
          ),
      },
      detectors: {
        worst: async (now, limit) =>
          (content.detectors ?? [])
            .toSorted(
              (a, b) => Number(isAlive(a, now)) - Number(isAlive(b, now)) || a.at.getTime() - b.at.getTime(),
            )
            .slice(0, limit),
        totals: async (now) => detectorTotals(content, now),
      },
    },
    ledger:
      ledger === undefined
        ? undefined
        : servedLedger({
            source: { name: "memory", read: async (path) => ledger[path] },
            keys: async () => content.ledgerKeys ?? [],
            ...(content.ledgerIndex === undefined ? {} : { indexFile: content.ledgerIndex }),
            onWarning: () => {},
          }),
    addStack: async (wanted) => {
      const status = addedStack(wanted, stacks.size + 1);
      stacks.set(status.stack.id, status);
      return status;
    },
    removeStack: async (id) => {
      const found = stacks.get(id);
      if (found === undefined) return "unknown";
      if (found.stack.declaredBy === "config") return "declared";
      stacks.delete(id);
      return "removed";
    },
    checkNow: async (id, addresses) => {
      const found = stacks.get(id);
      if (found === undefined) return "unknown";
      if (found.health === "gone") return "gone";
      wantedChecks.push({ id, addresses });
      return "queued";
    },
    alerts: NO_ALERTS,
    changeBaseline: async ({ change, account, ids }) =>
      (content.unmanaged ?? []).filter(
        (one) =>
          one.account === account &&
          one.status === (change === "accept" ? "open" : "accepted") &&
          (ids?.includes(one.id) ?? true),
      ).length,
    gate: () => ({ settings: DEFAULT_GATE, rules: { files: [], section: "" } }),
    freezeOf: async () => undefined,
    playbooks: NO_PLAYBOOKS,
    addException: async (wanted, { principal }) => ({
      ...wanted,
      ...{
        id: "exception-1" as ExceptionId,
        by: principal.id,
        byName: principal.name,
        at: NOW,
        updatedAt: NOW,
      },
      ...{ state: "active", version: 1 },
    }),
    revokeException: async (id) => {
      const known = content.exceptions?.find((one) => one.id === id);
      return known && { ...known, state: "revoked", version: known.version + 1 };
    },
    receive: async (source, headers, body) => {
      received.push({ source, headers, body });
      return content.receipt ?? { kind: "accepted", records: 1, changes: 1, malformed: 0 };
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    status: () => ({ startedAt: NOW, configuration: { file: "anchorwatch.server.yaml", inForceSince: NOW } }),
    configuration: () => ({ settings: { server: { port: 7478 } }, atNextStart: [] }),
    readiness: async () => ({ database: { kind: "well" }, publisher: { kind: "well" } }),
    totals: async () => ({
      stacks: { new: 0, ok: stacks.size, failed: 0, gone: 0 },
      openClaims: (content.claims ?? []).filter(({ status }) => status === "open").length,
      detectors: detectorTotals(content, NOW),
      openDrifts: (content.drifts ?? []).filter(({ status }) => status === "open").length,
      drifts: driftTotalsOf((content.drifts ?? []).filter(({ status }) => status === "open")),
      outbox: { entries: 2, oldestAt: new Date(NOW.getTime() - 3000) },
      queues: { look: 1, sweep: 0 },
      deadJobs: { look: 0, sweep: 2 },
    }),
    gauges: () => ({ providerProcesses: 3, providerMemoryBytes: 1_000_000 }),
    ...changes,
    tell: (change) => {
      for (const listener of listeners) listener(change);
    },
    listeners: () => listeners.size,
    wantedChecks,
    received,
  };
}

function detectorTotals({ detectors = [] }: MemoryContent, now: Date) {
  const alive = detectors.filter((detector) => isAlive(detector, now)).length;
  return { alive, dead: detectors.length - alive };
}

interface Listing<Item> {
  readonly value: (item: Item) => string;
  readonly id: (item: Item) => string;
  readonly order: "asc" | "desc";
}

function pageOf<Item>(
  items: readonly Item[],
  { limit, after }: Page,
  { value, id, order }: Listing<Item>,
): readonly Item[] {
  const sign = order === "asc" ? 1 : -1;
  const rank = (a: PagePosition, b: PagePosition) =>
    sign * (compareText(a.value, b.value) || compareText(a.id, b.id));
  const at = (item: Item) => ({ value: value(item), id: id(item) });
  return items
    .toSorted((a, b) => rank(at(a), at(b)))
    .filter((item) => after === undefined || rank(at(item), after) > 0)
    .slice(0, limit);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function addedStack(wanted: WantedStack, number: number): StackStatus {
  const { sweepEveryMs = 600_000, ...rest } = wanted;
  const stack = {
    id: `stack-${number}` as StackId,
    ...rest,
    declaredBy: "api",
    sweepEveryMs,
    addedAt: NOW,
  } as const;
  return { stack, labelSet: ALL_LABELS, health: "new", failures: 0, openDrifts: 0 };
}

export function stackNamed(name: string, changes: Partial<StackStatus> = {}): StackStatus {
  return {
    stack: {
      id: `id-${name}` as StackId,
      name,
      engine: "terraform",
      origin: { kind: "folder", path: `/infra/${name}` },
      declaredBy: "config",
      sweepEveryMs: 600_000,
      addedAt: NOW,
    },
    labelSet: ALL_LABELS,
    health: "ok",
    state: { lineage: "1b6c", serial: 4, digest: "sha256:00" },
    lastCheckAt: NOW,
    failures: 0,
    openDrifts: 0,
    ...changes,
  };
}

export function driftNumber(number: number, changes: Partial<DriftRecord> = {}): DriftRecord {
  return {
    id: `drift-${number}` as DriftId,
    stackId: "id-network" as StackId,
    resource: `aws_sqs_queue.q${number}`,
    address: `aws_sqs_queue.q${number}`,
    type: "aws_sqs_queue",
    status: "open",
    verdict: "changed",
    digest: "sha256:11",
    openedAt: NOW,
    updatedAt: NOW,
    times: 1,
    entryId: "entry-1",
    found: { before: { delay_seconds: 0 }, after: { delay_seconds: 5 } },
    attributions: [byKim],
    state: { lineage: "1b6c", serial: 4, digest: "sha256:00" },
    marks: [
      {
        path: ["delay_seconds"],
        kind: "value",
        madeAt: "aws_sqs_queue.q",
        recorded: "hmac:secret-mark",
        live: "hmac:live-mark",
      },
    ],
    seenAt: NOW,
    ...changes,
  };
}

const byKim: Attribution = {
  eventId: "event-1",
  eventName: "SetQueueAttributes",
  service: "sqs.amazonaws.com",
  time: NOW,
  actor: {
    principal: "arn:aws:sts::111122223333:assumed-role/admin/kim",
    kind: "role",
    sessionName: "kim",
    channel: "console",
    sourceAddress: "203.0.113.7",
  },
  person: { kind: "mapped", name: "Kim", rule: "anchorwatch.server.yaml:12" },
  isDelivery: false,
};

function driftTotalsOf(open: readonly DriftRecord[]): DriftTotals {
  const counted = (test: (drift: DriftRecord) => boolean) => open.filter(test).length;
  const ofClass = (name: DriftClass) => counted(({ classification }) => classification?.class === name);
  const ofSeverity = (name: Severity) => counted(({ classification }) => classification?.severity === name);
  return {
    classes: { security: ofClass("security"), operational: ofClass("operational") },
    severities: {
      critical: ofSeverity("critical"),
      high: ofSeverity("high"),
      medium: ofSeverity("medium"),
      low: ofSeverity("low"),
      info: ofSeverity("info"),
    },
    unclassified: counted(({ classification }) => classification === undefined),
    excepted: 0,
  };
}
