/**
 * Providers that stay running between checks. Starting one costs a second or more and several hundred megabytes, so what
 * several stacks read with in the same way is one process; those that nobody uses are put away, least recently used first,
 * when all together take too much memory, or when they were idle for long.
 *
 * What is in use is never put away, and nobody waits for memory: two checks that each hold what the other waits for would
 * wait for ever. So the budget holds for what is idle, and how many checks run at once bounds the rest.
 */
import { randomBytes } from "node:crypto";
import { ProviderError } from "tfprovider";
import type { Environment } from "../command.ts";
import { type AccountGate, type AccountLimits, type Clock, createAccountGate } from "./accountGate.ts";
import { type OpenProvider, startProvider } from "./open.ts";
import { ASSUMED_MEMORY, PooledProvider } from "./pooledProvider.ts";
import { poolKey } from "./poolKey.ts";
import { PoolMasks } from "./poolMasks.ts";

export interface PoolOptions {
  /** Bytes that all processes may take together before idle ones are put away. */
  readonly memoryBudget: number;
  /** Milliseconds without use after which a provider is put away. */
  readonly idleMs: number;
  /** For each account that is read from, over all stacks. */
  readonly limits: AccountLimits;
  readonly clock: Clock;
  /** Calls the work again and again, so many milliseconds apart, until what it returns is called. */
  readonly every: (milliseconds: number, work: () => void) => () => void;
  /** Resident bytes of a process and of what it started; undefined where they cannot be told. */
  readonly memoryOf: (pid: number) => Promise<number | undefined>;
  /** What of a provider's environment is secret. */
  readonly secretsOf: (environment: Environment) => readonly string[];
  /** How a provider is started; absent: as a process. */
  readonly start?: typeof startProvider;
}

export interface PooledStatus {
  readonly source: string;
  readonly version: string | undefined;
  /** Checks that use it at the moment. */
  readonly users: number;
  /** Bytes; an assumption as long as they were not measured. */
  readonly memory: number;
  readonly idleMs: number;
}

export interface ProviderPool {
  /** To be given to a check. Closing the reader that it opens gives it back to the pool. */
  readonly open: OpenProvider;
  status(): readonly PooledStatus[];
  /** Measures, and puts away what is too much. Done by itself every few seconds. */
  tend(): Promise<void>;
  /** Resolves when no process is left. Calls under way fail. */
  close(): Promise<void>;
}

const TEND_EVERY_MS = 5_000;

export function createProviderPool(options: PoolOptions): ProviderPool {
  return new Pool(options);
}

class Pool implements ProviderPool {
  readonly #options: PoolOptions;
  readonly #secret = randomBytes(32);
  readonly #providers = new Map<string, PooledProvider>();
  readonly #gates = new Map<string, AccountGate>();
  /** On their way out. */
  readonly #leaving = new Set<Promise<void>>();
  readonly #closing = new AbortController();
  readonly #stopTending: () => void;
  #tending: Promise<void> | undefined;

  constructor(options: PoolOptions) {
    this.#options = options;
    // Its failure would be a defect of ours, and must not go unseen.
    this.#stopTending = options.every(TEND_EVERY_MS, () => void this.tend());
  }

  readonly open: OpenProvider = async (source, block, around) => {
    const verified = await around.locate(source);
    if (this.#closing.signal.aborted)
      throw new ProviderError("provider_closed", "the pool of providers was closed");
    const key = poolKey(this.#secret, verified, block, around);
    const known = this.#providers.get(key);
    if (known !== undefined && !known.isBroken) return await known.lease(block, around);
    if (known !== undefined) void this.#putAway(key, known);
    const { clock, secretsOf, start = startProvider } = this.#options;
    const masks = new PoolMasks(secretsOf(around.environment), clock.now);
    const provider = new PooledProvider({
      verified,
      masks,
      now: clock.now,
      gateOf: (account) => this.#gateOf(account),
      start: async () => {
        await this.#makeRoom(ASSUMED_MEMORY);
        return await start(verified, block, {
          ...around,
          maxInFlight: Math.max(around.maxInFlight, this.#options.limits.readsInFlight),
          mask: masks.mask,
          keepSecret: (secrets) => {
            masks.keep(secrets);
            // The check that starts it may be told of a configuration that was refused.
            around.keepSecret?.(secrets);
          },
          signal: this.#closing.signal,
        });
      },
    });
    this.#providers.set(key, provider);
    return await provider.lease(block, around);
  };

  status(): readonly PooledStatus[] {
    const now = this.#options.clock.now();
    return [...this.#providers.values()].map((provider) => ({
      source: provider.source,
      version: provider.version,
      users: provider.users,
      memory: provider.memory,
      idleMs: provider.users > 0 ? 0 : now - provider.lastUsed,
    }));
  }

  tend(): Promise<void> {
    this.#tending ??= this.#tend().finally(() => {
      this.#tending = undefined;
    });
    return this.#tending;
  }

  async close(): Promise<void> {
    this.#stopTending();
    this.#closing.abort();
    for (const [key, provider] of this.#providers) void this.#putAway(key, provider);
    await Promise.all(this.#leaving);
  }

  async #tend(): Promise<void> {
    await this.#measure();
    const since = this.#options.clock.now() - this.#options.idleMs;
    const leaving: Promise<void>[] = [];
    for (const [key, provider] of this.#providers) {
      provider.forget();
      const isOver = provider.isBroken || provider.lastUsed <= since;
      if (provider.users === 0 && isOver) leaving.push(this.#putAway(key, provider));
    }
    await Promise.all(leaving);
    await this.#makeRoom(0);
  }

  async #measure(): Promise<void> {
    const { memoryOf } = this.#options;
    await Promise.all([...this.#providers.values()].map((provider) => provider.measure(memoryOf)));
  }

  /** Puts idle ones away until so many bytes more have room, as far as there are any. */
  async #makeRoom(bytes: number): Promise<void> {
    const idle = [...this.#providers]
      .filter(([, { users }]) => users === 0)
      .sort(([, a], [, b]) => a.lastUsed - b.lastUsed);
    const leaving: Promise<void>[] = [];
    for (const [key, provider] of idle) {
      if (this.#taken() + bytes <= this.#options.memoryBudget) break;
      leaving.push(this.#putAway(key, provider));
    }
    await Promise.all(leaving);
  }

  #taken(): number {
    return [...this.#providers.values()].reduce((sum, { memory }) => sum + memory, 0);
  }

  #putAway(key: string, provider: PooledProvider): Promise<void> {
    this.#providers.delete(key);
    const leaving = provider.close().finally(() => this.#leaving.delete(leaving));
    this.#leaving.add(leaving);
    return leaving;
  }

  #gateOf(account: string): AccountGate {
    const gate = this.#gates.get(account) ?? createAccountGate(this.#options.limits, this.#options.clock);
    this.#gates.set(account, gate);
    return gate;
  }
}
