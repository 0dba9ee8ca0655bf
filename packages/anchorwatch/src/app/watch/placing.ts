/** Which record of a drift is of which resource, and how it begins. */
import type { CheckResult, ResourceResult } from "../../domain/check.ts";
import type { JsonObject } from "../../domain/jsonValue.ts";
import { driftKey } from "../../ledger/entry/driftKey.ts";
import type { DriftId, DriftRecord } from "../../watch/drift.ts";
import type { StackStatus } from "../../watch/stack.ts";
import { deposedKeyOf, type Left } from "./leaving.ts";

/** One that is open was called so until this state: it is of a resource that was moved away. */
export function closed(last: DriftRecord | undefined): DriftRecord | undefined {
  return last?.status === "open" ? undefined : last;
}

/** By where it is now, which may not be where it was opened. */
export function keyOf(drift: DriftRecord): string {
  const { address, resource } = drift;
  const deposed = deposedKeyOf(drift);
  if (address === "") return resource;
  return driftKey(address, deposed === undefined ? undefined : { deposed });
}

/** Of the time before it was opened nothing counts any more. */
export function withoutPast(
  { closedAt: _, end: __, search: ___, causesSince: ____, ...drift }: DriftRecord,
  causesSince: Date | undefined,
): DriftRecord {
  return { ...drift, ...(causesSince === undefined ? {} : { causesSince }) };
}

/** A resource that was moved keeps its drift; one that has no address any more is called by what it is. */
export function asPlaced(drift: DriftRecord, { moved }: Pick<Left, "moved">): DriftRecord {
  const address = moved.get(drift.id);
  if (address === undefined) return drift;
  const { resource } = drift.found["data"] as JsonObject;
  return { ...drift, address, resource: driftKey(address === "" ? undefined : address, resource) };
}

/** One that was never opened, of what was seen. */
export function freshDrift(
  seen: { readonly resource: ResourceResult; readonly key: string } | undefined,
  { id, status, result }: { readonly id: string; readonly status: StackStatus; readonly result: CheckResult },
) {
  return {
    id: id as DriftId,
    stackId: status.stack.id,
    resource: seen?.key ?? "",
    address: seen?.resource.address ?? "",
    type: seen?.resource.type ?? "",
    found: {},
    digest: "",
    marks: [],
    openedAt: result.finishedAt,
    entryId: "",
    times: 0,
    verdict: "changed" as const,
  };
}
