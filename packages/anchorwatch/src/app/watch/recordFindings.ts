/**
 * What a check found becomes the record: the one drift of each resource, its history, and the ledger's entries about it, in one
 * transaction. A check that finds everything as it was leaves nothing but the time at which it looked.
 */
import { isDeepStrictEqual } from "node:util";
import type { ResourceResult } from "../../domain/check.ts";
import type { MarkStanding } from "../../domain/driftMark.ts";
import { placesIn } from "../../inventory/matching.ts";
import { driftKey } from "../../ledger/entry/driftKey.ts";
import type { EntryStack } from "../../ledger/entry/form.ts";
import { STATE_ADDRESS } from "../../watch/deployment.ts";
import type { DriftId, DriftRecord, DriftStep } from "../../watch/drift.ts";
import type { CheckRecord, Identifier, OutboxEntry, WatchRecords } from "../../watch/records.ts";
import { type Sight, type Step, stepDrift } from "../../watch/stepDrift.ts";
import { isBlindSpot } from "../exitStatus.ts";
import { resourceOf } from "../ledger/driftEntry.ts";
import { entryStackOf } from "../ledger/recordCheck.ts";
import { checkEntry, checkRecordOf, ignoredDigest, isNotable } from "./checkRecord.ts";
import { type ClaimChange, type ClaimNews, settleClaims } from "./claiming.ts";
import { deploymentEntry } from "./deploying.ts";
import { DriftSteps } from "./driftSteps.ts";
import type { Findings } from "./findings.ts";
import { asPlaced, closed, keyOf } from "./placing.ts";
import { sightOf } from "./seeing.ts";

export interface RecordedFindings {
  readonly check: CheckRecord | undefined;
  readonly changes: readonly { readonly step: DriftStep["kind"]; readonly drift: DriftRecord }[];
  readonly heldBack: readonly string[];
  readonly claims: readonly ClaimChange[];
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

/** A name is known with the account and region of its stack. */
function placesOf(identifiers: readonly Identifier[]) {
  const { accounts, regions } = placesIn(identifiers);
  return { accounts: [...accounts], regions: [...regions] };
}

class Recorder {
  readonly #records: WatchRecords;
  readonly #findings: Findings;
  readonly #checkId: string;
  readonly #stack: EntryStack;
  readonly #steps: DriftSteps;
  /** Drifts that are as they were, under a state that is new to them. */
  readonly #seenAgain: DriftId[] = [];

  constructor(records: WatchRecords, findings: Findings, { newId }: RecordingMachine) {
    this.#records = records;
    this.#findings = findings;
    this.#checkId = `check-${newId()}`;
    this.#stack = entryStackOf(findings.result);
    this.#steps = new DriftSteps(records, findings, { checkId: this.#checkId, stack: this.#stack, newId });
  }

