/**
 * What a check found, as entries of the ledger: the check itself, and for each resource what is new since the ledger
 * last heard of it. Recording a check twice gives the same ids.
 */
import { createHash } from "node:crypto";
import type { CheckResult, ResourceResult, Verdict } from "../../domain/check.ts";
import type { ContentInput } from "../../ledger/entry/content.ts";
import { driftKey } from "../../ledger/entry/driftKey.ts";
import { fitting } from "../../ledger/entry/fitting.ts";
import type { EntryActor, EntryInput, EntryReference, EntryStack } from "../../ledger/entry/form.ts";
import type { CheckCompletedData } from "../../ledger/entry/kinds/check.ts";
import type { DriftResolvedData } from "../../ledger/entry/kinds/drift.ts";
import { isDrift } from "../exitStatus.ts";
import { type Drifted, drifted, resourceOf } from "./driftEntry.ts";

/** What to append: an entry, and what lies beside the log with it. */
export interface Recording {
  readonly entry: EntryInput;
  readonly content: readonly ContentInput[];
}

/** A drift that no entry has resolved. */
export interface KnownDrift {
  readonly drift: string;
  /** See `driftKey`. */
  readonly resource: string;
  /** Of what was found last. */
  readonly digest: string;
  readonly lineage: string | undefined;
  readonly serial: number | undefined;
}

/** What the ledger knows of a stack; its index has it. */
export interface KnownDrifts {
  openDrifts(stack: EntryStack): readonly KnownDrift[];
}

export interface RecordingContext {
  /** Unique: 1 to 128 visible ASCII characters. The entry of the check has this id. */
  readonly checkId: string;
  /** Default: the check itself. */
  readonly actor?: EntryActor;
  readonly known: KnownDrifts;
}

export const CHECK_ACTOR: EntryActor = { type: "system", id: "anchorwatch/check" };

/** In order: the check first, since the others refer to it. */
export function recordCheck(result: CheckResult, context: RecordingContext): readonly Recording[] {
  const stack = entryStackOf(result);
  const check = completedEntry(result, context.checkId, context.actor);
  const base = { time: check.time, actor: check.actor, stack };
  const open = openByResource(context.known.openDrifts(stack), stack);
  const found = result.resources.flatMap((resource): readonly Recording[] => {
    const address = addressOf(resource);
    const key = driftKey(address, { ...resourceOf(resource) });
    const step = stepOf(resource, open.get(key), result);
    if (step === undefined) return [];
    const where = address === undefined ? base : { ...base, address };
    const refs = [{ type: "check", id: context.checkId }, ...step.refs];
    const id = idOf(context.checkId, key);
    return [{ entry: { id, kind: step.kind, ...where, refs, ...step.members }, content: step.content }];
  });
  return [{ entry: check, content: [] }, ...found];
}

/** The entry about the check itself. */
export function completedEntry(
  result: CheckResult,
  checkId: string,
  actor: EntryActor = CHECK_ACTOR,
): EntryInput {
  return {
    id: checkId,
    kind: "check.completed",
    time: result.finishedAt.toISOString(),
    actor,
    stack: entryStackOf(result),
    data: completedData(result) satisfies CheckCompletedData,
  };
}

/** An unmanaged resource has none. */
function addressOf({ verdict, address }: ResourceResult): string | undefined {
  return verdict === "unmanaged" || address === "" ? undefined : address.toWellFormed();
}

/** A resource has one entry a check at most. */
function idOf(checkId: string, key: string): string {
  const digest = createHash("sha256")
    .update(JSON.stringify([checkId, key]))
    .digest("hex");
  return `drift-${digest.slice(0, 32)}`;
}

interface Step {
  readonly kind: "drift.opened" | "drift.updated" | "drift.resolved";
  /** To the drift that it belongs to; none where it opens one. */
  readonly refs: readonly EntryReference[];
  readonly members: Drifted["members"];
  readonly content: readonly ContentInput[];
}

