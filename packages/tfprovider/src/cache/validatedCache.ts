/**
 * Remembers that a provider found a configuration valid, which some take two seconds to say. Only that is remembered,
 * never a configuration: the name of an empty file is a keyed hash of program, configuration and environment, the latter
 * because a provider may look into it.
 */
import { createHmac, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { readCacheFile, writeCacheFile } from "./cacheFile.ts";

export interface ValidatedKey {
  readonly binaryHash: string;
  readonly config: Uint8Array;
  readonly environment: Readonly<Record<string, string>>;
}

const KEY_BYTES = 32;

/** Told apart by the folder's own key, without which nothing is remembered. */
export function wasValid(folder: string, key: ValidatedKey): boolean {
  const secret = knownSecret(folder);
  return secret !== undefined && existsSync(fileOf(folder, secret, key));
}

export function rememberValid(folder: string, key: ValidatedKey): void {
  const secret = knownSecret(folder) ?? newSecret(folder);
  if (secret !== undefined) writeCacheFile(fileOf(folder, secret, key), new Uint8Array());
}

function fileOf(folder: string, secret: Buffer, { binaryHash, config, environment }: ValidatedKey): string {
  const hmac = createHmac("sha256", secret);
  hmac.update(binaryHash);
  for (const name of Object.keys(environment).sort()) hmac.update(`\0${name}=${environment[name]}`);
  hmac.update("\0\0").update(config);
  return join(folder, "valid", hmac.digest("hex"));
}

/** A key of this folder's own, so that the hashes are no oracle for a weak secret in a configuration. */
function knownSecret(folder: string): Buffer | undefined {
  const key = readCacheFile(join(folder, "key"));
  return key?.length === KEY_BYTES ? key : undefined;
}

/** Another process may put its own in place at the same moment: what lies there in the end counts. */
function newSecret(folder: string): Buffer | undefined {
  writeCacheFile(join(folder, "key"), randomBytes(KEY_BYTES));
  return knownSecret(folder);
}
