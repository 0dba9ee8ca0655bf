/** One step in the life of a drift: the record as it is after it, its place in the history, and the ledger's entry about it. */
import type { Attribution } from "../../domain/actor.ts";
import type { ResourceResult } from "../../domain/check.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { EntryStack } from "../../ledger/entry/form.ts";
import type { Marked } from "../../terraform/read/marked.ts";
import { wholeKey } from "../../terraform/read/readStack.ts";
import { STATE_ADDRESS } from "../../watch/deployment.ts";
import type { DriftRecord, DriftStep } from "../../watch/drift.ts";
import type { ExceptionRecord } from "../../watch/exception.ts";
import type { OutboxEntry, WatchRecords } from "../../watch/records.ts";
import type { SeenResource } from "../../watch/seenResource.ts";
import type { Step } from "../../watch/stepDrift.ts";
import { drifted } from "../ledger/driftEntry.ts";
import { type Judged, Judging } from "../policy/judging.ts";
import { seenResource } from "../policy/seenResource.ts";
import { firstCauseOf } from "./attributing.ts";
import { driftEntry } from "./driftEntry.ts";
import type { Findings } from "./findings.ts";
import { withLate } from "./lateAttributions.ts";
import { resourceIn } from "./leaving.ts";
import { freshDrift, withoutPast } from "./placing.ts";
import { foundOf, marksAfter } from "./seeing.ts";
import { byWhomItEnded, causesOfDrift, causesOfStep } from "./stepCauses.ts";

export interface StepFrame {
  readonly checkId: string;
  readonly stack: EntryStack;
  /** Another unique text at each call. */
  readonly newId: () => string;
}

/** The steps of one check. */
export class DriftSteps {
  readonly #records: WatchRecords;
  readonly #findings: Findings;
  readonly #checkId: string;
  readonly #stack: EntryStack;
  readonly #newId: () => string;
  readonly changes: { step: DriftStep["kind"]; drift: DriftRecord }[] = [];
  /** For the outbox. */
  readonly entries: OutboxEntry[] = [];
  /** Addresses. */
  readonly heldBack: string[] = [];
  #judging: Judging | undefined;

  constructor(records: WatchRecords, findings: Findings, { checkId, stack, newId }: StepFrame) {
    this.#records = records;
    this.#findings = findings;
    this.#checkId = checkId;
    this.#stack = stack;
    this.#newId = newId;
  }

