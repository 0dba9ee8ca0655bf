/**
 * Schemas on disk, as they came from the provider, named by the hash of its program: they hold nothing of anybody's
 * configuration. A file that is cut off or altered by accident is ignored and written anew.
 */
import { join } from "node:path";
import { crc32 } from "node:zlib";
import type { Protocol } from "../wire/rpc.ts";
import { readCacheFile, writeCacheFile } from "./cacheFile.ts";

export interface CachedSchemas {
  readonly raw: Buffer;
  readonly protocol: Protocol;
}

const HEADER_BYTES = 8;

/** @param folder private to this user; @param binaryHash SHA-256 of the program, in hexadecimal */
export function loadSchemas(folder: string, binaryHash: string): CachedSchemas | undefined {
  const file = readCacheFile(fileOf(folder, binaryHash));
  if (file === undefined) return undefined;
  const protocol = file.length > HEADER_BYTES ? file.readUInt32BE(0) : 0;
  const raw = file.subarray(HEADER_BYTES);
  if ((protocol !== 5 && protocol !== 6) || file.readUInt32BE(4) !== crc32(raw)) return undefined;
  return { raw, protocol };
}

export function storeSchemas(folder: string, binaryHash: string, { raw, protocol }: CachedSchemas): void {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32BE(protocol, 0);
  header.writeUInt32BE(crc32(raw), 4);
  const file = fileOf(folder, binaryHash);
  const whole = Buffer.concat([header, raw]);
  // Some providers must be asked each time, and answer the same megabytes.
  if (!readCacheFile(file)?.equals(whole)) writeCacheFile(file, whole);
}

function fileOf(folder: string, binaryHash: string): string {
  return join(folder, "schemas", `${binaryHash}.schema`);
}
