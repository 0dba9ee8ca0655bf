/** What is remembered of one provider program between runs. Nothing of it is secret, and all of it may be lost. */
import { makePrivateFolder } from "../find/privateFolder.ts";
import { type CachedSchemas, loadSchemas, storeSchemas } from "./schemaCache.ts";
import { rememberValid, wasValid } from "./validatedCache.ts";

export interface ProviderCache {
  loadSchemas(): CachedSchemas | undefined;
  storeSchemas(schemas: CachedSchemas): void;
  /** The provider has found the configuration valid. */
  wasValid(config: Uint8Array): boolean;
  rememberValid(config: Uint8Array): void;
}

export interface CacheOptions {
  /** SHA-256 of the program in hexadecimal. Without it, or without a folder, nothing is cached. */
  readonly binaryHash?: string | undefined;
  /** Where caches lie: a folder that only this user can write to; another one is refused. */
  readonly cacheFolder?: string | undefined;
  /** The whole environment of the provider, on which its validation may depend. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * @returns undefined where nothing is to be cached, or the folder cannot be made
 * @throws ProviderError `find_cache_unsafe`
 */
export async function openProviderCache(options: CacheOptions): Promise<ProviderCache | undefined> {
  const { cacheFolder: folder, binaryHash, environment } = options;
  if (folder === undefined || binaryHash === undefined) return undefined;
  const problem = await makePrivateFolder(folder, process.getuid?.());
  if (problem !== undefined) return undefined;
  const key = (config: Uint8Array) => ({ binaryHash, config, environment });
  return {
    loadSchemas: () => loadSchemas(folder, binaryHash),
    storeSchemas: (schemas) => storeSchemas(folder, binaryHash, schemas),
    wasValid: (config) => wasValid(folder, key(config)),
    rememberValid: (config) => rememberValid(folder, key(config)),
  };
}
