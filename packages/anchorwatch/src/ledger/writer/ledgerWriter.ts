/** The one writer of a log: finds out how far it is, makes sure that it is the log that the outside knows, and appends. */
import type { Signer, VerifierKey } from "tlog";
import { AnchorwatchError, messageOf, type Warning } from "../../domain/errors.ts";
import type { Anchor } from "../anchors/anchor.ts";
import { type ContentInput, withContent } from "../entry/content.ts";
import { type EntryInput, encodeEntry } from "../entry/entry.ts";
import { MAX_BATCH_ENTRIES } from "../storage/limits.ts";
import type { LogStorage, TreeState, WriterLease } from "../storage/storage.ts";
import { AnchorNews, type AnchorTurn } from "./anchorNews.ts";
import { checkAnchors, confrontAnchors } from "./anchorsAtStart.ts";
import { withCosignatures } from "./cosignatures.ts";
import { EntryClock } from "./entryClock.ts";
import type { KeepEvidence } from "./evidence.ts";
import type { IdIndex, OpenIdIndex } from "./idIndex.ts";
import { KnownIds } from "./knownIds.ts";
import { lastTime } from "./lastTime.ts";
import { LogTiles } from "./logTiles.ts";
import { evidenceWhileHeld, unlessOvertaken } from "./overtaken.ts";
import { anchorEntry } from "./ownEntries.ts";
import {
  type Appended,
  type BatchLimits,
  Sequencer,
  type SequencerOptions,
  writerClosed,
} from "./sequencer.ts";
import { type Found, findTree, finishStaged, isCurrent, signTree } from "./start.ts";

export interface LedgerWriter {
  /** For good: it stands in every checkpoint. */
  readonly origin: string;
  /** The newest published one, a signed note; with the signatures of witnesses, as far as they have come. */
  readonly checkpoint: string;
  /** How many entries that has. */
  readonly size: number;
  /**
   * Resolves when the entry is durable and covered by a published checkpoint. With an id that is in the log already, nothing is
   * written and the first index is given. When it rejects with `ledger_writer_failed`, nobody knows whether the entry is in the
   * log: open the log again and append it again with the same id. @throws AnchorwatchError `ledger_entry_*`, `ledger_writer_*`
   */
  append(entry: EntryInput, content?: readonly ContentInput[]): Promise<Appended>;
  /** Writes what was appended, waits until the anchors have the last checkpoint or failed, and gives the log back. */
  close(): Promise<void>;
}

export interface LedgerWriterOptions {
  readonly storage: LogStorage;
  /** At least one. Each signs every checkpoint. */
  readonly signers: readonly [Signer, ...Signer[]];
  /** Keys that signed earlier checkpoints and do not sign any more. */
  readonly earlierKeys?: readonly VerifierKey[];
  readonly origin: string;
  readonly anchors: readonly Anchor[];
  readonly openIndex: OpenIdIndex;
  readonly keepEvidence: KeepEvidence;
  readonly clock: () => Date;
  readonly batch?: Partial<BatchLimits>;
  readonly onWarning: (warning: Warning) => void;
}

const LIMITS: BatchLimits = { entries: 4096, bytes: 16 * 1024 * 1024 };

/**
 * Takes the log, new or not.
 * @throws AnchorwatchError `ledger_locked`, `ledger_corrupt`, `ledger_rolled_back`, `ledger_forked`, `ledger_origin_mismatch`,
 *   `ledger_key_unknown`, and what the storage, the index and the signers say
 */
export async function openLedgerWriter(options: LedgerWriterOptions): Promise<LedgerWriter> {
  const limits = checkLimits({ ...LIMITS, ...options.batch });
  const { storage } = options;
  const lease = await storage.lock();
  const keepEvidence = evidenceWhileHeld(storage.name, lease, options.keepEvidence);
  try {
    return await start({ ...options, keepEvidence }, limits, lease);
  } catch (error) {
    const told = await unlessOvertaken(storage.name, lease, error);
    await lease.release();
    throw told;
  }
}

async function start(
  options: LedgerWriterOptions,
  limits: BatchLimits,
  lease: WriterLease,
): Promise<LedgerWriter> {
  const { storage, signers, origin } = options;
  const tiles = new LogTiles(storage);
  const keys = [...signers.map(({ key }) => key), ...(options.earlierKeys ?? [])];
  const identity = { origin, keys };
  const found = await findTree(storage, lease, identity, options);
  const check = { ...options, name: storage.name, identity, tiles };
  await checkAnchors(check, found);
  const state = await settle(storage.name, lease, found);
  const note = await publishTree(lease, state, found, options);
  // A log that begins anew says nothing false yet, but its anchors may have seen it before.
  if (found.checkpoint === undefined) await confrontAnchors(check, note, state.size);
  const latest = await lastTime(found.tree, tiles, options.onWarning);
  const index = await openIndex(options.openIndex, tiles, state);
  return new OpenWriter(options, { lease, limits, found, note, latest, index, tiles });
}

/** From here on the storage is changed. What was found is made durable: the last writer may have died before it was. */
async function settle(name: string, lease: WriterLease, { tree, state }: Found): Promise<TreeState> {
  await lease.discardBeyond(state.size);
  await lease.commitTree(state);
  const staged = await lease.readStaged();
  // Whoever staged it may have lived long enough to finish it, after we had taken the log.
  const isDone = staged === undefined || (staged.next.size === state.size && staged.next.root === state.root);
  return isDone ? state : finishStaged(name, lease, tree, staged);
}

