/** What a look at an account found becomes the records, and the ledger's entries about them, in one transaction. */
import { isDelivery, personOf } from "../../activity/identities.ts";
import type { Attribution } from "../../domain/actor.ts";
import type { AuditEvent } from "../../domain/auditEvent.ts";
import type { Labels } from "../../domain/labels.ts";
import { isAws, providerOfUnit } from "../../inventory/listed.ts";
import type { Survey, SurveyedUnit } from "../../inventory/survey.ts";
import { type Thing, thingKey } from "../../inventory/thing.ts";
import type { OutboxEntry, WatchRecords } from "../../watch/records.ts";
import {
  type AccountSearch,
  type UnmanagedEnd,
  type UnmanagedRecord,
  unmanagedKey,
} from "../../watch/unmanaged.ts";
import { classifiedEntry } from "../policy/classifiedEntry.ts";
import { classifyUnmanaged } from "../policy/classifyUnmanaged.ts";
import { told, weighsTheSame } from "../policy/stackJudge.ts";
import { GRACE_MS, type InventoryContext } from "./inventoryContext.ts";
import type { JudgedThing, Judgement } from "./judging.ts";
import { isRemoval, type NamingEvents, namingEvents, tellingNames } from "./namingThings.ts";
import { type UnmanagedNews, unmanagedEntry } from "./unmanagedEntry.ts";
import { noChanges, type StepFrame, takeEnd, takeSeen, type UnmanagedChanges } from "./unmanagedSteps.ts";

export interface InventoryFindings {
  readonly judged: readonly JudgedThing[];
  readonly survey: Pick<Survey, "units">;
  /** Events because of which it was looked; only what they name is told then. */
  readonly events: readonly AuditEvent[];
  /** All of the account was looked at. */
  readonly whole?: {
    /** Of units that the operator's file has asked, and of providers that stacks have, or may have. */
    readonly isAsked: (unit: string) => boolean;
    readonly search: AccountSearch;
    readonly number: string;
  };
}

export interface RecordedInventory {
  /** So many things may be a deployment that goes on. */
  readonly held: number;
  readonly counts: UnmanagedChanges["counts"];
}

/** @throws AnchorwatchError `database_*` */
export async function recordInventory(
  context: InventoryContext,
  account: string,
  findings: InventoryFindings,
): Promise<RecordedInventory> {
  return await context.records.transaction((inside) =>
    new Recorder(inside, context, account, findings).record(),
  );
}

/** Who made it is asked for so many: each costs a look through the newest events. */
const MOST_ASKED = 30;
const FIRST_WINDOW_MS = 24 * 3_600_000;
const ENTRIES_AT_ONCE = 1000;
/** More looks than anybody waits for. */
const MOST_LOOKS = 10_000;

class Recorder {
  readonly #records: WatchRecords;
  readonly #context: InventoryContext;
  readonly #account: string;
  readonly #findings: InventoryFindings;
  #frame: StepFrame;
  readonly #changes = noChanges();
  #asked = 0;

  constructor(
    records: WatchRecords,
    context: InventoryContext,
    account: string,
    findings: InventoryFindings,
  ) {
    this.#records = records;
    this.#context = context;
    this.#account = account;
    this.#findings = findings;
    this.#frame = this.#frameOf(context.now(), {});
  }

