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
  /** New addresses of open drifts whose resources were moved; empty where another that drifted took the address. */
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
  /** Its address has something new: nothing is told of it unless it runs all the same. */
  readonly isReplaced?: boolean;
}

export async function lookAtLeft(given: LeavingCase): Promise<Left> {
  const { hot, before = [], signal } = given;
  const places = placesOf(hot.resources(), given);
  const { wanted, sights, moved } = sortOpen(given, places);
  const asked = new Set(wanted.map(({ resource }) => placeOf(resource)));
  for (const resource of before) {
    const at = places.of(resource);
    if (at !== "gone" && at !== "taken") continue;
    const wants = at === "taken" ? nowhere(resource) : resource;
    if (!asked.has(placeOf(wants))) wanted.push({ resource: wants });
  }
  if (wanted.length === 0) return { sights, moved, found: [] };
  const seen = await hot.outside(
    wanted.map(({ resource }) => resource),
    signal,
  );
  const found: ResourceResult[] = [];
  for (const [at, { resource, drift, isReplaced }] of wanted.entries()) {
    const sight = seen[at] ?? { kind: "unseen" as const };
    if (isReplaced && !(sight.kind === "left_the_state" && sight.exists)) continue;
    if (isReplaced && drift !== undefined) moved.set(drift.id, "");
    if (drift === undefined) found.push(...foundOutside(resource, sight));
    else sights.set(drift.id, deposedKeyOf(drift) !== undefined ? undeclared(sight) : sight);
  }
  return { sights, moved, found };
}

/** The open drifts of which no result speaks: which of them moved, came back, or have to be looked for. */
function sortOpen({ before, open, seen, targets }: LeavingCase, places: Places) {
  const sights = new Map<DriftId, LeftSight>();
  const moved = new Map<DriftId, string>();
  const wanted: Wanted[] = [];
  const deposed = new Set(seen.map(({ address, deposed: key }) => `${address} ${key}`));
  for (const drift of open) {
    const resource = outsideOf(drift);
    if (resource === undefined) continue;
    const isAsked = targets === undefined || before !== undefined || targets.includes(drift.address);
    const key = deposedKeyOf(drift);
    if (key !== undefined) {
      // Of these the whole state has to be seen; all others are called by their address in it.
      const isThere = targets !== undefined || deposed.has(`${drift.address} ${key}`);
      if (!isThere && isAsked) wanted.push({ resource, drift });
      continue;
    }
    const at = places.of(resource);
    if (typeof at === "object") {
      if (drift.address !== "" || drift.marks.length > 0) moved.set(drift.id, at.moved);
      else sights.set(drift.id, { kind: "in_sync" });
    } else if (at === "taken") {
      // Called by what it is from now on.
      moved.set(drift.id, "");
      wanted.push({ resource: nowhere(resource), drift });
    } else if (at === "replaced") wanted.push({ resource: nowhere(resource), drift, isReplaced: true });
    else if (at === "gone" && isAsked) wanted.push({ resource, drift });
  }
  return { sights, moved, wanted };
}

/**
 * `moved`: it has another address in a new state. `taken`: it has none, and its own is another known one's now. `replaced`: its own is of
 * something new.
 */
type Place = "there" | "gone" | "taken" | "replaced" | { readonly moved: string };

interface Places {
  of(resource: Pick<OutsideResource, "address" | "type" | "id">): Place;
}

function placesOf(now: readonly KnownResource[], { before, open }: LeavingCase): Places {
  const places = new Set(now.map(placeOf));
  const occupants = new Map(now.map((resource) => [resource.address, resource]));
  const arrived = arrivedIn(now, before);
  const known = new Set([...(before ?? []), ...open.flatMap((drift) => outsideOf(drift) ?? [])].map(nameOf));
  return {
    of(resource) {
      if (places.has(placeOf(resource))) return "there";
      const address = arrived.get(nameOf(resource));
      if (address !== undefined) return { moved: address };
      const occupant = occupants.get(resource.address);
      if (occupant === undefined) return "gone";
      if (before === undefined) return "there";
      return known.has(nameOf(occupant)) ? "taken" : "replaced";
    },
  };
}

function nowhere(resource: OutsideResource): OutsideResource {
  return { ...resource, address: "" };
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

/** Of a drift. */
export function resourceIn(found: DriftRecord["found"]) {
  const { resource } = (found["data"] ?? {}) as {
    readonly resource?: { readonly provider?: string; readonly id?: string; readonly deposed?: string };
  };
  return resource;
}
