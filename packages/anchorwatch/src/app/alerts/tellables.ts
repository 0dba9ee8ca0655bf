/** Drifts of stacks, and what runs in accounts and no stack has: people are told of both in the same way. */
import type { DriftEnd } from "../../watch/drift.ts";
import type { DriftsInStacks } from "../../watch/driftInStack.ts";
import {
  accountId,
  type Tellable,
  type TellableDrift,
  type Tellables,
  type UnmanagedInAccount,
  type UnmanagedInAccounts,
} from "../../watch/tellable.ts";
import type { UnmanagedEnd, UnmanagedRecord } from "../../watch/unmanaged.ts";
import { providerOfThing } from "../watch/unmanagedEntry.ts";

export function tellables(drifts: DriftsInStacks, unmanaged: UnmanagedInAccounts): Tellables {
  return {
    byIds: async (ids) => {
      const found = await drifts.byIds(ids);
      if (found.length === ids.length) return found;
      const known = new Set<string>(found.map(({ drift }) => drift.id));
      const others = await unmanaged.byIds(ids.filter((id) => !known.has(id)));
      return [...found, ...others.map(inAccount)];
    },
  };
}

function inAccount({ record, labels, labelSet }: UnmanagedInAccount): Tellable {
  const { account, region, attributes, tags } = record;
  return {
    drift: asDrift(record),
    stack: {
      ...{ id: accountId(account), name: account, engine: "terraform", labels },
      // No code declares it.
      origin: { kind: "folder", path: "" },
    },
    account,
    labelSet,
    regions: [region],
    seen: { recorded: {}, live: { ...attributes, tags }, isCut: false, changes: [] },
  };
}

function asDrift(record: UnmanagedRecord): TellableDrift {
  const { id, type, importId, status, openedAt, firstSeenAt, attributions, classification, end } = record;
  const { because, digest } = record;
  return {
    ...{ id, address: "", type, digest, verdict: "unmanaged", attributions, entryId: record.entryId ?? "" },
    status: status === "open" ? "open" : "closed",
    openedAt: openedAt ?? firstSeenAt,
    found: { data: { resource: { type, provider: providerOfThing(record), id: importId } } },
    ...(classification === undefined ? {} : { classification }),
    ...(status === "accepted" ? { because: "accepted: it is part of the baseline" } : {}),
    ...(status === "closed" && because !== undefined ? { because } : {}),
    ...(status === "closed" && end !== undefined ? { end: ENDS[end] } : {}),
  };
}

const ENDS: Readonly<Record<UnmanagedEnd, DriftEnd>> = {
  gone: "removed",
  managed: "adopted",
  left_out: "ignored",
  not_searched: "ignored",
};