/** What is new of one resource. Whatever could not be seen leaves its drift open. */
function stepOf(
  resource: ResourceResult,
  known: KnownDrift | undefined,
  result: CheckResult,
): Step | undefined {
  if (isDrift(resource)) {
    const now = drifted(resource, result.stack.serial);
    if (known === undefined) return { kind: "drift.opened", refs: [], ...now };
    return known.digest === now.digest
      ? undefined
      : { kind: "drift.updated", refs: [driftOf(known)], ...now };
  }
  if (known === undefined || resource.verdict !== "in_sync") return undefined;
  const data = resolvedData(resource, known, result) satisfies DriftResolvedData;
  return { kind: "drift.resolved", refs: [driftOf(known)], members: { data }, content: [] };
}

function driftOf({ drift }: KnownDrift): EntryReference {
  return { type: "drift", id: drift };
}

function resolvedData(
  resource: ResourceResult,
  { serial: lastSerial }: KnownDrift,
  { stack: { serial } }: CheckResult,
) {
  const isSameState = serial !== undefined && serial === lastSerial;
  return {
    resource: resourceOf(resource),
    // A new state may hold the stranger's values: nobody may read “repaired” out of that.
    how: isSameState ? ("reverted" as const) : ("state_changed" as const),
    ...(serial === undefined ? {} : { serial }),
    ...(lastSerial === undefined ? {} : { lastSerial }),
  };
}

/** Stacks of one name with states of their own are told apart where both lineages are known. */
function openByResource(
  known: readonly KnownDrift[],
  { lineage }: EntryStack,
): ReadonlyMap<string, KnownDrift> {
  const own = known.filter(
    (drift) => lineage === undefined || drift.lineage === undefined || drift.lineage === lineage,
  );
  return new Map(own.map((drift) => [drift.resource, drift]));
}

export function entryStackOf({ stack: { name, kind, workspace, lineage } }: CheckResult): EntryStack {
  return {
    // The folder `/` has no name.
    name: name || "/",
    kind,
    ...(workspace ? { workspace } : {}),
    ...(lineage ? { lineage } : {}),
  };
}

function completedData(result: CheckResult) {
  const { trigger, startedAt, finishedAt, coverage, identities, warnings, stack } = result;
  return {
    trigger,
    startedAt: startedAt.toISOString(),
    finishedAt: finishedAt.toISOString(),
    coverage: { ...coverage },
    unseen: unseenOf(result.resources),
    ...ignoredByOf(result.resources),
    identities: identities.map(({ provider, description }) => ({ provider, description })),
    ...(stack.path ? { path: stack.path } : {}),
    ...(stack.serial === undefined ? {} : { serial: stack.serial }),
    warnings: warnings.length,
  };
}

const MOST_RULES = 100;

/** Whoever reads the ledger has to see what was silenced, and on whose word. */
function ignoredByOf(resources: readonly ResourceResult[]): { readonly ignoredBy?: string[] } {
  const labels = new Set<string>();
  const add = (label: string) => labels.add(label.slice(0, 1000).toWellFormed());
  for (const { verdict, reason, changes = [] } of resources) {
    for (const { ignoredBy } of changes) if (ignoredBy !== undefined) add(ignoredBy);
    // The whole of it, also where it was deleted and has no changes.
    if (verdict === "ignored" && reason !== undefined) add(reason.message.replace(/^ignored by /, ""));
  }
  return labels.size === 0 ? {} : { ignoredBy: fitting([...labels].sort().slice(0, MOST_RULES)) };
}

const UNSEEN: ReadonlySet<Verdict> = new Set(["unknown", "not_checked"]);

function unseenOf(resources: readonly ResourceResult[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const { verdict, reason } of resources) {
    if (!UNSEEN.has(verdict)) continue;
    const code = reason?.code ?? verdict;
    counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
}