  async record(): Promise<RecordedFindings> {
    const { status, result, state, revision, isSweep } = this.#findings;
    const { stack } = status;
    const known = await this.#records.drifts.lockOpen(stack.id);
    this.#steps.begin(known, await this.#records.exceptions.lockActive(stack.id));
    const open = new Map(
      known.map((drift) => asPlaced(drift, this.#findings.left)).map((drift) => [keyOf(drift), drift]),
    );
    const deployments = await this.#keepState();
    for (const resource of result.resources) await this.#see(resource, open);
    for (const drift of open.values()) await this.#leave(drift);
    for (const drift of known) await this.#move(drift);
    if (this.#seenAgain.length > 0) await this.#records.drifts.seenUnder(this.#seenAgain, state);
    const isComplete = !result.resources.some(isBlindSpot);
    const ignored = isSweep && isComplete ? ignoredDigest(result) : undefined;
    const check = isNotable(this.#findings, isComplete, this.#steps.changes.length, ignored)
      ? checkRecordOf(this.#findings, this.#checkId, isComplete)
      : undefined;
    if (check !== undefined) await this.#records.checks.add(check);
    const told = check === undefined ? [] : [checkEntry(result, this.#checkId)];
    const shared = await this.#settleClaims();
    await this.#records.outbox.put([...deployments, ...told, ...this.#steps.entries, ...shared.entries]);
    await this.#records.stacks.checked(stack.id, {
      startedAt: result.startedAt,
      at: result.finishedAt,
      isComplete,
      state,
      ...(revision === undefined ? {} : { revision }),
      ...(isSweep ? { coverage: result.coverage } : {}),
      ...(ignored === undefined ? {} : { ignored }),
    });
    return { check, changes: this.#steps.changes, heldBack: this.#steps.heldBack, claims: shared.changes };
  }

  async #settleClaims(): Promise<ClaimNews> {
    const { claims, status, result } = this.#findings;
    if (claims === undefined) return { changes: [], entries: [] };
    // It may have gone while it was looked at: nobody would ever end what it claims then.
    const isGone = (await this.#records.stacks.byId(status.stack.id))?.health === "gone";
    return await settleClaims(this.#records, isGone ? [] : claims, {
      stack: status.stack,
      at: result.finishedAt,
    });
  }

  /** Only this state tells that it moved: the next one knows it at its new address alone. */
  async #move(before: DriftRecord): Promise<void> {
    const drift = asPlaced(before, this.#findings.left);
    if (drift === before || this.#steps.changes.some((change) => change.drift.id === drift.id)) return;
    const { state, seenAt } = drift;
    await this.#steps.take({ kind: "updated", verdict: drift.verdict }, drift, undefined, { state, seenAt });
  }

  async #keepState(): Promise<readonly OutboxEntry[]> {
    const { status, newState, state, revision, hasDelivery, attribute, result } = this.#findings;
    if (newState === undefined) return [];
    const { identifiers, resources, deployment } = newState;
    if (identifiers !== undefined) {
      await this.#records.identifiers.replace(status.stack.id, identifiers);
      await this.#records.unmanaged.keepPlaces(status.stack.id, placesOf(identifiers));
    }
    await this.#records.resources.replace(status.stack.id, resources);
    if (deployment === undefined) return [];
    const writers = await attribute(this.#records, { address: STATE_ADDRESS });
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
    const last = known ?? closed(await this.#records.drifts.lockResource(stack.id, key));
    const marked = this.#findings.marked.get(resource.address);
    if (last?.status === "open" && !this.#hasAsked(last, resource)) return;
    const step = this.#stepOf(last, sight, marked?.standings ?? []);
    if (step.kind !== "none") await this.#steps.take(step, last, { resource, key, marked });
    else if (sight.kind === "drifted" && last !== undefined) await this.#seeAgain(last);
  }

  /** A state that still differs from what runs took nothing over: what closes the drift from now on is not its doing. */
  async #seeAgain(known: DriftRecord): Promise<void> {
    await this.#steps.attributeLate(known);
    const { result, state } = this.#findings;
    const isOlder = result.startedAt < known.seenAt;
    if (known.status === "open" && !isOlder && known.state.digest !== state.digest)
      this.#seenAgain.push(known.id);
  }

  /** Otherwise another check was quicker, and of the marks that it left nothing is known. */
  #hasAsked({ marks }: DriftRecord, resource: ResourceResult): boolean {
    return marks.length === 0 || isDeepStrictEqual(marks, this.#findings.remembered.of(resource));
  }

  /** An open drift that no result speaks of. */
  async #leave(drift: DriftRecord): Promise<void> {
    const sight = this.#findings.left.sights.get(drift.id);
    if (sight === undefined) return;
    const step = this.#stepOf(drift, sight, []);
    if (step.kind !== "none") await this.#steps.take(step, drift, undefined);
    else if (sight.kind === "left_the_state" && drift.attributions.length === 0)
      await this.#steps.attributeLate(drift);
  }

  #stepOf(last: DriftRecord | undefined, sight: Sight, standings: readonly MarkStanding[]): Step {
    const { result, state } = this.#findings;
    return stepDrift(last, { sight, standings, at: result.startedAt, state });
  }
}
