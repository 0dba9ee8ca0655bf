/** A watch in memory, for tests of the server: what it is told to hold it gives, and what is asked of it it remembers. */
import type { WantedStack } from "../app/watch/managing.ts";
import type { SignedReceipt } from "../app/watch/signedSources.ts";
import type { Attribution } from "../domain/actor.ts";
import type { ClaimRecord } from "../watch/claim.ts";
import type { DriftId, DriftRecord, DriftStep } from "../watch/drift.ts";
import type { CheckRecord, DetectorStatus, StoredEvent } from "../watch/records.ts";
import type { StackId, StackStatus } from "../watch/stack.ts";
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
  readonly checks?: readonly CheckRecord[];
  readonly events?: readonly StoredEvent[];
  readonly detectors?: readonly DetectorStatus[];
  readonly claims?: readonly ClaimRecord[];
  readonly ledger?: Readonly<Record<string, Uint8Array>>;
  readonly receipt?: SignedReceipt;
}

export function memoryWatch(content: MemoryContent = {}, changes: Partial<Watch> = {}): MemoryWatch {
  const stacks = new Map((content.stacks ?? []).map((status) => [status.stack.id, status]));
  const listeners = new Set<(change: LiveChange) => void>();
  const wantedChecks: { id: string; addresses: readonly string[] }[] = [];
  const received: MemoryWatch["received"] = [];
  const { ledger } = content;
  return {
    records: {
      stacks: {
        list: async ({ health, name, ...page }) => {
          const found = [...stacks.values()]
            .filter((one) => health === undefined || one.health === health)
            .filter(({ stack }) => name === undefined || stack.name === name)
            .sort((a, b) => (a.stack.name < b.stack.name ? -1 : 1));
          return paged(
            found.map((status) => ({ id: status.stack.id, status })),
            page,
          ).map(({ status }) => status);
        },
        byId: async (id) => stacks.get(id),
      },
      claims: {
        list: async ({ stackId, status, ...page }) =>
          paged(
            (content.claims ?? []).filter(
              (claim) =>
                (stackId === undefined || claim.stacks.includes(stackId)) &&
                (status === undefined || claim.status === status),
            ),
            page,
          ),
      },
      checks: {
        list: async ({ stackId, ...page }) =>
          paged(
            (content.checks ?? []).filter((check) => stackId === undefined || check.stackId === stackId),
            page,
          ),
      },
      drifts: {
        byId: async (id) => content.drifts?.find((drift) => drift.id === id),
        history: async (id) => (content.steps ?? []).filter((step) => step.driftId === id),
        list: async ({ stackId, status, ...page }) =>
          paged(
            (content.drifts ?? []).filter(
              (drift) =>
                (stackId === undefined || drift.stackId === stackId) &&
                (status === undefined || drift.status === status),
            ),
            page,
          ),
      },
      events: {
        list: async ({ stackId, onlyCandidates, ...page }) =>
          paged(
            (content.events ?? []).filter(
              ({ touched }) =>
                (stackId === undefined || touched.some((one) => one.stackId === stackId)) &&
                (onlyCandidates !== true || touched.length === 0),
            ),
            page,
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
    ledger: ledger === undefined ? undefined : { read: async (path) => ledger[path] },
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
    receive: async (source, headers, body) => {
      received.push({ source, headers, body });
      return content.receipt ?? { kind: "accepted", records: 1, changes: 1, malformed: 0 };
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    status: () => ({ startedAt: NOW, configuration: { file: "anchorwatch.server.yaml", inForceSince: NOW } }),
    readiness: async () => ({ database: { kind: "well" }, publisher: { kind: "well" } }),
    totals: async () => ({
      stacks: { new: 0, ok: stacks.size, failed: 0, gone: 0 },
      openClaims: (content.claims ?? []).filter(({ status }) => status === "open").length,
      detectors: detectorTotals(content, NOW),
      openDrifts: (content.drifts ?? []).filter(({ status }) => status === "open").length,
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

function paged<Item extends { readonly id: string }>(
  items: readonly Item[],
  { limit, before }: { readonly limit: number; readonly before?: string },
): readonly Item[] {
  const start = before === undefined ? 0 : items.findIndex(({ id }) => id === before) + 1;
  return items.slice(start, start + limit);
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
  return { stack, health: "new", failures: 0, openDrifts: 0 };
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
