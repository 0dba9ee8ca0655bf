/** Two stacks that have the same resources: found when a state is new, told once, and told again when it changes or ends. */
import { hash } from "node:crypto";
import type { Warning } from "../../domain/errors.ts";
import type { JsonObject } from "../../domain/jsonValue.ts";
import { fitting } from "../../ledger/entry/fitting.ts";
import type { ClaimData } from "../../ledger/entry/kinds/stack.ts";
import {
  type ClaimedTwice,
  type ClaimId,
  type ClaimRecord,
  type ClaimStep,
  claimSteps,
  commonResources,
  MOST_KEPT,
  type ResourceClaim,
} from "../../watch/claim.ts";
import type { OutboxEntry, WatchRecords } from "../../watch/records.ts";
import type { StackId, WatchedStack } from "../../watch/stack.ts";
import { CHECK_ACTOR } from "../ledger/recordCheck.ts";

export interface ClaimChange {
  readonly claim: ClaimRecord;
  /** For people. */
  readonly names: readonly [string, string];
}

export interface ClaimNews {
  readonly changes: readonly ClaimChange[];
  readonly entries: readonly OutboxEntry[];
}

interface ClaimCase {
  readonly stack: Pick<WatchedStack, "id" | "name">;
  readonly at: Date;
}

/** The index takes so many at once. */
const AT_ONCE = 10_000;

/**
 * To be called last in the transaction that keeps the identifiers of the stack: others that have a new state wait until it ends.
 * @param claims of the stack's state; none: what it had in common with others has ended
 */
export async function settleClaims(
  records: WatchRecords,
  claims: readonly ResourceClaim[],
  given: ClaimCase,
): Promise<ClaimNews> {
  const { id } = given.stack;
  await records.claims.lock();
  const keys = [...new Set(claims.map(({ key }) => key))];
  const elsewhere: Awaited<ReturnType<WatchRecords["identifiers"]["find"]>>[number][] = [];
  for (let from = 0; from < keys.length; from += AT_ONCE) {
    for (const found of await records.identifiers.find(keys.slice(from, from + AT_ONCE)))
      if (found.stackId !== id) elsewhere.push(found);
  }
  const common = commonResources(id, claims, elsewhere);
  const news: ClaimChange[] = [];
  const entries: OutboxEntry[] = [];
  for (const step of claimSteps(id, await records.claims.open(id), common)) {
    const claim = afterStep(step, common.get(step.other) ?? [], given);
    const other = (await records.stacks.byId(step.other))?.stack.name ?? step.other;
    const names =
      id < step.other ? ([given.stack.name, other] as const) : ([other, given.stack.name] as const);
    await records.claims.save(claim);
    news.push({ claim, names });
    entries.push(claimEntry(claim, names, given));
  }
  return { changes: news, entries };
}

function afterStep(
  step: ClaimStep,
  resources: readonly ClaimedTwice[],
  { stack, at }: ClaimCase,
): ClaimRecord {
  if (step.kind === "ended") return { ...step.known, status: "closed", updatedAt: at, closedAt: at };
  const found = { resources: resources.slice(0, MOST_KEPT), count: resources.length, updatedAt: at };
  if (step.known !== undefined) return { ...step.known, ...found };
  const stacks: readonly [StackId, StackId] =
    stack.id < step.other ? [stack.id, step.other] : [step.other, stack.id];
  const id = idOf([...stacks, at.getTime()]);
  return { id: id as ClaimId, stacks, status: "open", ...found, openedAt: at, entryId: id };
}

function claimEntry(claim: ClaimRecord, names: readonly [string, string], { at }: ClaimCase): OutboxEntry {
  const { status, resources, count, entryId } = claim;
  const isFirst = status === "open" && claim.openedAt.getTime() === at.getTime();
  const id = isFirst ? entryId : idOf([entryId, status, at.getTime()]);
  const data: ClaimData = {
    stacks: names.map(short),
    count,
    resources: fitting(
      resources.map(({ type, id: resource, addresses }) => ({
        type: short(type),
        id: short(resource),
        addresses: addresses.map(short),
      })),
    ),
  };
  const entry: JsonObject = {
    id,
    kind: status === "open" ? "claim.found" : "claim.ended",
    time: at.toISOString(),
    actor: { ...CHECK_ACTOR },
    ...(isFirst ? {} : { refs: [{ type: "claim", id: entryId }] }),
    data: { ...data },
  };
  return { id, entry, content: [] };
}

/** Once more than the pair: what ended may begin again. */
function idOf(parts: readonly (string | number)[]): string {
  return `claim-${hash("sha256", JSON.stringify(parts)).slice(0, 32)}`;
}

function short(text: string): string {
  return text.slice(0, 2000).toWellFormed();
}

export function claimWarning({ claim, names: [first, second] }: ClaimChange): Warning {
  if (claim.status === "closed") {
    return {
      code: "stack_claim_ended",
      message: `The stacks ${first} and ${second} have nothing in common any more`,
    };
  }
  const { count, resources } = claim;
  const [one] = resources;
  const example = one === undefined ? "" : `, such as ${one.id}: ${one.addresses.join(" and ")}`;
  return {
    code: "stack_claims_shared",
    message: `The stacks ${first} and ${second} both have ${count === 1 ? "one resource" : `${count} resources`}${example}`,
    hint: "Take it out of one of the two with `terraform state rm`: each of them undoes what the other deploys.",
  };
}
