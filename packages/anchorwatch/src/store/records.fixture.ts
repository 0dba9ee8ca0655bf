import { randomUUID } from "node:crypto";
import type { AuditEvent } from "../domain/auditEvent.ts";
import type { DriftId, DriftRecord, DriftStep } from "../watch/drift.ts";
import type { CheckRecord, Page, PagePosition } from "../watch/records.ts";
import type { StackId, StateMark, WatchedStack } from "../watch/stack.ts";

export function id(): string {
  return randomUUID();
}

/** So many seconds after a certain moment. */
export function at(seconds: number): Date {
  return new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 678) + seconds * 1_000);
}

export const STATE: StateMark = { lineage: "lineage", serial: 7, digest: "sha256:00" };

export function aStack(with_: Partial<WatchedStack> = {}): WatchedStack {
  const unique = id();
  return {
    id: unique as StackId,
    name: `stack ${unique}`,
    engine: "terraform",
    origin: { kind: "folder", path: "/srv/infra" },
    declaredBy: "config",
    sweepEveryMs: 600_000,
    addedAt: at(0),
    ...with_,
  };
}

export function anEvent(with_: Partial<AuditEvent> = {}): AuditEvent {
  return {
    id: id(),
    source: "trail",
    time: at(0),
    name: "AuthorizeSecurityGroupIngress",
    service: "ec2.amazonaws.com",
    region: "eu-central-1",
    actor: { principal: "arn:aws:iam::123456789012:user/ada", kind: "user", channel: "console" },
    identifiers: ["sg-0123456789abcdef0"],
    ...with_,
  };
}

export function aDrift(stackId: StackId, with_: Partial<DriftRecord> = {}): DriftRecord {
  return {
    id: id() as DriftId,
    stackId,
    resource: "registry.terraform.io/hashicorp/aws|aws_sqs_queue.jobs",
    address: "aws_sqs_queue.jobs",
    type: "aws_sqs_queue",
    status: "open",
    verdict: "changed",
    digest: "sha256:01",
    openedAt: at(0),
    updatedAt: at(0),
    times: 1,
    entryId: id(),
    found: { before: { delay_seconds: 0 }, after: { delay_seconds: 5 } },
    attributions: [],
    state: STATE,
    marks: [],
    seenAt: at(0),
    ...with_,
  };
}

export function aStep(drift: DriftRecord, with_: Partial<DriftStep> = {}): DriftStep {
  return {
    driftId: drift.id,
    at: drift.updatedAt,
    kind: "opened",
    verdict: drift.verdict,
    checkId: id(),
    found: drift.found,
    attributions: drift.attributions,
    ...with_,
  };
}

export function aCheck(stackId: StackId, with_: Partial<CheckRecord> = {}): CheckRecord {
  return {
    ...{ id: id(), stackId, trigger: "manual", outcome: "complete" },
    ...{ startedAt: at(0), finishedAt: at(1) },
    ...with_,
  };
}

/** All of a list, page by page. */
export async function everyPage<Item>(
  list: (page: Page) => Promise<readonly Item[]>,
  limit: number,
  positionOf: (item: Item) => PagePosition,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  for (let after: PagePosition | undefined; ; ) {
    const page = await list({ limit, ...(after === undefined ? {} : { after }) });
    items.push(...page);
    const last = page.at(-1);
    if (last === undefined) return items;
    after = positionOf(last);
  }
}

/** In a list that is sorted by that time. */
export function behind(moment: Date | undefined, { id }: { readonly id: string }): PagePosition {
  return { value: moment?.toISOString() ?? "", id };
}
