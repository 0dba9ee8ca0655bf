/**
 * Puts entries in their order and makes them durable, a batch at a time. While one batch is being written, the next one gathers:
 * a lonely entry waits for nothing, and under load a batch holds whatever came meanwhile.
 */
import { setImmediate } from "node:timers/promises";
import { AnchorwatchError, messageOf } from "../../domain/errors.ts";
import { allEnded } from "../storage/allEnded.ts";
import type { LogFile, TreeState, WriterLease } from "../storage/storage.ts";
import type { GrowingTree, Growth } from "./growingTree.ts";
import type { KnownIds } from "./knownIds.ts";

export interface Appended {
  readonly index: number;
  /** The id was in the log already, at that index. Nothing was written. */
  readonly existed: boolean;
}

export interface NewEntry {
  readonly id: string;
  readonly bytes: Uint8Array;
  /** What lies beside the log. */
  readonly content: readonly StoredContent[];
}

export interface StoredContent {
  /** `sha256:hex` */
  readonly digest: string;
  readonly bytes: Uint8Array;
}

/** Gives the published note with what others signed of it, or the same note when there is nothing to add. */
export type AddSignatures = (published: string) => string;

/** A batch ends at either. */
export interface BatchLimits {
  readonly entries: number;
  readonly bytes: number;
}

export interface SequencerOptions {
  /** For messages. */
  readonly name: string;
  readonly lease: WriterLease;
  readonly tree: GrowingTree;
  readonly ids: KnownIds;
  readonly limits: BatchLimits;
  /** Signs the tree; the note is not used before the tree is durable. */
  readonly sign: (tree: TreeState) => Promise<string>;
  /** The checkpoint is durable. */
  readonly onCheckpoint: (note: string, tree: TreeState) => void;
  /** The same checkpoint, with more signatures, is durable. */
  readonly onCosigned: (note: string) => void;
  /** Partial tiles that nobody needs any more could not be removed. */
  readonly onCleaningFailed: (error: unknown) => void;
}

interface Waiting extends NewEntry {
  readonly resolve: (index: number) => void;
  readonly reject: (error: AnchorwatchError) => void;
}

export class Sequencer {
  readonly #options: SequencerOptions;
  readonly #waiting: Waiting[] = [];
  readonly #additions: AddSignatures[] = [];
  #note: string;
  #running: Promise<void> | undefined;
  #cleaning: Promise<void> = Promise.resolve();
  #failure: AnchorwatchError | undefined;
  #closed = false;

  /** @param note the checkpoint that is published */
  constructor(options: SequencerOptions, note: string) {
    this.#options = options;
    this.#note = note;
  }

  /** Durable and covered by a published checkpoint when resolved. After any failure of a batch all that follow are refused. */
  async append(entry: NewEntry): Promise<Appended> {
    const refusal = this.#refusal();
    if (refusal !== undefined) throw refusal;
    const { ids } = this.#options;
    const known = ids.find(entry.id);
    if (known !== undefined) return { index: await known, existed: true };
    const written = new Promise<number>((resolve, reject) => {
      this.#waiting.push({ ...entry, resolve, reject });
    });
    ids.expect(entry.id, written);
    this.#running ??= this.#run();
    return { index: await written, existed: false };
  }

  /**
   * Publishes the checkpoint with more signatures when nothing else is to be written, also after `close`: a newer checkpoint, which
   * they do not belong to, would only make everybody wait for them.
   */
  cosign(add: AddSignatures): void {
    this.#additions.push(add);
    this.#running ??= this.#run();
  }

  /** Writes what waits, and refuses what comes. Never rejects: whoever appended was told. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.written();
  }

  /** Resolves when nothing waits to be written. Never rejects. */
  async written(): Promise<void> {
    await this.#running;
    await this.#cleaning;
  }

