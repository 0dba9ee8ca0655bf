/**
 * Remembers that preparing a configuration changed nothing, which some providers take two seconds to say. Only that is
 * remembered, never a configuration: the name of an empty file is a keyed hash of program, configuration and environment,
 * the latter because a provider may fill in defaults from it.
 */
import { createHmac, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface PreparedKey {
  readonly binaryHash: string;
  readonly config: Uint8Array;
  readonly environment: Readonly<Record<string, string>>;
}

const KEY_BYTES = 32;

export function wasPreparedUnchanged(folder: string, key: PreparedKey): boolean {
  return existsSync(fileOf(folder, key));
}

export function rememberPreparedUnchanged(folder: string, key: PreparedKey): void {
  mkdirSync(join(folder, "prepared"), { recursive: true, mode: 0o700 });
  writeFileSync(fileOf(folder, key), "", { mode: 0o600 });
}

function fileOf(folder: string, { binaryHash, config, environment }: PreparedKey): string {
  const hmac = createHmac("sha256", secretOf(folder));
  hmac.update(binaryHash);
  for (const name of Object.keys(environment).sort()) hmac.update(`\0${name}=${environment[name]}`);
  hmac.update("\0\0").update(config);
  return join(folder, "prepared", hmac.digest("hex"));
}

/** A key of this folder's own, so that the hashes are no oracle for a weak secret in a configuration. */
function secretOf(folder: string): Buffer {
  const file = join(folder, "key");
  if (existsSync(file)) {
    const key = readFileSync(file);
    if (key.length === KEY_BYTES) return key;
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, randomBytes(KEY_BYTES), { mode: 0o600 });
  renameSync(temporary, file);
  // Another process may have renamed its own in between: what lies there now counts.
  return readFileSync(file);
}
