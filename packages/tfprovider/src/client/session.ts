/** Keeps one provider configuration running: launched when first needed, launched again after a crash. */

import { rememberPreparedUnchanged, wasPreparedUnchanged } from "../cache/preparedCache.ts";
import { loadSchemas, storeSchemas } from "../cache/schemaCache.ts";
import { encodeCty } from "../cty/encode.ts";
import type { CtyObject } from "../cty/value.ts";
import { ProviderError } from "../errors.ts";
import { makePrivateFolder } from "../find/privateFolder.ts";
import { indexSchemas, type SchemaIndex } from "../schema/index.ts";
import type { Protocol } from "../wire/rpc.ts";
import { configure, prepareConfig, readSchemas } from "./calls.ts";
import { type ConnectionOptions, ProviderConnection } from "./connection.ts";

export interface SessionOptions extends ConnectionOptions {
  /** SHA-256 of the program in hexadecimal. Without it, or without a folder, nothing is cached. */
  readonly binaryHash?: string | undefined;
  /** Where caches lie: a folder that only this user can write to; another one is refused. */
  readonly cacheFolder?: string | undefined;
  /** The provider's configuration by its schema; attributes that are left out are null. */
  readonly config: (schemas: SchemaIndex) => CtyObject | Promise<CtyObject>;
  /** Looked at again right before each start of the program, for instance that its file is still the verified one. */
  readonly beforeLaunch?: (() => void) | undefined;
  /** Told to the provider, which puts it into its user agent. */
  readonly terraformVersion?: string | undefined;
  /** For starting, schema and configuration together with the provider's own waiting. */
  readonly startDeadlineMs?: number | undefined;
  readonly maxRestarts?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const START_DEADLINE_MS = 60_000;
const MAX_RESTARTS = 10;
const TERRAFORM_VERSION = "1.11.0";

interface Schemas {
  readonly index: SchemaIndex;
  readonly protocol: Protocol;
}

interface Cache {
  readonly folder: string;
  readonly binaryHash: string;
}

export class ProviderSession {
  readonly #options: SessionOptions;
  #cache: Cache | "none" | undefined;
  #connection: Promise<ProviderConnection> | undefined;
  #schemas: Schemas | undefined;
  #crashes = 0;
  #closed = false;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** Starts the provider if it is not running and waits until it is configured. */
  async start(): Promise<SchemaIndex> {
    await this.#current();
    return (this.#schemas as Schemas).index;
  }

  /** Makes calls on the running provider. After a crash the error is thrown, and the next use starts the provider anew. */
  async use<T>(calls: (connection: ProviderConnection) => Promise<T>): Promise<T> {
    const current = this.#current();
    const connection = await current;
    try {
      return await calls(connection);
    } catch (error) {
      if (error instanceof ProviderError && error.code === "provider_crashed") this.#forget(current);
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    const connection = await this.#connection?.catch(() => undefined);
    await connection?.close();
  }

  #current(): Promise<ProviderConnection> {
    if (this.#closed) return Promise.reject(new ProviderError("provider_closed", "the provider was closed"));
    if (this.#connection !== undefined) return this.#connection;
    const limit = this.#options.maxRestarts ?? MAX_RESTARTS;
    if (this.#crashes > limit) {
      const message = `the provider crashed ${this.#crashes} times and is not started again`;
      return Promise.reject(new ProviderError("provider_crashed", message));
    }
    const started = this.#start();
    this.#connection = started;
    // Whoever waits for it gets the error; here it only must not stay, so that the next use tries again.
    started.then(
      (connection) => void connection.exited.then(() => this.#forget(started)),
      () => this.#forget(started),
    );
    return started;
  }

  #forget(started: Promise<ProviderConnection>): void {
    if (this.#connection !== started) return;
    this.#connection = undefined;
    this.#crashes += 1;
  }

  async #start(): Promise<ProviderConnection> {
    this.#cache ??= await this.#openCache();
    this.#options.beforeLaunch?.();
    this.#schemas ??= this.#cachedSchemas();
    // With the schema at hand the configuration is made while the program starts.
    const early = this.#schemas === undefined ? undefined : this.#encodedConfig(this.#schemas.index);
    early?.catch(() => undefined);
    const connection = await ProviderConnection.open(this.#options);
    try {
      await this.#ready(connection, early);
      return connection;
    } catch (error) {
      connection.kill();
      throw error;
    }
  }

  async #ready(connection: ProviderConnection, early: Promise<Uint8Array> | undefined): Promise<void> {
    const limits = {
      deadlineMs: this.#options.startDeadlineMs ?? START_DEADLINE_MS,
      signal: this.#options.signal,
    };
    const usable = this.#schemas?.protocol === connection.protocol && this.#schemas.index.schemaCallOptional;
    if (!usable) this.#schemas = await this.#askSchemas(connection, limits);
    const config = await (usable ? early : this.#encodedConfig((this.#schemas as Schemas).index));
    const prepared = await this.#prepare(connection, config as Uint8Array, limits);
    await configure(connection, prepared, this.#options.terraformVersion ?? TERRAFORM_VERSION, limits);
  }

  /** Nothing is cached without a folder and a hash, or where the folder cannot be made. */
  async #openCache(): Promise<Cache | "none"> {
    const { cacheFolder, binaryHash } = this.#options;
    if (cacheFolder === undefined || binaryHash === undefined) return "none";
    const problem = await makePrivateFolder(cacheFolder, process.getuid?.());
    return problem === undefined ? { folder: cacheFolder, binaryHash } : "none";
  }

  #cachedSchemas(): Schemas | undefined {
    if (this.#cache === undefined || this.#cache === "none") return undefined;
    const cached = loadSchemas(this.#cache.folder, this.#cache.binaryHash);
    if (cached === undefined) return undefined;
    return { index: indexSchemas(cached.raw, cached.protocol), protocol: cached.protocol };
  }

  async #askSchemas(connection: ProviderConnection, limits: { deadlineMs: number }): Promise<Schemas> {
    const raw = await readSchemas(connection, limits);
    const schemas = { index: indexSchemas(raw, connection.protocol), protocol: connection.protocol };
    if (this.#cache !== undefined && this.#cache !== "none") {
      storeSchemas(this.#cache.folder, this.#cache.binaryHash, { raw, protocol: connection.protocol });
    }
    return schemas;
  }

  async #encodedConfig(index: SchemaIndex): Promise<Uint8Array> {
    return encodeCty(await this.#options.config(index), index.provider.type);
  }

  /** Skipped only where this very program, configuration and environment are known to come back unchanged. */
  async #prepare(
    connection: ProviderConnection,
    config: Uint8Array,
    limits: { deadlineMs: number },
  ): Promise<Uint8Array> {
    const { cacheFolder, binaryHash, environment } = this.#options;
    if (cacheFolder === undefined || binaryHash === undefined)
      return prepareConfig(connection, config, limits);
    const key = { binaryHash, config, environment };
    if (wasPreparedUnchanged(cacheFolder, key)) return config;
    const prepared = await prepareConfig(connection, config, limits);
    if (Buffer.compare(prepared, config) === 0) rememberPreparedUnchanged(cacheFolder, key);
    return prepared;
  }
}
