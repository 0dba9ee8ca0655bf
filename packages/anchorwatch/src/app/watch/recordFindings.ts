/**
 * What a check found becomes the record: the one drift of each resource, its history, and the ledger's entries about it, in one
 * transaction. A check that finds everything as it was leaves nothing but the time at which it looked.
 */
import { isDeepStrictEqual } from "node:util";
import type { Attribution } from "../../domain/actor.ts";
import type { CheckResult, CheckTrigger, ResourceResult } from "../../domain/check.ts";
import type { DriftMark, MarkStanding } from "../../domain/driftMark.ts";
import { driftKey } from "../../ledger/entry/driftKey.ts";
import type { EntryStack } from "../../ledger/entry/form.ts";
import type { Marked } from "../../terraform/read/marked.ts";
import { STATE_ADDRESS } from "../../watch/deployment.ts";
import type { DriftId, DriftRecord, DriftStep } from "../../watch/drift.ts";
import type { CheckRecord, OutboxEntry, WatchRecords } from "../../watch/records.ts";
import type { StackStatus, StateMark } from "../../watch/stack.ts";
import { type Sight, type Step, stepDrift } from "../../watch/stepDrift.ts";
import { isBlindSpot } from "../exitStatus.ts";
import { drifted, resourceOf } from "../ledger/driftEntry.ts";
import { entryStackOf } from "../ledger/recordCheck.ts";
import { checkEntry, checkRecordOf, isNotable } from "./checkRecord.ts";
import { deploymentEntry, type NewState } from "./deploying.ts";
import { driftEntry } from "./driftEntry.ts";
import { withLate } from "./lateAttributions.ts";
import { deposedKeyOf, type Left } from "./leaving.ts";
import { foundOf, marksAfter, sightOf } from "./seeing.ts";

export interface Findings {
  readonly status: StackStatus;
  readonly trigger: CheckTrigger;
  readonly result: CheckResult;
  readonly state: StateMark;
  readonly revision: string | undefined;
  /** Everything was looked at, not some addresses. */
  readonly isSweep: boolean;
  readonly marked: ReadonlyMap<string, Marked>;
  /** The marks that the check asked about, by address: another check may have changed them since. */
  readonly remembered: ReadonlyMap<string, readonly DriftMark[]>;
  readonly left: Pick<Left, "sights" | "moved">;
  /** Absent: the state is the one that was known. */
  readonly newState: NewState | undefined;
  /** The operator says who delivers. */
  readonly hasDelivery: boolean;
  /** Who may have caused it, the likeliest first. */
  readonly attribute: (records: WatchRecords, address: string) => Promise<readonly Attribution[]>;
  /** Throws when what was found is another's to record by now. */
  readonly hold: (records: WatchRecords) => Promise<void>;
  /** Not told yet, and looked at again: a deployment that has not written its state. */
  readonly isHeldBack: (address: string, attributions: readonly Attribution[]) => boolean;
}

export interface RecordedFindings {
  readonly check: CheckRecord | undefined;
  readonly changes: readonly { readonly step: DriftStep["kind"]; readonly drift: DriftRecord }[];
  readonly heldBack: readonly string[];
}

export interface RecordingMachine {
  /** Another unique text at each call. */
  readonly newId: () => string;
}

export async function recordFindings(
  records: WatchRecords,
  findings: Findings,
  machine: RecordingMachine,
): Promise<RecordedFindings> {
  return await records.transaction(async (inside) => {
    await findings.hold(inside);
    return await new Recorder(inside, findings, machine).record();
  });
}

class Recorder {
  readonly #records: WatchRecords;
  readonly #findings: Findings;
  readonly #newId: () => string;
  readonly #checkId: string;
  readonly #stack: EntryStack;
  readonly #changes: { step: DriftStep["kind"]; drift: DriftRecord }[] = [];
  readonly #entries: ReturnType<typeof driftEntry>[] = [];
  readonly #heldBack: string[] = [];

  constructor(records: WatchRecords, findings: Findings, { newId }: RecordingMachine) {
    this.#records = records;
    this.#findings = findings;
    this.#newId = newId;
    this.#checkId = `check-${newId()}`;
    this.#stack = entryStackOf(findings.result);
  }