  async record(): Promise<RecordedInventory> {
    const { unmanaged } = this.#records;
    const { judged, whole } = this.#findings;
    const searched = (await unmanaged.accounts()).find(({ name }) => name === this.#account);
    const before = searched?.search;
    this.#frame = this.#frameOf(this.#frame.at, searched?.labels ?? {});
    const keys = judged.map(({ thing }) => thingKey(thing));
    const known = new Map(
      (await unmanaged.lockKnown(this.#account, keys)).map((one) => [unmanagedKey(one), one]),
    );
    // What the search sees is not looked for once more because of an event.
    const looks =
      whole === undefined ? [] : await unmanaged.dueLooks(this.#account, this.#frame.at, MOST_LOOKS);
    const events = namingEvents([...this.#findings.events, ...looks.map(({ event }) => event)]);
    for (const [at, { thing, judgement }] of judged.entries()) {
      const key = keys[at] ?? "";
      const record = known.get(key);
      known.delete(key);
      await this.#take(thing, judgement, record, events, before);
    }
    for (const record of known.values()) this.#leave(record, events);
    await this.#store();
    if (whole !== undefined) {
      await unmanaged.searched(this.#account, whole.number, whole.search);
      await unmanaged.settleLooks(
        this.#account,
        looks.map(({ event }) => event.id),
      );
    }
    const { counts } = this.#changes;
    return { held: counts.held + this.#stillHeld, counts };
  }

  #frameOf(at: Date, labels: Labels): StepFrame {
    const { newId, rules } = this.#context;
    const { policy } = rules.ofAccounts(labels);
    return {
      ...{ account: this.#account, at, newId, policy: policy.digest },
      classify: (record) => classifyUnmanaged(record, policy, labels, at),
    };
  }

  #stillHeld = 0;

  async #take(
    thing: Thing,
    judgement: Judgement,
    record: UnmanagedRecord | undefined,
    events: NamingEvents,
    before: AccountSearch | undefined,
  ): Promise<void> {
    if (judgement.kind !== "unmanaged") {
      if (record !== undefined) takeEnd(this.#changes, record, endOf(judgement), this.#frame);
      return;
    }
    const unit = this.#unit(thing.unit);
    const isPartial = unit !== undefined && unit.problems.length > 0;
    const hasUnknownTags = unit?.areTagsKnown === false;
    // Half of what a thing is like would look like another one.
    if (record !== undefined && record.status !== "closed" && (isPartial || hasUnknownTags)) {
      this.#changes.seen.push(record.id);
      return;
    }
    // Its tags may say that it is left out.
    if (hasUnknownTags) return;
    const isNew = record === undefined || record.status === "held" || record.status === "closed";
    const causes = isKnownToTrails(thing)
      ? events.of(thing, isNew).map((event) => this.#attribution(event))
      : [];
    const isWhole = this.#findings.whole !== undefined;
    if (!isWhole && causes.length === 0) return;
    const attributions =
      causes.length === 0 && isNew && before !== undefined && isKnownToTrails(thing)
        ? await this.#ask(thing, before)
        : latestFirst(causes);
    const isSure = isKnownTo(attributions) || this.#isOld(thing, record) || (isWhole && before === undefined);
    if (!isSure && record?.status === "held") this.#stillHeld += 1;
    takeSeen(this.#changes, record, { thing, attributions, isSure }, this.#frame);
  }

  #unit(unit: string): SurveyedUnit | undefined {
    return this.#findings.survey.units.find((one) => one.unit === unit);
  }

  /** Long enough for a deployment to have written its state. */
  #isOld({ createdAt }: Thing, record: UnmanagedRecord | undefined): boolean {
    const since = Math.min(createdAt?.getTime() ?? Infinity, record?.firstSeenAt.getTime() ?? Infinity);
    return this.#frame.at.getTime() - since >= GRACE_MS;
  }

  async #ask(thing: Thing, { startedAt }: AccountSearch): Promise<readonly Attribution[]> {
    if (++this.#asked > MOST_ASKED) return [];
    const from = new Date(
      Math.max(startedAt.getTime(), this.#frame.at.getTime() - FIRST_WINDOW_MS) - GRACE_MS,
    );
    const found = await this.#records.events.naming(tellingNames(thing), { from, to: this.#frame.at });
    return found.slice(0, MOST_CAUSES).map((event) => this.#attribution(event));
  }

  /** It was known, and not seen. */
  #leave(record: UnmanagedRecord, events: NamingEvents): void {
    if (record.status === "closed") return;
    const { whole } = this.#findings;
    if (whole !== undefined && !whole.isAsked(record.unit)) {
      const because =
        providerOfUnit(record.unit) === undefined
          ? "The operator's file does not have it searched there any more."
          : "No stack has the provider any more that told of it, or it is not asked any more.";
      takeEnd(this.#changes, record, { end: "not_searched", because }, this.#frame);
      return;
    }
    const unit = this.#unit(record.unit);
    // Nobody knows what a service did not tell; and what owns things is known by their tags.
    if (unit === undefined || unit.problems.length > 0 || !unit.areTagsKnown) return;
    const removals = events.of({ ...record, id: record.importId }, true).filter(isRemoval);
    if (whole === undefined && removals.length === 0) return;
    const attributions = removals.map((event) => this.#attribution(event));
    takeEnd(
      this.#changes,
      record,
      { end: "gone", because: "It does not exist any more.", attributions },
      this.#frame,
    );
  }

  async #store(): Promise<void> {
    const { unmanaged, outbox } = this.#records;
    const { saved, seen, forgotten, news, judgedAgain } = this.#changes;
    await unmanaged.save(saved);
    if (seen.length > 0) await unmanaged.seen(seen, this.#frame.at);
    if (forgotten.length > 0) await unmanaged.forget(forgotten);
    const others = judgedAgain.filter(({ record, before }) => !weighsTheSame(record, before));
    await outbox.put(others.flatMap(({ record }) => this.#entryOf(record)));
    for (let from = 0; from < news.length; from += ENTRIES_AT_ONCE)
      await outbox.put(
        news
          .slice(from, from + ENTRIES_AT_ONCE)
          .flatMap((one) => [unmanagedEntry(one), ...this.#classified(one)]),
      );
  }

  /** Of those of which something else is said than before. */
  #classified({ record, before, step }: UnmanagedNews): readonly OutboxEntry[] {
    if (step === "closed") return [];
    const isSame = step === "attributed" || step === "updated" ? told(before) === told(record) : false;
    return isSame ? [] : this.#entryOf(record);
  }

  #entryOf({ classification, entryId: opened = "" }: UnmanagedRecord): readonly OutboxEntry[] {
    if (classification === undefined) return [];
    const { at, newId } = this.#frame;
    return [classifiedEntry({ id: `classified-${newId()}`, at, classification, opened, address: "" })];
  }

  #attribution({ id, name, service, time, actor }: AuditEvent): Attribution {
    return {
      ...{ eventId: id, eventName: name, service, time, actor },
      person: personOf(actor, this.#context.identities()),
      isDelivery: isDelivery(actor, this.#context.deliverers),
    };
  }
}

const MOST_CAUSES = 20;

/** A name of another cloud is anything in a trail of AWS. */
function isKnownToTrails({ provider, arn }: Thing): boolean {
  return provider === undefined || isAws(provider) || arn !== undefined;
}

function latestFirst(attributions: readonly Attribution[]): readonly Attribution[] {
  return attributions
    .toSorted((one, other) => other.time.getTime() - one.time.getTime())
    .slice(0, MOST_CAUSES);
}

/** By somebody who does not deploy. */
function isKnownTo(attributions: readonly Attribution[]): boolean {
  return attributions.some((one) => !one.isDelivery);
}

function endOf(judgement: Exclude<Judgement, { kind: "unmanaged" }>): {
  readonly end: UnmanagedEnd;
  readonly because: string;
} {
  switch (judgement.kind) {
    case "managed":
      return {
        end: "managed",
        // Which one, not everybody who may see the account may know.
        because: "A stack has it now.",
      };
    case "with_parent":
      return { end: "managed", because: "A stack has what it belongs to, and tells of it." };
    case "drift":
      return {
        end: "managed",
        because: "It left the state of a stack, and is told as a drift of that stack.",
      };
    case "left_out":
      return { end: "left_out", because: `It is left out: ${judgement.rule.because}.` };
  }
}
