/** What a new state does not have any more: moved to another address, unmanaged now, or gone. A deployment that destroys leaves nothing. */

import type { ResourceAddress } from "../../domain/address.ts";
import type { Coverage, ResourceResult } from "../../domain/check.ts";
import type { OutsideResource, OutsideSight } from "../../terraform/read/outside.ts";
import type { DriftId, DriftRecord } from "../../watch/drift.ts";
import type { KnownResource } from "../../watch/records.ts";
import type { HotStack } from "./stacks/hotStack.ts";

/** Of an open drift that no result speaks of. */
export type LeftSight = OutsideSight | { readonly kind: "in_sync" };

export interface Left {
  /** By the open drift. */
  readonly sights: ReadonlyMap<DriftId, LeftSight>;
  /** New addresses of open drifts whose resources were moved. */
  readonly moved: ReadonlyMap<DriftId, string>;
  /** Drift that nothing was known of: it runs and no state has it, or it is gone and the code still has it. */
  readonly found: readonly ResourceResult[];
}

export interface LeavingCase {
  readonly hot: Pick<HotStack, "resources" | "outside">;
  /** Of the state before; undefined when the state is still that one. */
  readonly before: readonly KnownResource[] | undefined;
  readonly open: readonly DriftRecord[];
  /** What the check saw of the state. */
  readonly seen: readonly Pick<ResourceResult, "address" | "deposed">[];
  /** Absent: the check is of everything. */
  readonly targets: readonly string[] | undefined;
  readonly signal: AbortSignal;
}

interface Wanted {
  readonly resource: OutsideResource;
  readonly drift?: DriftRecord;
}

export async function lookAtLeft(given: LeavingCase): Promise<Left> {
  const { hot, before = [], signal } = given;
  const now = hot.resources();
  const addresses = new Set(now.map(({ address }) => address));
  const arrived = arrivedIn(now, given.before);
  const { wanted, sights, moved } = sortOpen(given, addresses, arrived);
  const asked = new Set(wanted.map(({ resource }) => placeOf(resource)));
  for (const resource of before) {
    const isGone = !addresses.has(resource.address) && !arrived.has(nameOf(resource));
    if (isGone && !asked.has(placeOf(resource))) wanted.push({ resource });
  }
  if (wanted.length === 0) return { sights, moved, found: [] };
  const seen = await hot.outside(
    wanted.map(({ resource }) => resource),
    signal,
  );
  const found: ResourceResult[] = [];
  for (const [at, { resource, drift }] of wanted.entries()) {
    const sight = seen[at] ?? { kind: "unseen" as const };
    if (drift === undefined) found.push(...foundOutside(resource, sight));
    else sights.set(drift.id, deposedKeyOf(drift) !== undefined ? undeclared(sight) : sight);
  }
  return { sights, moved, found };
}

/** The open drifts of which no result speaks: which of them moved, came back, or have to be looked for. */
function sortOpen(
  { before, open, seen, targets }: LeavingCase,
  addresses: ReadonlySet<string>,
  arrived: ReadonlyMap<string, string>,
) {
  const sights = new Map<DriftId, LeftSight>();
  const moved = new Map<DriftId, string>();
  const wanted: Wanted[] = [];
  const deposed = new Set(seen.map(({ address, deposed: key }) => `${address} ${key}`));
  for (const drift of open) {
    const key = deposedKeyOf(drift);
    // Of these the whole state has to be seen; all others are called by their address in it.
    const isThere =
      key === undefined
        ? addresses.has(drift.address)
        : targets !== undefined || deposed.has(`${drift.address} ${key}`);
    const resource = outsideOf(drift);
    if (isThere || resource === undefined) continue;
    const address = key === undefined ? arrived.get(nameOf(resource)) : undefined;
    const isAsked = targets === undefined || before !== undefined || targets.includes(drift.address);
    if (address !== undefined && drift.address !== "") moved.set(drift.id, address);
    else if (address !== undefined) sights.set(drift.id, { kind: "in_sync" });
    else if (isAsked) wanted.push({ resource, drift });
  }
  return { sights, moved, wanted };
}

/**
 * Addresses that a new state has for what it did not have there before, by the name of the resource. Names repeat: log groups of two
 * regions may be called alike, and the one that stayed where it was is not the one that left.
 */
function arrivedIn(
  now: readonly KnownResource[],
  before: readonly KnownResource[] | undefined,
): ReadonlyMap<string, string> {
  if (before === undefined) return new Map();
  const known = new Set(before.map(placeOf));
  return new Map(
    now
      .filter((resource) => !known.has(placeOf(resource)))
      .map((resource) => [nameOf(resource), resource.address]),
  );
}

/** The code never has what a replacement left behind. */
function undeclared(sight: OutsideSight): OutsideSight {
  return sight.kind === "unseen" ? sight : { ...sight, declared: false };
}

/** Of the drift of what a replacement left behind. */
export function deposedKeyOf({ found }: DriftRecord): string | undefined {
  return resourceIn(found)?.deposed;
}

/** With what is outside of the state, newly found or known: the verdicts add up to all resources. */
export function withLeft(coverage: Coverage, { found, sights }: Left): Coverage {
  const count = (verdict: ResourceResult["verdict"]) =>
    found.filter((resource) => resource.verdict === verdict).length;
  const left = [...sights.values()].filter((sight) => sight.kind === "left_the_state");
  const unmanaged = count("unmanaged") + left.filter(({ exists }) => exists).length;
  const absorbed = count("absorbed") + left.filter(({ exists, declared }) => !exists && declared).length;
  return {
    ...coverage,
    resources: coverage.resources + unmanaged + absorbed,
    unmanaged: coverage.unmanaged + unmanaged,
    absorbed: coverage.absorbed + absorbed,
  };
}

function foundOutside(
  { address, type, provider, id }: OutsideResource,
  sight: OutsideSight,
): readonly ResourceResult[] {
  if (sight.kind === "unseen" || (!sight.exists && !sight.declared)) return [];
  const base = { type, provider, id, changes: [] };
  // What no state knows has no address; what the code still has keeps the one that it has there.
  return sight.exists && !sight.declared
    ? [{ ...base, address: "" as ResourceAddress, verdict: "unmanaged" }]
    : [
        {
          ...base,
          address: address as ResourceAddress,
          verdict: sight.exists ? "unmanaged" : "absorbed",
        },
      ];
}

function nameOf({ type, id }: Pick<OutsideResource, "type" | "id">): string {
  return `${type} ${id}`;
}

function placeOf({ address, ...resource }: Pick<OutsideResource, "address" | "type" | "id">): string {
  return `${address} ${nameOf(resource)}`;
}

function outsideOf({ address, type, found }: DriftRecord): OutsideResource | undefined {
  const { provider, id } = resourceIn(found) ?? {};
  return provider === undefined || id === undefined ? undefined : { address, type, provider, id };
}

function resourceIn(found: DriftRecord["found"]) {
  const { resource } = (found["data"] ?? {}) as {
    readonly resource?: { readonly provider?: string; readonly id?: string; readonly deposed?: string };
  };
  return resource;
}