  /** Nothing more is signed, and what waits is refused with that error. What is durable stays. */
  stop(error: AnchorwatchError): void {
    this.#failure ??= error;
    if (this.#running === undefined) return;
    this.#refuse(this.#waiting.splice(0), this.#failure);
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0 || this.#additions.length > 0) {
      // Those whose entries were just acknowledged may append again before the batch is closed.
      await setImmediate();
      const batch = this.#takeBatch();
      try {
        if (batch.length > 0) await this.#write(batch);
        else await this.#publishCosigned();
      } catch (error) {
        this.#fail(batch, error);
      }
    }
    this.#running = undefined;
  }

  async #publishCosigned(): Promise<void> {
    const note = this.#additions.splice(0).reduce((published, add) => add(published), this.#note);
    if (note === this.#note || this.#failure !== undefined) return;
    await this.#options.lease.writeCheckpoint(note);
    this.#note = note;
    this.#options.onCosigned(note);
  }

  #takeBatch(): readonly Waiting[] {
    const { limits } = this.#options;
    let bytes = 0;
    let count = 0;
    for (const entry of this.#waiting) {
      bytes += entry.bytes.length + entry.content.reduce((sum, content) => sum + content.bytes.length, 0);
      if (count > 0 && (count >= limits.entries || bytes > limits.bytes)) break;
      count++;
    }
    return this.#waiting.splice(0, count);
  }

  async #write(batch: readonly Waiting[]): Promise<void> {
    const { lease, tree, ids, sign, onCheckpoint } = this.#options;
    const first = tree.size;
    const entries = batch.map(({ bytes }) => bytes);
    const growth = await tree.grow(entries);
    const next = await tree.state();
    await lease.stage(next, entries);
    await writeFiles(lease, growth.files, batch);
    await lease.commitTree(next);
    // From here on the entries are in the log, whatever happens: a crash is followed by a checkpoint that covers them.
    if (this.#failure !== undefined) throw this.#failure;
    const note = await sign(next);
    const published = lease.writeCheckpoint(note);
    // While the disk works.
    ids.add(
      batch.map(({ id, bytes }, offset) => ({ id, index: first + offset, bytes })),
      next.root,
    );
    await published;
    this.#note = note;
    onCheckpoint(note, next);
    batch.forEach(({ resolve }, offset) => {
      resolve(first + offset);
    });
    ids.settle(batch);
    this.#clean(growth);
  }

  #clean({ completed }: Growth): void {
    const { lease, onCleaningFailed } = this.#options;
    if (completed.length === 0) return;
    this.#cleaning = this.#cleaning
      .then(async () => {
        for (const path of completed) await lease.removePartials(path);
      })
      .catch(onCleaningFailed);
  }

  #fail(batch: readonly Waiting[], cause: unknown): void {
    this.#failure ??= writerFailed(this.#options.name, cause);
    this.#refuse([...batch, ...this.#waiting.splice(0)], this.#failure);
  }

  #refuse(abandoned: readonly Waiting[], failure: AnchorwatchError): void {
    for (const { reject } of abandoned) reject(failure);
  }

  #refusal(): AnchorwatchError | undefined {
    const { name } = this.#options;
    if (this.#failure !== undefined) return this.#failure;
    return this.#closed ? writerClosed(name) : undefined;
  }
}

export function writerClosed(name: string): AnchorwatchError {
  return new AnchorwatchError(
    "ledger_writer_closed",
    `The ledger ${name} was closed; nothing can be appended`,
  );
}

async function writeFiles(
  lease: WriterLease,
  files: readonly LogFile[],
  batch: readonly Waiting[],
): Promise<void> {
  const contents = new Map(
    batch.flatMap(({ content }) => content.map(({ digest, bytes }) => [digest, bytes])),
  );
  await allEnded([
    lease.writeTiles(files),
    ...[...contents].map(([digest, bytes]) => lease.writeContent(digest, bytes)),
  ]);
}

function writerFailed(name: string, cause: unknown): AnchorwatchError {
  const message =
    `Entries could not be written to the ledger ${name}, and nothing more is appended before it is opened anew ` +
    `(whether they are in the log is known then): ${messageOf(cause)}`;
  return new AnchorwatchError("ledger_writer_failed", message, {
    cause,
    hint:
      (cause instanceof AnchorwatchError ? cause.hint : undefined) ??
      "Look at the storage, then start again and append the same entries with the same ids.",
  });
}
