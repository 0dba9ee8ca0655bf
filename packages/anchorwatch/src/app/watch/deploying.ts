/** The ledger's entry about a state that is new. */
import { hash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Attribution } from "../../domain/actor.ts";
import type { CheckResult } from "../../domain/check.ts";
import type { JsonObject } from "../../domain/jsonValue.ts";
import { fitting } from "../../ledger/entry/fitting.ts";
import type { EntryStack } from "../../ledger/entry/form.ts";
import type { DeploymentData } from "../../ledger/entry/kinds/check.ts";
import { findingOf, STATE_ADDRESS } from "../../watch/deployment.ts";
import type { Identifier, KnownResource, OutboxEntry } from "../../watch/records.ts";
import type { StateMark } from "../../watch/stack.ts";
import { CHECK_ACTOR } from "../ledger/recordCheck.ts";
import { entryActor, short } from "./attributionData.ts";
import type { HotStack } from "./stacks/hotStack.ts";

/** What is kept of a state that was not known yet, or of code that waits for its deployment since the last sweep. */
export interface NewState {
  /** Absent: those of the state that is known. */
  readonly identifiers?: readonly Identifier[];
  readonly resources: readonly KnownResource[];
  /** A state that was known has been replaced by a newer one. */
  readonly deployment?: Pick<NewStateCase, "before" | "pending" | "pendingBefore">;
}

/** Undefined when all is as it is kept already. @param known resources of the state before */
export function newStateOf(
  hot: Pick<HotStack, "claims" | "identifiers" | "resources" | "stateNames">,
  { pending: changes }: Pick<CheckResult, "pending">,
  before: StateMark | undefined,
  known: readonly KnownResource[],
  isNew: boolean,
): NewState | undefined {
  const pending = changes.map(({ address }) => address);
  const pendingBefore = known.flatMap((resource) => (resource.pending === true ? [resource.address] : []));
  const resources = withPending(hot.resources(), pending);
  if (!isNew) {
    const waits = resources.filter((resource) => resource.pending === true).map(({ address }) => address);
    return isDeepStrictEqual(waits.sort(), [...pendingBefore].sort()) ? undefined : { resources };
  }
  // Events find resources by what the newest state names, and the state by its place.
  const identifiers = [
    ...hot.identifiers(),
    ...hot.stateNames.map((identifier) => ({ identifier, address: STATE_ADDRESS, kind: "own" as const })),
    // Other stacks find by these what they have in common with this one.
    ...hot.claims().map(({ key, address }) => ({ identifier: key, address, kind: "own" as const })),
  ];
  if (before === undefined) return { identifiers, resources };
  return { identifiers, resources, deployment: { before, pending, pendingBefore } };
}

export interface NewStateCase {
  readonly stack: EntryStack;
  readonly found: StateMark;
  readonly before: StateMark;
  readonly revision: string | undefined;
  readonly writers: readonly Attribution[];
  readonly hasDelivery: boolean;
  /** Addresses of pending changes: what the code says otherwise. */
  readonly pending: readonly string[];
  /** The same before. */
  readonly pendingBefore: readonly string[];
  readonly at: Date;
}

const MOST_ADDRESSES = 100;

/** The same new state, found twice, is one entry. */
export function deploymentEntry(given: NewStateCase): OutboxEntry {
  const { stack, found, before, revision, writers, hasDelivery, at } = given;
  const contradicting = newlyPending(given);
  const finding = findingOf({ writers, hasDelivery, contradicting });
  const [writer] = writers;
  const data: DeploymentData = {
    lineage: found.lineage || "unknown",
    serial: found.serial,
    lastSerial: before.serial,
    ...(revision === undefined ? {} : { revision }),
    finding,
    ...(contradicting.length === 0 ? {} : { addresses: fitting(contradicting.slice(0, MOST_ADDRESSES)) }),
    ...(writer === undefined
      ? {}
      : { writer: short(writer.actor.principal), eventId: short(writer.eventId) }),
  };
  const id = `deployment-${hash("sha256", JSON.stringify([stack.name, found])).slice(0, 32)}`;
  const entry: JsonObject = {
    id,
    kind: "deployment.found",
    time: at.toISOString(),
    actor: { ...entryActor(writers, CHECK_ACTOR) },
    stack: { ...stack },
    data: { ...data },
  };
  return { id, entry, content: [] };
}

/** What was pending before is code that waits for its deployment, and says nothing of this state. */
function newlyPending({ pending, pendingBefore }: NewStateCase): string[] {
  const known = new Set(pendingBefore);
  return pending
    .filter((address) => !known.has(address))
    .map((address) => address.slice(0, 1000).toWellFormed());
}

/** A resource as it is kept with its stack, and whether its code waits to be deployed. */
function withPending(
  resources: readonly KnownResource[],
  pending: readonly string[],
): readonly KnownResource[] {
  const waiting = new Set(pending);
  return resources.map((resource) =>
    waiting.has(resource.address) ? { ...resource, pending: true } : resource,
  );
}
