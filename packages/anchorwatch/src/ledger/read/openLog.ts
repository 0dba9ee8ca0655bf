/** Opens any log for reading: the library verifies what comes out of it, and this says in the product's words what is wrong. */
import { type LogCheckpoint, LogClient, type LogSource, type VerifierKey } from "tlog";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { LogEntry, OpenedLog } from "./openedLog.ts";
import { inProductWords, speaking } from "./productWords.ts";
import { Prover } from "./prover.ts";

export interface OpenLogOptions {
  /** Without any, nothing is authenticated. */
  readonly keys: readonly VerifierKey[];
  readonly signal?: AbortSignal;
}

/**
 * The log at its newest checkpoint.
 * @throws AnchorwatchError `ledger_missing`, `ledger_checkpoint_invalid`, `ledger_key_unknown`, `ledger_unreachable`
 */
export async function openLog(source: LogSource, { keys, signal }: OpenLogOptions): Promise<OpenedLog> {
  const client = new LogClient(source, { keys, ...(signal === undefined ? {} : { signal }) });
  const checkpoint = await speaking(nameOf(source), () => client.checkpoint());
  return new ClientLog(client, checkpoint);
}

function nameOf(source: LogSource): string {
  return `The ledger ${source.name}`;
}

class ClientLog implements OpenedLog {
  readonly #client: LogClient;
  readonly #opened: LogCheckpoint;
  readonly #prover: Prover;

  constructor(client: LogClient, opened: LogCheckpoint) {
    this.#client = client;
    this.#opened = opened;
    this.#prover = new Prover(client, opened.checkpoint.size);
  }

  get name(): string {
    return this.#client.source.name;
  }

  get source(): LogSource {
    return this.#client.source;
  }

  get checkpoint() {
    return this.#opened.checkpoint;
  }

  get note(): string {
    return this.#opened.text;
  }

  get signedBy(): readonly VerifierKey[] {
    return this.#opened.signedBy;
  }

  async *entries(from: number, to: number): AsyncIterable<LogEntry> {
    try {
      for await (const { index, entry } of this.#client.entries(from, to)) yield { index, bytes: entry };
    } catch (error) {
      throw inProductWords(error, nameOf(this.source));
    }
  }

  async entry(index: number): Promise<LogEntry> {
    const { entry } = await this.#asking(() => this.#client.entry(index));
    return { index, bytes: entry };
  }

  async prove(index: number, leaf: Uint8Array): Promise<readonly Uint8Array[]> {
    const found = await this.#asking(() => this.#prover.prove(index));
    if (Buffer.compare(found.leaf, leaf) === 0) return found.proof;
    throw new AnchorwatchError("ledger_proof_invalid", `The ledger ${this.name} has another entry ${index}`, {
      hint: "Read the entry from the log itself, and prove that.",
    });
  }

  async rootAt(size: number): Promise<string> {
    const { root } = await this.#asking(() => this.#client.inclusionProof(size - 1, size));
    return Buffer.from(root).toString("base64");
  }

  consistencyProof(older: number, newer: number): Promise<readonly Uint8Array[]> {
    return this.#asking(() => this.#client.consistencyProof(older, newer));
  }

  async beginsWith(older: Uint8Array | string): Promise<void> {
    await this.#asking(() => this.#client.consistency(older));
  }

  async newest(): Promise<OpenedLog> {
    return new ClientLog(this.#client, await this.#asking(() => this.#client.checkpoint()));
  }

  #asking<Result>(work: () => Promise<Result>): Promise<Result> {
    return speaking(nameOf(this.source), work);
  }
}
