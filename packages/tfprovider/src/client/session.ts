/** Keeps one provider configuration running: launched when first needed, launched again after a crash. */

import { onAbort } from "../abort.ts";
import { type CacheOptions, openProviderCache, type ProviderCache } from "../cache/providerCache.ts";
import type { CtyObject } from "../cty/value.ts";
import { ProviderError } from "../errors.ts";
import { indexSchemas, type SchemaIndex } from "../schema/index.ts";
import type { Protocol } from "../wire/rpc.ts";
import { configure, readSchemas, validateConfig } from "./calls.ts";
import { type Configuration, encodeConfiguration } from "./configuration.ts";
import { type CallLimits, type ConnectionOptions, ProviderConnection } from "./connection.ts";

export interface SessionOptions extends ConnectionOptions, CacheOptions {
  /** The provider's configuration by its schema; attributes that are left out are null, blocks empty. */
  readonly config: (schemas: SchemaIndex) => CtyObject | Promise<CtyObject>;
  /**
   * Top-level attributes of the configuration, put over `config` when the provider is configured. When it is asked first
   * whether its configuration is valid, it sees a fixed placeholder for those of them that are text, and `config` as it is
   * for others (blocks, numbers). So what is remembered of validating, which some providers take seconds for, holds for all
   * credentials: those of one grant, say.
   */
  readonly credentials?: CtyObject | undefined;
  /**
   * When the provider is asked whether its configuration is valid. `first`: before it is configured, as Terraform does.
   * `refused`: only to say more about a configuration that it refused.
   */
  readonly validate: "first" | "refused";
  /** Looked at again right before each start of the program, for instance that its file is still the verified one. */
  readonly beforeLaunch?: (() => void) | undefined;
  /** Told to the provider, which puts it into its user agent. */
  readonly terraformVersion?: string | undefined;
  /** For each call of the start: schema, validation, configuration; 60 s when absent. */
  readonly startDeadlineMs?: number | undefined;
  /** Failures within {@link restartWindowMs} before a provider that fails again and again is left alone; 10 when absent. */
  readonly maxRestarts?: number | undefined;
  /** A failure counts for so long, and a provider that was left alone is started anew after it; ten minutes when absent. */
  readonly restartWindowMs?: number | undefined;
  /** Milliseconds on a clock that is never set; the process's own when absent. */
  readonly now?: (() => number) | undefined;
  /** Cancels starting, the first time and after a crash. */
  readonly signal?: AbortSignal | undefined;
}

const START_DEADLINE_MS = 60_000;
const MAX_RESTARTS = 10;
const RESTART_WINDOW_MS = 600_000;
const TERRAFORM_VERSION = "1.11.0";

interface Schemas {
  readonly index: SchemaIndex;
  readonly protocol: Protocol;
}

export class ProviderSession {
  readonly #options: SessionOptions;
  #cache: ProviderCache | undefined;
  #connection: Promise<ProviderConnection> | undefined;
  /** What {@link #connection} came to: nearly every call finds it there and need not wait. */
  #running: ProviderConnection | undefined;
  #schemas: Schemas | undefined;
  /** When it failed, those that still count. */
  #failures: readonly number[] = [];
  #lastFailure: unknown;
  readonly #closing = new AbortController();
  /** Fires when the session is closed, or its owner no longer wants the start. */
  readonly #unwanted: AbortSignal;

  constructor(options: SessionOptions) {
    this.#options = options;
    const { signal } = this.#closing;
    this.#unwanted = options.signal === undefined ? signal : AbortSignal.any([signal, options.signal]);
  }