  async record(): Promise<RecordedFindings> {
    const { status, result, state, revision, isSweep } = this.#findings;
    const { stack } = status;
    const known = await this.#records.drifts.lockOpen(stack.id);
    const open = new Map(known.map((drift) => this.#asPlaced(drift)).map((drift) => [keyOf(drift), drift]));
    const deployments = await this.#keepState();
    for (const resource of result.resources) await this.#see(resource, open);
    for (const drift of open.values()) await this.#leave(drift);
    for (const drift of known) await this.#move(drift);
    const isComplete = !result.resources.some(isBlindSpot);
    const check = isNotable(this.#findings, isComplete, this.#changes.length)
      ? checkRecordOf(this.#findings, this.#checkId, isComplete)
      : undefined;
    if (check !== undefined) await this.#records.checks.add(check);
    const told = check === undefined ? [] : [checkEntry(result, this.#checkId)];
    await this.#records.outbox.put([...deployments, ...told, ...this.#entries]);
    await this.#records.stacks.checked(stack.id, {
      at: result.finishedAt,
      isComplete,
      state,
      ...(revision === undefined ? {} : { revision }),
      ...(isSweep ? { coverage: result.coverage } : {}),
    });
    return { check, changes: this.#changes, heldBack: this.#heldBack };
  }

  /** A resource that was moved keeps its drift. */
  #asPlaced(drift: DriftRecord): DriftRecord {
    const address = this.#findings.left.moved.get(drift.id);
    return address === undefined ? drift : { ...drift, address, resource: driftKey(address, undefined) };
  }

  /** Only this state tells that it moved: the next one knows it at its new address alone. */
  async #move(before: DriftRecord): Promise<void> {
    const drift = this.#asPlaced(before);
    if (drift === before || this.#changes.some((change) => change.drift.id === drift.id)) return;
    const { state, seenAt } = drift;
    await this.#take({ kind: "updated", verdict: drift.verdict }, drift, undefined, { state, seenAt });
  }

  async #keepState(): Promise<readonly OutboxEntry[]> {
    const { status, newState, state, revision, hasDelivery, attribute, result } = this.#findings;
    if (newState === undefined) return [];
    const { identifiers, resources, deployment } = newState;
    if (identifiers !== undefined) await this.#records.identifiers.replace(status.stack.id, identifiers);
    await this.#records.resources.replace(status.stack.id, resources);
    if (deployment === undefined) return [];
    const writers = await attribute(this.#records, STATE_ADDRESS);
    const about = { stack: this.#stack, found: state, revision, writers, hasDelivery, at: result.finishedAt };
    return [deploymentEntry({ ...about, ...deployment })];
  }

  /** @param open loses what was seen */
  async #see(resource: ResourceResult, open: Map<string, DriftRecord>): Promise<void> {
    const key = driftKey(resource.address || undefined, { ...resourceOf(resource) });
    const known = open.get(key);
    open.delete(key);
    const sight = sightOf(resource, this.#findings.state.serial);
    if (sight.kind === "unseen" || (sight.kind !== "drifted" && known === undefined)) return;
    const { stack } = this.#findings.status;
    const last = known ?? (await this.#records.drifts.lockResource(stack.id, key));
    const marked = this.#findings.marked.get(resource.address);
    if (last?.status === "open" && !this.#hasAsked(last)) return;
    const step = this.#stepOf(last, sight, marked?.standings ?? []);
    if (step.kind !== "none") await this.#take(step, last, { resource, key, marked });
    else if (sight.kind === "drifted" && last !== undefined) await this.#attributeLate(last);
  }

  /** Otherwise another check was quicker, and of the marks that it left nothing is known. */
  #hasAsked({ address, marks }: DriftRecord): boolean {
    return marks.length === 0 || isDeepStrictEqual(marks, this.#findings.remembered.get(address));
  }

  /** An open drift that no result speaks of. */
  async #leave(drift: DriftRecord): Promise<void> {
    const sight = this.#findings.left.sights.get(drift.id);
    if (sight === undefined) return;
    const step = this.#stepOf(drift, sight, []);
    if (step.kind !== "none") await this.#take(step, drift, undefined);
  }

  #stepOf(last: DriftRecord | undefined, sight: Sight, standings: readonly MarkStanding[]): Step {
    const { result, state } = this.#findings;
    return stepDrift(last, { sight, standings, at: result.startedAt, state });
  }

  async #take(
    step: Exclude<Step, { kind: "none" }>,
    last: DriftRecord | undefined,
    seen:
      | { readonly resource: ResourceResult; readonly key: string; readonly marked: Marked | undefined }
      | undefined,
    unseen: Partial<Pick<DriftRecord, "state" | "seenAt">> = {},
  ): Promise<void> {
    const address = seen?.resource.address ?? last?.address ?? "";
    const attributions = await this.#findings.attribute(this.#records, address);
    const isNew = step.kind === "opened" || step.kind === "reopened";
    if (isNew && this.#findings.isHeldBack(address, attributions)) {
      this.#heldBack.push(address);
      return;
    }
    const entryId = `drift-${this.#newId()}`;
    const found = seen === undefined || step.kind === "absorbed" || step.kind === "closed" ? undefined : seen;
    const news = found && drifted(found.resource, this.#findings.state.serial);
    const drift: DriftRecord = {
      ...(last ?? this.#fresh(seen)),
      ...this.#now(step),
      ...unseen,
      ...(isNew
        ? { openedAt: this.#findings.result.finishedAt, entryId, times: (last?.times ?? 0) + 1 }
        : {}),
      ...(news === undefined ? {} : { digest: news.digest, found: foundOf(news.members) }),
      ...(seen === undefined ? {} : { marks: marksAfter(step, last, seen.marked) }),
      attributions: attributions.length > 0 ? attributions : (last?.attributions ?? []),
    };
    const { closedAt: _, end: __, ...reopened } = drift;
    const kept = isNew ? reopened : drift;
    const history: DriftStep = {
      driftId: kept.id,
      at: this.#findings.result.finishedAt,
      kind: step.kind,
      verdict: kept.verdict,
      checkId: this.#checkId,
      ...(step.kind === "closed" ? { end: step.end } : {}),
      found: kept.found,
      attributions,
    };
    await this.#records.drifts.save(kept, history);
    this.#changes.push({ step: step.kind, drift: kept });
    this.#entries.push(
      driftEntry({
        id: entryId,
        step: history,
        drift: kept,
        reopens: step.kind === "reopened" ? last?.entryId : undefined,
        stack: this.#stack,
        content: news?.content ?? [],
      }),
    );
  }

  /** The drift is known, and more is known now of who caused it. */
  async #attributeLate(known: DriftRecord): Promise<void> {
    const attributions = withLate(known, await this.#findings.attribute(this.#records, known.address));
    if (attributions === undefined) return;
    const at = this.#findings.result.finishedAt;
    const { id: driftId, verdict, found } = known;
    const drift: DriftRecord = { ...known, attributions, updatedAt: at };
    const step: DriftStep = {
      driftId,
      at,
      kind: "attributed",
      verdict,
      checkId: this.#checkId,
      found,
      attributions,
    };
    await this.#records.drifts.save(drift, step);
    this.#changes.push({ step: step.kind, drift });
    const id = `drift-${this.#newId()}`;
    this.#entries.push(driftEntry({ id, step, drift, reopens: undefined, stack: this.#stack, content: [] }));
  }

  /** What changes with every step. */
  #now(step: Exclude<Step, { kind: "none" }>) {
    const { result, state } = this.#findings;
    const common = { updatedAt: result.finishedAt, seenAt: result.startedAt, state };
    if (step.kind === "closed")
      return { ...common, status: "closed" as const, closedAt: result.finishedAt, end: step.end };
    const verdict = step.kind === "absorbed" ? ("absorbed" as const) : step.verdict;
    return { ...common, status: "open" as const, verdict };
  }

  #fresh(
    seen: { readonly resource: ResourceResult; readonly key: string } | undefined,
  ): Pick<DriftRecord, "id" | "stackId" | "resource" | "address" | "type" | "found" | "digest" | "marks"> &
    Pick<DriftRecord, "openedAt" | "entryId" | "times" | "verdict"> {
    return {
      id: this.#newId() as DriftId,
      stackId: this.#findings.status.stack.id,
      resource: seen?.key ?? "",
      address: seen?.resource.address ?? "",
      type: seen?.resource.type ?? "",
      found: {},
      digest: "",
      marks: [],
      openedAt: this.#findings.result.finishedAt,
      entryId: "",
      times: 0,
      verdict: "changed",
    };
  }
}

/** By where it is now, which may not be where it was opened. */
function keyOf(drift: DriftRecord): string {
  const { address, resource } = drift;
  const deposed = deposedKeyOf(drift);
  if (address === "") return resource;
  return driftKey(address, deposed === undefined ? undefined : { deposed });
}
