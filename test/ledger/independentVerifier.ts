/**
 * A second reading of the formats, from RFC 6962 and the C2SP pages alone: nothing here comes from `packages/tlog`. Slow and
 * short, so that anybody can compare it with the specifications. It shows that a log of ours can be read by others.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6962#section-2.1
 * @see https://c2sp.org/tlog-tiles
 * @see https://c2sp.org/signed-note
 * @see https://c2sp.org/tlog-checkpoint
 * @see https://c2sp.org/tlog-proof
 */
import assert from "node:assert/strict";
import { createHash, createPublicKey, verify } from "node:crypto";

export type ReadFile = (path: string) => Promise<Buffer>;

export interface IndependentLog {
  readonly origin: string;
  readonly size: number;
  readonly root: Buffer;
  readonly entries: readonly Buffer[];
}

/** Reads all of a log and verifies everything. @param vkey `name+keyid+base64` */
export async function verifyIndependently(read: ReadFile, vkey: string): Promise<IndependentLog> {
  const { origin, size, root } = openCheckpoint((await read("checkpoint")).toString("utf8"), vkey);
  const entries: Buffer[] = [];
  for (let bundle = 0; bundle * 256 < size; bundle++) {
    const width = Math.min(256, size - bundle * 256);
    const found = split(await read(pathOf("entries", bundle, width)));
    assert.equal(found.length, width);
    entries.push(...found);
  }
  let row = entries.map((entry) => sha256(Buffer.of(0), entry));
  assert.deepEqual(rootOf(row), root);
  // Every level of tiles holds the roots of the full tiles below.
  for (let level = 0; row.length > 0; level++) {
    for (let tile = 0; tile * 256 < row.length; tile++) {
      const hashes = row.slice(tile * 256, tile * 256 + 256);
      assert.deepEqual(await read(pathOf(String(level), tile, hashes.length)), Buffer.concat(hashes));
    }
    row = Array.from({ length: Math.floor(row.length / 256) }, (_, at) =>
      rootOf(row.slice(at * 256, at * 256 + 256)),
    );
  }
  return { origin, size, root, entries };
}

/** Opens a signed note and reads the checkpoint in it. */
export function openCheckpoint(note: string, vkey: string) {
  const split = note.lastIndexOf("\n\n");
  const text = note.slice(0, split + 1);
  const [, name, id, key] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(vkey) ?? [];
  const material = Buffer.from(key ?? "", "base64");
  assert.equal(material[0], 1, "Ed25519");
  assert.equal(
    sha256(Buffer.from(`${name}\n`), material)
      .subarray(0, 4)
      .toString("hex"),
    id,
  );
  const lines = note.slice(split + 2).split("\n");
  const line = lines.find((candidate) => {
    const [, signer, blob] = /^— (\S+) (\S+)$/.exec(candidate) ?? [];
    return (
      signer === name &&
      Buffer.from(blob ?? "", "base64")
        .subarray(0, 4)
        .toString("hex") === id
    );
  });
  assert.ok(line, "no signature by that key");
  const signature = Buffer.from(line.split(" ")[2] ?? "", "base64").subarray(4);
  const publicKey = createPublicKey({
    key: { kty: "OKP", crv: "Ed25519", x: material.subarray(1).toString("base64url") },
    format: "jwk",
  });
  assert.ok(verify(null, Buffer.from(text), publicKey, signature), "a false signature");
  const [origin = "", size = "", root = ""] = text.split("\n");
  assert.match(size, /^(0|[1-9][0-9]*)$/);
  return { origin, size: Number(size), root: Buffer.from(root, "base64") };
}

/** RFC 6962, section 2.1.1: whether the path leads from the leaf to the root. */
export function isIncluded(
  leaf: Buffer,
  index: number,
  size: number,
  path: readonly Buffer[],
  root: Buffer,
): boolean {
  const rise = (at: number, count: number, rest: readonly Buffer[]): Buffer => {
    const sibling = rest.at(-1);
    if (count === 1) {
      assert.equal(rest.length, 0);
      return leaf;
    }
    assert.ok(sibling);
    const k = largestPowerBelow(count);
    const below = rest.slice(0, -1);
    return at < k
      ? sha256(Buffer.of(1), rise(at, k, below), sibling)
      : sha256(Buffer.of(1), sibling, rise(at - k, count - k, below));
  };
  return rise(index, size, path).equals(root);
}

export function leafOf(entry: Buffer): Buffer {
  return sha256(Buffer.of(0), entry);
}

function pathOf(level: string, index: number, width: number): string {
  const digits = String(index).padStart(Math.ceil(String(index).length / 3) * 3, "0");
  const groups = digits.match(/.{3}/g) ?? [];
  const path = groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join("/");
  return `tile/${level}/${path}${width < 256 ? `.p/${width}` : ""}`;
}

function split(bundle: Buffer): Buffer[] {
  const entries: Buffer[] = [];
  for (let at = 0; at < bundle.length; ) {
    const end = at + 2 + bundle.readUInt16BE(at);
    assert.ok(end <= bundle.length);
    entries.push(bundle.subarray(at + 2, end));
    at = end;
  }
  return entries;
}

function rootOf(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return sha256();
  if (leaves.length === 1) return leaves[0] as Buffer;
  const k = largestPowerBelow(leaves.length);
  return sha256(Buffer.of(1), rootOf(leaves.slice(0, k)), rootOf(leaves.slice(k)));
}

function largestPowerBelow(count: number): number {
  let k = 1;
  while (2 * k < count) k *= 2;
  return k;
}

function sha256(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}