  /** Starts the provider if it is not running and waits until it is configured. */
  async start(): Promise<SchemaIndex> {
    await this.#current();
    return (this.#schemas as Schemas).index;
  }

  /**
   * Makes calls on the running provider. After a crash the error is thrown, and the next use starts the provider anew.
   * @param signal ends the wait for a start, not the start itself, for which others may wait too
   */
  async use<T>(calls: (connection: ProviderConnection) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const current = this.#current();
    const connection = this.#running ?? (await unlessAborted(current, signal));
    try {
      return await calls(connection);
    } catch (error) {
      if (error instanceof ProviderError && error.code === "provider_crashed")
        this.#forget(current, () => error);
      throw error;
    }
  }

  /** Of the process that runs now: it leads a process group of its own, in which the provider is. */
  get pid(): number | undefined {
    return this.#running?.pid;
  }

  /** See `SupervisedReader.maskOutput`. */
  maskOutput(mask: (text: string) => string): void {
    this.#running?.maskOutput(mask);
  }

  /** Calls under way fail, and so does a start. Nothing is left running. */
  async close(): Promise<void> {
    this.#closing.abort();
    const connection = await this.#connection?.catch(() => undefined);
    await connection?.close();
  }

  #current(): Promise<ProviderConnection> {
    if (this.#closing.signal.aborted) return Promise.reject(closed());
    if (this.#connection !== undefined) return this.#connection;
    if (this.#failsTooOften()) return Promise.reject(this.#givenUp());
    const started = this.#start();
    this.#connection = started;
    // Whoever waits for it gets the error; here it only must not stay, so that the next use tries again.
    started.then(
      (connection) => {
        if (this.#connection === started) this.#running = connection;
        void connection.exited.then((how) => this.#forget(started, () => connection.crash(how)));
      },
      (error: unknown) => this.#forget(started, () => error),
    );
    return started;
  }

  /**
   * The next use starts the provider anew.
   * @param failure asked for only when somebody may hear of it: masking what a provider printed can be costly
   */
  #forget(started: Promise<ProviderConnection>, failure: () => unknown): void {
    if (this.#connection !== started) return;
    this.#connection = undefined;
    this.#running = undefined;
    if (this.#unwanted.aborted) return;
    this.#failures = [...this.#recentFailures(), this.#now()];
    this.#lastFailure = failure();
  }

  #failsTooOften(): boolean {
    return this.#recentFailures().length > (this.#options.maxRestarts ?? MAX_RESTARTS);
  }

  #recentFailures(): readonly number[] {
    const since = this.#now() - this.#windowMs;
    return this.#failures.filter((at) => at > since);
  }

  get #windowMs(): number {
    return this.#options.restartWindowMs ?? RESTART_WINDOW_MS;
  }

  #now(): number {
    return this.#options.now?.() ?? performance.now();
  }

  #givenUp(): ProviderError {
    const cause = this.#lastFailure;
    const last = cause instanceof Error ? `; the last time: ${cause.message}` : "";
    return new ProviderError(
      "provider_crashed",
      `the provider failed ${this.#failures.length} times within ${this.#windowMs / 1000} s and is left alone for as long${last}`,
      { cause, ...(cause instanceof ProviderError && cause.hint !== undefined ? { hint: cause.hint } : {}) },
    );
  }

  async #start(): Promise<ProviderConnection> {
    this.#cache ??= await openProviderCache(this.#options);
    this.#options.beforeLaunch?.();
    this.#schemas ??= this.#cachedSchemas();
    // With the schema at hand the configuration is made while the program starts.
    const early = this.#schemas === undefined ? undefined : this.#configuration(this.#schemas.index);
    early?.catch(() => undefined);
    try {
      return await this.#open(early);
    } catch (error) {
      throw this.#closing.signal.aborted ? closed(error) : error;
    }
  }

  async #open(early: Promise<Configuration> | undefined): Promise<ProviderConnection> {
    const connection = await ProviderConnection.open({ ...this.#options, signal: this.#unwanted });
    try {
      await this.#ready(connection, early);
      return connection;
    } catch (error) {
      connection.kill();
      await connection.exited;
      throw error;
    }
  }

  async #ready(connection: ProviderConnection, early: Promise<Configuration> | undefined): Promise<void> {
    const deadlineMs = this.#options.startDeadlineMs ?? START_DEADLINE_MS;
    const limits = { deadlineMs, signal: this.#unwanted };
    const usable = this.#schemas?.protocol === connection.protocol && this.#schemas.index.schemaCallOptional;
    if (!usable) this.#schemas = await this.#askSchemas(connection, limits);
    const made = usable ? early : undefined;
    const configuration = await (made ?? this.#configuration((this.#schemas as Schemas).index));
    const { whole, validatable } = configuration;
    const { terraformVersion = TERRAFORM_VERSION, validate } = this.#options;
    if (validate === "first") await this.#validate(connection, validatable, limits);
    try {
      await configure(connection, whole, terraformVersion, limits);
    } catch (error) {
      if (validate === "first") throw error;
      // The very bytes that were refused: a placeholder could be what is not valid.
      throw await explained(error, () => validateConfig(connection, whole, limits));
    }
  }

  #cachedSchemas(): Schemas | undefined {
    const cached = this.#cache?.loadSchemas();
    if (cached === undefined) return undefined;
    try {
      return { index: indexSchemas(cached.raw, cached.protocol), protocol: cached.protocol };
    } catch {
      // What cannot be used is asked for again, and written anew.
      return undefined;
    }
  }

  async #askSchemas(connection: ProviderConnection, limits: CallLimits): Promise<Schemas> {
    const raw = await readSchemas(connection, limits);
    const schemas = { index: indexSchemas(raw, connection.protocol), protocol: connection.protocol };
    this.#cache?.storeSchemas({ raw, protocol: connection.protocol });
    return schemas;
  }

  async #configuration(index: SchemaIndex): Promise<Configuration> {
    const config = await this.#options.config(index);
    return encodeConfiguration(config, this.#options.credentials, index.provider);
  }

  /** Skipped only where this very program found this configuration valid in this environment. */
  async #validate(connection: ProviderConnection, config: Uint8Array, limits: CallLimits): Promise<void> {
    if (this.#cache?.wasValid(config)) return;
    await validateConfig(connection, config, limits);
    this.#cache?.rememberValid(config);
  }
}

/** Of a configuration that was refused, what is not valid in it says more than what then went wrong. */
async function explained(error: unknown, validate: () => Promise<void>): Promise<unknown> {
  if (!isRefusal(error)) return error;
  const invalid = await validate().catch((thrown: unknown) => thrown);
  return isRefusal(invalid) ? invalid : error;
}

function isRefusal(error: unknown): boolean {
  return (
    error instanceof ProviderError && ["provider_diagnostics", "provider_rpc_failed"].includes(error.code)
  );
}

/** @throws ProviderError `provider_cancelled` */
async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => {
    reject(new ProviderError("provider_cancelled", "cancelled while the provider was being started"));
  };
  const forget = onAbort(signal, abort);
  // One that has fired already does not fire again.
  if (signal.aborted) abort();
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    forget();
  }
}

function closed(cause?: unknown): ProviderError {
  return new ProviderError("provider_closed", "the provider was closed", { cause });
}
