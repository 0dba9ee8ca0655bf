/** The drifts of one stack, judged as they change: what is said of them, what silences them, and the entries about both. */
import type { JsonObject } from "../../domain/jsonValue.ts";
import { formatPath, type Path } from "../../domain/path.ts";
import type { EntryStack } from "../../ledger/entry/form.ts";
import type { OtherDrift } from "../../policy/facts.ts";
import type { DriftId, DriftRecord } from "../../watch/drift.ts";
import type { ExceptionRecord } from "../../watch/exception.ts";
import type { OutboxEntry, WatchRecords } from "../../watch/records.ts";
import type { SeenResource } from "../../watch/seenResource.ts";
import type { WatchedStack } from "../../watch/stack.ts";
import { stepException } from "../../watch/stepException.ts";
import { classifiedEntry } from "./classifiedEntry.ts";
import { endedEntry, POLICY_ACTOR } from "./exceptionEntries.ts";
import { MOST_OTHERS } from "./facts.ts";
import {
  otherOf,
  type StackJudge,
  type StackRules,
  saysTheSame,
  stackJudge,
  weighsTheSame,
} from "./stackJudge.ts";

export interface JudgingFrame {
  readonly stack: WatchedStack;
  readonly rules: StackRules;
  readonly entryStack: EntryStack;
  readonly checkId?: string;
  readonly now: Date;
  /** Another unique text at each call. */
  readonly newId: () => string;
}

export interface Judged {
  readonly drift: DriftRecord;
  /** People would be told something else than before. */
  readonly isNews: boolean;
  /** For the outbox, after the entry about what happened to the drift. */
  readonly entries: readonly OutboxEntry[];
}

/** In one transaction, in which the stack is locked. */
export class Judging {
  readonly #records: WatchRecords;
  readonly #frame: JudgingFrame;
  readonly #judge: StackJudge;
  #exceptions: readonly ExceptionRecord[];
  /** The newest first. */
  readonly #others: (OtherDrift & { readonly id: DriftId })[];

  constructor(
    records: WatchRecords,
    frame: JudgingFrame,
    known: { readonly open: readonly DriftRecord[]; readonly exceptions: readonly ExceptionRecord[] },
  ) {
    this.#records = records;
    this.#frame = frame;
    this.#exceptions = known.exceptions;
    this.#judge = stackJudge({ ...frame.rules, stack: frame.stack, exceptions: known.exceptions });
    this.#others = known.open
      .map((drift) => ({ ...otherOf(drift), id: drift.id }))
      .sort((one, other) => other.openedAt.getTime() - one.openedAt.getTime());
  }

  /**
   * After a step in its life.
   * @param seen absent: as it was kept
   */
  async judge(drift: DriftRecord, last: DriftRecord | undefined, seen?: SeenResource): Promise<Judged> {
    const isOther = (judged: DriftRecord) => last === undefined || !saysTheSame(last, judged);
    return await this.#judged("judged", drift, seen, isOther);
  }

  /** Of one to which nothing has happened. */
  async judgeAgain(drift: DriftRecord): Promise<Judged> {
    return await this.#judged("judgedAgain", drift, undefined, (judged) => !weighsTheSame(drift, judged));
  }

  async #judged(
    how: keyof StackJudge,
    drift: DriftRecord,
    seen: SeenResource | undefined,
    isOther: (judged: DriftRecord) => boolean,
  ): Promise<Judged> {
    const { now } = this.#frame;
    const from = drift.status === "closed" ? NOTHING_SEEN : (seen ?? (await this.#kept(drift)));
    const judged = this.#judge[how](drift, from, this.#othersOf(drift), now);
    this.#remember(judged);
    const ended = await this.#endExceptions(judged);
    const isNews = drift.status === "open" && isOther(judged);
    return { drift: judged, isNews, entries: [...ended, ...(isNews ? this.#told(judged) : [])] };
  }

  /** Those whose time is over, whatever they are about. */
  async endExpired(): Promise<readonly OutboxEntry[]> {
    const entries: OutboxEntry[] = [];
    for (const exception of this.#exceptions) entries.push(...(await this.#end(exception, undefined)));
    return entries;
  }

  async #kept(drift: DriftRecord): Promise<SeenResource> {
    return (await this.#records.drifts.seenOf([drift.id])).get(drift.id) ?? seenOfRecord(drift);
  }

  #othersOf({ id }: DriftRecord): readonly OtherDrift[] {
    return this.#others
      .slice(0, MOST_OTHERS + 1)
      .filter((other) => other.id !== id)
      .slice(0, MOST_OTHERS)
      .map(({ id: _, ...other }) => other);
  }

  #remember(drift: DriftRecord): void {
    const at = this.#others.findIndex(({ id }) => id === drift.id);
    if (at >= 0) this.#others.splice(at, 1);
    if (drift.status === "open") this.#others.unshift({ ...otherOf(drift), id: drift.id });
  }

  async #endExceptions(drift: DriftRecord): Promise<readonly OutboxEntry[]> {
    const entries: OutboxEntry[] = [];
    for (const exception of this.#exceptions)
      if (exception.kind === "accept" && exception.driftId === drift.id)
        entries.push(...(await this.#end(exception, drift)));
    return entries;
  }

  async #end(exception: ExceptionRecord, drift: DriftRecord | undefined): Promise<readonly OutboxEntry[]> {
    const { now, newId, entryStack } = this.#frame;
    const severity = drift?.classification?.severity;
    const step = stepException(exception, drift && { ...drift, severity }, now);
    if (step === undefined) return [];
    const { end, because } = step;
    const ended = {
      ...exception,
      ...{ state: end, because, updatedAt: now, version: exception.version + 1 },
    };
    this.#exceptions = this.#exceptions.filter(({ id }) => id !== exception.id);
    await this.#records.exceptions.save(ended);
    const news = { id: `exception-${newId()}`, exception: ended, actor: POLICY_ACTOR, stack: entryStack };
    return [endedEntry({ ...news, drift, at: now }, end)];
  }

  #told({ classification, excepted, entryId, address }: DriftRecord): readonly OutboxEntry[] {
    if (classification === undefined) return [];
    const { now: at, newId, checkId, entryStack: stack } = this.#frame;
    const from = checkId === undefined ? {} : { checkId };
    const about = { classification, excepted, opened: entryId, address };
    return [classifiedEntry({ id: `classified-${newId()}`, at, stack, ...about, ...from })];
  }
}

const NOTHING_SEEN: SeenResource = { recorded: {}, live: {}, isCut: true, changes: [] };

/** Of a time when nothing was kept, or what nobody read: the record tells no more than what changed. */
function seenOfRecord({ found }: DriftRecord): SeenResource {
  const { changes = [] } = (found["data"] ?? {}) as { readonly changes?: readonly KeptChange[] };
  const [before, after] = [found["before"], found["after"]] as (JsonObject | undefined)[];
  return {
    ...NOTHING_SEEN,
    changes: changes.map(({ path, op, settable, sensitive }) => {
      const text = formatPath(path);
      const [attribute] = path;
      const recorded = before?.[text];
      const live = after?.[text];
      return {
        ...{ path: text, attribute: typeof attribute === "string" ? attribute : "", op },
        ...(recorded === undefined ? {} : { recorded }),
        ...(live === undefined ? {} : { live }),
        ...{ sensitive: sensitive === true, settable, ignored: false },
      };
    }),
  };
}

interface KeptChange {
  readonly path: Path;
  readonly op: "replace" | "add" | "remove";
  readonly settable: boolean;
  readonly sensitive?: boolean;
}
