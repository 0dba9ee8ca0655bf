/** A database of an installation that has been watched for long: 10,000 stacks of 50 teams, and 100,000 drifts. */
import type { Attribution } from "../../../packages/anchorwatch/src/domain/actor.ts";
import { openDatabase } from "../../../packages/anchorwatch/src/store/connect.ts";
import { createWatchRecords } from "../../../packages/anchorwatch/src/store/watchRecords.ts";
import { inLanes } from "../../../packages/anchorwatch/src/terraform/read/lanes.ts";
import type { DriftId, DriftRecord } from "../../../packages/anchorwatch/src/watch/drift.ts";
import type { WatchRecords } from "../../../packages/anchorwatch/src/watch/records.ts";
import type { StackId, WatchedStack } from "../../../packages/anchorwatch/src/watch/stack.ts";

export interface Crowd {
  readonly stacks: number;
  readonly drifts: number;
  readonly teams: number;
}

const LANES = 8;
const BATCH = 200;
const HOUR_MS = 3_600_000;
const FAR = new Date("2100-01-01T00:00:00.000Z");

export const stackIdAt = (at: number) => `crowd-${at}` as StackId;

export async function fillCrowd(url: string, crowd: Crowd, signal: AbortSignal): Promise<void> {
  const database = await openDatabase({ url, folder: "", userId: undefined, connections: LANES });
  try {
    const records = createWatchRecords(database);
    await inBatches(crowd.stacks, signal, records, async (inside, at) => {
      const stack = stackAt(at, crowd);
      await inside.stacks.add(stack);
      // They have no code here: nobody is to look at them.
      await inside.stacks.scheduleSweep(stack.id, FAR);
      await inside.stacks.checked(stack.id, {
        startedAt: stack.addedAt,
        at: new Date(stack.addedAt.getTime() + (at % 1000) * 1000),
        isComplete: true,
        state: STATE,
      });
    });
    await inBatches(crowd.drifts, signal, records, async (inside, at) => {
      const drift = driftAt(at, crowd);
      const { id: driftId, openedAt, verdict, found, attributions } = drift;
      const step = {
        driftId,
        at: openedAt,
        kind: "opened",
        verdict,
        checkId: "c",
        found,
        attributions,
      } as const;
      await inside.drifts.save(drift, step);
    });
    // One that grew as slowly as it would in life was vacuumed on the way.
    await database.pool.query("VACUUM (ANALYZE)");
  } finally {
    await database.close();
  }
}

async function inBatches(
  count: number,
  signal: AbortSignal,
  records: WatchRecords,
  each: (inside: WatchRecords, at: number) => Promise<void>,
): Promise<void> {
  const firsts = Array.from({ length: Math.ceil(count / BATCH) }, (_, index) => index * BATCH);
  await inLanes(firsts, LANES, signal, (first) =>
    records.transaction(async (inside) => {
      for (let at = first; at < Math.min(first + BATCH, count); at++) await each(inside, at);
    }),
  );
}

const STATE = { lineage: "crowd", serial: 1, digest: "sha256:00" } as const;

function stackAt(at: number, { teams }: Crowd): WatchedStack {
  return {
    id: stackIdAt(at),
    name: `crowd/stack-${String(at).padStart(5, "0")}`,
    engine: "terraform",
    origin: { kind: "folder", path: `/infra/${at}` },
    labels: { team: `team-${at % teams}`, env: at % 10 === 0 ? "prod" : "test" },
    declaredBy: "api",
    sweepEveryMs: 600_000,
    addedAt: new Date(Date.now() - 48 * HOUR_MS),
  };
}

function driftAt(at: number, { stacks, drifts }: Crowd): DriftRecord {
  const openedAt = new Date(Date.now() - (drifts - at) * 1000 - 24 * HOUR_MS);
  const isOpen = at % 5 === 0;
  const address = `module.net[${at % 7}].aws_security_group.group_${at}`;
  return {
    id: `crowd-drift-${at}` as DriftId,
    stackId: stackIdAt((at * 7919) % stacks),
    resource: address,
    address,
    type: "aws_security_group",
    status: isOpen ? "open" : "closed",
    verdict: at % 11 === 0 ? "deleted" : "changed",
    digest: `sha256:${at}`,
    openedAt,
    updatedAt: new Date(openedAt.getTime() + (at % 100) * 60_000),
    ...(isOpen ? {} : { closedAt: openedAt, end: "reverted" as const }),
    times: 1,
    entryId: `entry-${at}`,
    found: { changes: [{ path: ["ingress"], op: "add", element: INGRESS, settable: true }] },
    attributions: [attribution(at, openedAt)],
    state: STATE,
    marks: [],
    seenAt: openedAt,
  };
}

const INGRESS = {
  from_port: 22,
  to_port: 22,
  protocol: "tcp",
  cidr_blocks: ["0.0.0.0/0"],
  ipv6_cidr_blocks: [],
  description: "for tonight",
  security_groups: [],
  self: false,
};

function attribution(at: number, time: Date): Attribution {
  const name = `person-${at % 300}`;
  return {
    eventId: `event-${at}`,
    eventName: "AuthorizeSecurityGroupIngress",
    service: "ec2.amazonaws.com",
    time,
    actor: {
      principal: `arn:aws:sts::123456789012:assumed-role/admin/${name}`,
      kind: "role",
      sessionName: name,
      channel: "console",
      sourceAddress: "198.51.100.7",
    },
    person: { kind: "unmapped" },
    isDelivery: false,
  };
}