async function publishTree(
  lease: WriterLease,
  state: TreeState,
  { checkpoint }: Found,
  { origin, signers }: LedgerWriterOptions,
): Promise<string> {
  const note = isCurrent(checkpoint, state, signers)
    ? checkpoint.note
    : await signTree(origin, state, signers);
  await lease.writeCheckpoint(note);
  return note;
}

async function openIndex(open: OpenIdIndex, tiles: LogTiles, state: TreeState): Promise<IdIndex> {
  const index = await open(async ({ size, root }) => {
    if (size > state.size || root === undefined) return false;
    return root === (size === state.size ? state.root : await tiles.root(size, state.size));
  });
  try {
    for await (const entries of tiles.bundles(index.size(), state.size)) {
      const isLast = (entries.at(-1)?.index ?? 0) === state.size - 1;
      index.add(entries, isLast ? state.root : undefined);
    }
    return index;
  } catch (error) {
    index.close();
    throw error;
  }
}

interface Opened {
  readonly lease: WriterLease;
  readonly limits: BatchLimits;
  readonly found: Found;
  readonly note: string;
  /** Time of the newest entry. */
  readonly latest: string | undefined;
  readonly index: IdIndex;
  readonly tiles: LogTiles;
}

class OpenWriter implements LedgerWriter {
  readonly origin: string;
  readonly #sequencer: Sequencer;
  readonly #opened: Opened;
  readonly #news: AnchorNews;
  readonly #clock: EntryClock;
  readonly #name: string;
  readonly #now: () => Date;
  readonly #onWarning: (warning: Warning) => void;
  #checkpoint: string;
  #size: number;
  #closing: Promise<void> | undefined;

  constructor(options: LedgerWriterOptions, opened: Opened) {
    const { storage, origin, signers, anchors, keepEvidence, clock, onWarning } = options;
    const { lease, limits, found, note, latest, index, tiles } = opened;
    this.origin = origin;
    this.#name = storage.name;
    this.#now = clock;
    this.#onWarning = onWarning;
    this.#opened = opened;
    this.#checkpoint = note;
    this.#size = found.tree.size;
    this.#clock = new EntryClock(latest, clock, onWarning);
    const ids = new KnownIds(index, (error) => onWarning(indexWarning(storage.name, error)));
    const sequencing: SequencerOptions = {
      name: storage.name,
      lease,
      tree: found.tree,
      ids,
      limits,
      sign: (tree) => signTree(origin, tree, signers),
      onCheckpoint: (published, { size }) => {
        this.#checkpoint = published;
        this.#size = size;
        this.#news.tell(published, size);
      },
      onCosigned: (published) => {
        this.#checkpoint = published;
      },
      onCleaningFailed: (error) => onWarning(cleaningWarning(storage.name, error)),
    };
    this.#sequencer = new Sequencer(sequencing, note);
    this.#news = new AnchorNews({
      anchors,
      tiles,
      onWarning,
      keepEvidence,
      clock,
      onConflict: (error) => this.#sequencer.stop(error),
      onCosigned: (signed, by) => this.#sequencer.cosign((current) => withCosignatures(current, signed, by)),
      onTurn: (turn) => this.#record(turn),
    });
    this.#news.tell(note, this.#size);
  }

  get checkpoint(): string {
    return this.#checkpoint;
  }

  get size(): number {
    return this.#size;
  }

  async append(entry: EntryInput, content: readonly ContentInput[] = []): Promise<Appended> {
    if (this.#closing !== undefined) throw writerClosed(this.#name);
    return this.#append(entry, content);
  }

  async #append(entry: EntryInput, content: readonly ContentInput[]): Promise<Appended> {
    const whole = withContent(entry, content);
    const bytes = encodeEntry(whole);
    this.#clock.see(entry);
    const references = whole.content?.slice(-content.length) ?? [];
    const stored = content.map((part, at) => ({ digest: references[at]?.digest ?? "", bytes: part.bytes }));
    return this.#sequencer.append({ id: entry.id, bytes, content: stored });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { index, lease } = this.#opened;
    // That an anchor fails to take the last checkpoint is an entry, too.
    await this.#sequencer.written();
    await this.#news.settled();
    await this.#sequencer.close();
    await this.#news.settled();
    // What the witnesses signed of the last checkpoint.
    await this.#sequencer.written();
    try {
      index.close();
    } finally {
      await lease.release();
    }
  }

  #record(turn: AnchorTurn): void {
    const written = this.#append(anchorEntry(turn, this.#now()), []);
    written.catch((error: unknown) => this.#onWarning(recordingWarning(this.#name, error)));
  }
}

function recordingWarning(name: string, error: unknown): Warning {
  return {
    code: "ledger_writer_failed",
    message: `What an anchor did could not be recorded in the ledger ${name}: ${messageOf(error)}`,
  };
}

function indexWarning(name: string, error: unknown): Warning {
  return {
    code: "ledger_index_unusable",
    message: `The search index of the ledger ${name} could not be written: ${messageOf(error)}`,
    hint: "Entries are safe in the log. The index catches up when the log is opened again.",
  };
}

function cleaningWarning(name: string, error: unknown): Warning {
  return {
    code: "ledger_cleaning_failed",
    message: `Partial tiles of the ledger ${name}, which full ones have replaced, could not be removed: ${messageOf(error)}`,
    hint: "They are in nobody's way and only take space.",
  };
}

function checkLimits(limits: BatchLimits): BatchLimits {
  const { entries, bytes } = limits;
  if (entries >= 1 && entries <= MAX_BATCH_ENTRIES && Number.isSafeInteger(entries) && bytes >= 1)
    return limits;
  throw new AnchorwatchError(
    "internal",
    `a batch has 1 to ${MAX_BATCH_ENTRIES} entries and at least one byte; ${entries} and ${bytes} were asked for`,
  );
}
