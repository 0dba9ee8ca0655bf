/** Two stacks whose states have the same things: each would undo, or destroy, what the other one makes. One record for a pair of stacks. */
import { isDeepStrictEqual } from "node:util";
import type { StackId } from "./stack.ts";

export type ClaimId = string & { readonly __brand: "ClaimId" };

/** A resource of a state as nothing else in the world is called. */
export interface ResourceClaim {
  /** Equal for one thing, whichever state speaks of it. Stands among the identifiers of the state. */
  readonly key: string;
  readonly address: string;
  readonly type: string;
  readonly id: string;
}

export interface ClaimedTwice {
  readonly type: string;
  readonly id: string;
  /** In the first stack, and in the second. */
  readonly addresses: readonly [string, string];
}

export interface ClaimRecord {
  readonly id: ClaimId;
  /** The lesser id comes first. */
  readonly stacks: readonly [StackId, StackId];
  readonly status: "open" | "closed";
  /** By address; no more than {@link MOST_KEPT}. */
  readonly resources: readonly ClaimedTwice[];
  /** How many there are in all. */
  readonly count: number;
  readonly openedAt: Date;
  readonly updatedAt: Date;
  readonly closedAt?: Date;
  /** Of the ledger's entry that opened it. */
  readonly entryId: string;
}

export const MOST_KEPT = 100;

/** What a stack's new state has in common with each other one. */
export type CommonResources = ReadonlyMap<StackId, readonly ClaimedTwice[]>;

/**
 * Of a thing that many stacks have, as copies of one state do, each is told with the first few of them: all pairs would be too many to
 * read, and to store.
 */
const MOST_FIRST = 3;

/** @param elsewhere where other stacks have the same keys */
export function commonResources(
  own: StackId,
  claims: readonly ResourceClaim[],
  elsewhere: readonly { readonly identifier: string; readonly stackId: StackId; readonly address: string }[],
): CommonResources {
  const byKey = Map.groupBy(claims, ({ key }) => key);
  const common = new Map<StackId, ClaimedTwice[]>();
  const firsts = firstOf(own, elsewhere);
  for (const { identifier, stackId, address } of elsewhere) {
    const first = firsts.get(identifier);
    if (stackId === own || !(first?.has(own) || first?.has(stackId))) continue;
    const found = common.get(stackId) ?? [];
    common.set(stackId, found);
    for (const { type, id, address: here } of byKey.get(identifier) ?? [])
      found.push({ type, id, addresses: own < stackId ? [here, address] : [address, here] });
  }
  for (const found of common.values()) found.sort(byAddress);
  return common;
}

/** By key, the least ids of the stacks that have it. */
function firstOf(
  own: StackId,
  elsewhere: readonly { readonly identifier: string; readonly stackId: StackId }[],
): ReadonlyMap<string, ReadonlySet<StackId>> {
  const stacks = new Map<string, Set<StackId>>();
  for (const { identifier, stackId } of elsewhere) {
    const known = stacks.get(identifier);
    if (known === undefined) stacks.set(identifier, new Set([own, stackId]));
    else known.add(stackId);
  }
  return new Map([...stacks].map(([key, ids]) => [key, new Set([...ids].sort().slice(0, MOST_FIRST))]));
}

export type ClaimStep =
  | { readonly kind: "found"; readonly other: StackId; readonly known: ClaimRecord | undefined }
  | { readonly kind: "ended"; readonly other: StackId; readonly known: ClaimRecord };

/** What is new of a stack's pairs, given those that are open. */
export function claimSteps(
  own: StackId,
  open: readonly ClaimRecord[],
  common: CommonResources,
): readonly ClaimStep[] {
  const known = new Map(open.map((claim) => [otherOf(claim, own), claim]));
  const found = [...common]
    .map(([other, resources]) => ({ kind: "found" as const, other, resources, known: known.get(other) }))
    .filter(({ resources, known: before }) => before === undefined || !isSame(before, resources))
    .map(({ kind, other, known: before }) => ({ kind, other, known: before }));
  const ended = [...known]
    .filter(([other]) => !common.has(other))
    .map(([other, claim]) => ({ kind: "ended" as const, other, known: claim }));
  return [...found, ...ended];
}

function otherOf({ stacks: [first, second] }: Pick<ClaimRecord, "stacks">, own: StackId): StackId {
  return first === own ? second : first;
}

function isSame(claim: ClaimRecord, resources: readonly ClaimedTwice[]): boolean {
  return (
    claim.count === resources.length && isDeepStrictEqual(claim.resources, resources.slice(0, MOST_KEPT))
  );
}

function byAddress({ addresses: a }: ClaimedTwice, { addresses: b }: ClaimedTwice): number {
  const [one, other] = [a.join(" "), b.join(" ")];
  return one < other ? -1 : one > other ? 1 : 0;
}
