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
  readonly hot: HotStack;
  /** Of the state before; undefined when the state is still that one. */
  readonly before: readonly KnownResource[] | undefined;
  readonly open: readonly DriftRecord[];
  readonly signal: AbortSignal;
}

export async function lookAtLeft({ hot, before = [], open, signal }: LeavingCase): Promise<Left> {
  const now = hot.resources();
  const addresses = new Set(now.map(({ address }) => address));
  const left = open.filter(({ address }) => !addresses.has(address));
  const gone = before.filter(({ address }) => !addresses.has(address));
  if (left.length + gone.length === 0) return NOTHING;
  const byName = new Map(now.map((resource) => [nameOf(resource), resource.address]));
  const sights = new Map<DriftId, LeftSight>();
  const moved = new Map<DriftId, string>();
  const wanted: { readonly resource: OutsideResource; readonly drift?: DriftId }[] = [];
  for (const drift of left) {
    const resource = resourceOf(drift);
    if (resource === undefined) continue;
    const address = byName.get(nameOf(resource));
    if (address === undefined) wanted.push({ resource, drift: drift.id });
    else if (drift.address === "" || drift.verdict === "unmanaged") sights.set(drift.id, { kind: "in_sync" });
    else moved.set(drift.id, address);
  }
  const known = new Set(wanted.map(({ resource }) => nameOf(resource)));
  for (const resource of gone)
    if (!byName.has(nameOf(resource)) && !known.has(nameOf(resource))) wanted.push({ resource });
  const seen = await hot.outside(
    wanted.map(({ resource }) => resource),
    signal,
  );
  const found: ResourceResult[] = [];
  for (const [at, { resource, drift }] of wanted.entries()) {
    const sight = seen[at] ?? { kind: "unseen" as const };
    if (drift !== undefined) sights.set(drift, sight);
    else found.push(...foundOutside(resource, sight));
  }
  return { sights, moved, found };
}

const NOTHING: Left = { sights: new Map(), moved: new Map(), found: [] };

/** The verdicts add up to all resources. */
export function withFound(coverage: Coverage, found: readonly ResourceResult[]): Coverage {
  const count = (verdict: ResourceResult["verdict"]) =>
    found.filter((resource) => resource.verdict === verdict).length;
  return {
    ...coverage,
    resources: coverage.resources + found.length,
    unmanaged: coverage.unmanaged + count("unmanaged"),
    absorbed: coverage.absorbed + count("absorbed"),
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

function resourceOf({ address, type, found }: DriftRecord): OutsideResource | undefined {
  const { resource } = (found["data"] ?? {}) as {
    readonly resource?: { readonly provider?: string; readonly id?: string };
  };
  if (resource?.provider === undefined || resource.id === undefined) return undefined;
  return { address, type, provider: resource.provider, id: resource.id };
}