  /** What is known when the check is recorded; before anything is taken. */
  begin(open: readonly DriftRecord[], exceptions: readonly ExceptionRecord[]): void {
    const { status, rules, result } = this.#findings;
    const frame = { stack: status.stack, rules, entryStack: this.#stack, now: result.finishedAt };
    const about = { ...frame, checkId: this.#checkId, newId: this.#newId };
    this.#judging = new Judging(this.#records, about, { open, exceptions });
  }

  /**
   * @param given not taken when it is held back
   * @param unseen what stays as it was, of a drift that nobody looked at
   */
  async take(
    given: Exclude<Step, { kind: "none" }>,
    last: DriftRecord | undefined,
    seen:
      | { readonly resource: ResourceResult; readonly key: string; readonly marked: Marked | undefined }
      | undefined,
    unseen: Partial<Pick<DriftRecord, "state" | "seenAt">> = {},
  ): Promise<void> {
    const address = seen?.resource.address ?? last?.address ?? "";
    const attributions = await this.#causesOf(given, last, seen?.resource ?? last, address);
    const step = byWhomItEnded(given, attributions, this.#findings.hasDelivery);
    const isNew = step.kind === "opened" || step.kind === "reopened";
    if (isNew && this.#findings.isHeldBack(address, attributions)) {
      this.heldBack.push(address);
      return;
    }
    const entryId = `drift-${this.#newId()}`;
    const found = seen === undefined || step.kind === "absorbed" || step.kind === "closed" ? undefined : seen;
    const news = found && drifted(found.resource, this.#findings.state.serial);
    const drift: DriftRecord = {
      ...(last ?? freshDrift(seen, { ...this.#findings, id: this.#newId() })),
      ...this.#now(step),
      ...unseen,
      ...(isNew
        ? {
            openedAt: this.#findings.result.finishedAt,
            entryId,
            times: (last?.times ?? 0) + 1,
          }
        : {}),
      ...(news === undefined ? {} : { digest: news.digest, found: foundOf(news.members) }),
      ...(seen === undefined ? {} : { marks: marksAfter(step, last, seen.marked) }),
      attributions: causesOfDrift(step.kind, last, attributions),
    };
    const kept = isNew ? withoutPast(drift, this.#findings.causesSince) : drift;
    const resource = found && this.#seenOf(found.resource);
    const history = {
      driftId: kept.id,
      at: this.#findings.result.finishedAt,
      kind: step.kind,
      verdict: kept.verdict,
      checkId: this.#checkId,
      ...(step.kind === "closed" ? { end: step.end } : {}),
      found: kept.found,
      attributions,
    };
    const judged = await this.#save(kept, isNew ? undefined : last, history, resource);
    this.entries.push(
      driftEntry({
        id: entryId,
        step: history,
        drift: judged.drift,
        reopens: step.kind === "reopened" ? last?.entryId : undefined,
        stack: this.#stack,
        content: news?.content ?? [],
      }),
      ...judged.entries,
    );
  }

  async #save(
    drift: DriftRecord,
    last: DriftRecord | undefined,
    step: DriftStep,
    seen?: SeenResource,
  ): Promise<Judged> {
    if (this.#judging === undefined) throw new AnchorwatchError("internal", "a step before the beginning");
    const judged = await this.#judging.judge(drift, last, seen);
    const { classification, excepted } = judged.drift;
    const told = {
      ...step,
      ...(classification === undefined ? {} : { classification }),
      ...(excepted === undefined ? {} : { excepted }),
    };
    await this.#records.drifts.save(judged.drift, told, seen);
    this.changes.push({ step: step.kind, drift: judged.drift });
    return judged;
  }

  /** All of it, as the rules are to see it. */
  #seenOf(resource: ResourceResult): SeenResource {
    return seenResource(resource, this.#findings.wholes.get(wholeKey(resource)));
  }

  async #causesOf(
    { kind }: Exclude<Step, { kind: "none" }>,
    last: DriftRecord | undefined,
    of: ResourceResult | DriftRecord | undefined,
    address: string,
  ): Promise<readonly Attribution[]> {
    // The state took it over: whoever wrote that did this.
    const about = kind === "absorbed" ? { address: STATE_ADDRESS } : { address, ...nameOf(of) };
    return causesOfStep(kind, last, await this.#findings.attribute(this.#records, about));
  }

  /** The drift is known, and more is known now of who caused it. */
  async attributeLate(known: DriftRecord): Promise<void> {
    const about = { address: known.address, ...nameOf(known), since: firstCauseOf(known) };
    const attributions = withLate(known, await this.#findings.attribute(this.#records, about));
    if (attributions === undefined) return;
    const at = this.#findings.result.finishedAt;
    const { id: driftId, verdict, found } = known;
    const drift: DriftRecord = { ...known, attributions, updatedAt: at };
    const kind = "attributed" as const;
    const step = { driftId, at, kind, verdict, checkId: this.#checkId, found, attributions };
    const judged = await this.#save(drift, known, step);
    const id = `drift-${this.#newId()}`;
    const news = { id, step, drift: judged.drift, reopens: undefined, stack: this.#stack, content: [] };
    this.entries.push(driftEntry(news), ...judged.entries);
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
}

/** What no state has is found in events by its own name. */
function nameOf(about: ResourceResult | DriftRecord | undefined): { readonly name?: string } {
  if (about?.verdict !== "unmanaged") return {};
  const id = "found" in about ? resourceIn(about.found)?.id : about.id;
  return id === undefined ? {} : { name: id };
}
