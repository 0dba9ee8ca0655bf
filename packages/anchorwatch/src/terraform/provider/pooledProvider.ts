/** One running provider of a pool, and those who use it at the moment. */
import { ProviderError, type ProviderReader, type VerifiedProvider } from "tfprovider";
import type { AccountGate } from "./accountGate.ts";
import type { EvaluatedBlock, OpenedProvider, ProviderSurroundings, StartedProvider } from "./open.ts";
import type { PoolMasks } from "./poolMasks.ts";
import { providerSecrets } from "./secrets.ts";

export interface ProviderParts {
  readonly verified: VerifiedProvider;
  readonly masks: PoolMasks;
  readonly now: () => number;
  readonly start: () => Promise<StartedProvider>;
  readonly gateOf: (account: string) => AccountGate;
}

/** What the provider for AWS takes. */
export const ASSUMED_MEMORY = 350 * 1024 * 1024;

/** With these the program cannot be started from where it was found; another stack may know a better place. */
const UNSTARTABLE: ReadonlySet<string> = new Set([
  "find_package_changed",
  "find_package_unreadable",
  "provider_closed",
  "provider_spawn_failed",
]);

export class PooledProvider {
  readonly source: string;
  readonly version: string | undefined;
  lastUsed: number;
  #measured: number | undefined;
  readonly #parts: ProviderParts;
  readonly #started: Promise<StartedProvider>;
  #running: StartedProvider | undefined;
  #users = 0;
  #broken = false;

  constructor(parts: ProviderParts) {
    this.#parts = parts;
    this.source = parts.verified.source;
    this.version = parts.verified.version;
    this.lastUsed = parts.now();
    this.#started = parts.start();
    this.#started.then(
      (started) => {
        this.#running = started;
      },
      () => {
        // Whoever waits for it is told; the pool makes another one for the next.
        this.#broken = true;
      },
    );
  }

  get users(): number {
    return this.#users;
  }

  get isBroken(): boolean {
    return this.#broken;
  }

  get pid(): number | undefined {
    return this.#running?.reader.pid;
  }

  /** Bytes that it takes; assumed where they were not measured, none where it has crashed and nobody asked since. */
  get memory(): number {
    if (this.#running !== undefined && this.pid === undefined) return 0;
    return this.#measured ?? ASSUMED_MEMORY;
  }

  async measure(memoryOf: (pid: number) => Promise<number | undefined>): Promise<void> {
    const { pid } = this;
    this.#measured = pid === undefined ? undefined : await memoryOf(pid);
  }

  /** Counts as used from now on, until the reader that is returned is closed. */
  async lease(block: EvaluatedBlock, around: ProviderSurroundings): Promise<OpenedProvider> {
    const { masks } = this.#parts;
    this.#users += 1;
    masks.enter(around.mask);
    const end = () => {
      this.#users -= 1;
      this.lastUsed = this.#parts.now();
      masks.leave(around.mask);
    };
    try {
      const started = await unlessAborted(this.#started, around.signal);
      const secrets = providerSecrets(block, started.reader.schemas.provider);
      masks.keep(secrets);
      around.keepSecret?.(secrets);
      const { version, identity, warnings } = started;
      return { reader: this.#leased(started, end), version, identity, warnings };
    } catch (error) {
      end();
      throw error;
    }
  }

  /** Forgets secrets of those who used it. */
  forget(): void {
    this.#parts.masks.forget((mask) => this.#running?.reader.maskOutput(mask));
  }

  /** Resolves when its process is gone. */
  async close(): Promise<void> {
    this.#broken = true;
    const started = await this.#started.catch(() => undefined);
    await started?.reader.close();
  }

  #leased({ reader, account }: StartedProvider, end: () => void): ProviderReader {
    const pass = this.#parts.gateOf(account).share();
    let ended = false;
    const use = async <T>(call: () => Promise<T>): Promise<T> => {
      if (ended) throw new ProviderError("provider_closed", "the provider was given back");
      try {
        return await call();
      } catch (error) {
        if (error instanceof ProviderError && UNSTARTABLE.has(error.code)) this.#broken = true;
        throw error;
      }
    };
    return {
      purpose: "read",
      schemas: reader.schemas,
      upgrade: (...call) => use(() => reader.upgrade(...call)),
      plan: (...call) => use(() => reader.plan(...call)),
      read: (type, current, kept, limits) =>
        use(() => pass(() => reader.read(type, current, kept, limits), limits.signal)),
      import: (type, id, limits) => use(() => pass(() => reader.import(type, id, limits), limits.signal)),
      list: (type, options, limits) =>
        use(() => pass(() => reader.list(type, options, limits), limits.signal)),
      identities: (...call) => use(() => reader.identities(...call)),
      close: async () => {
        if (!ended) end();
        ended = true;
      },
    };
  }
}

async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => {
    reject(new ProviderError("provider_cancelled", "cancelled while the provider was being started"));
  };
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
