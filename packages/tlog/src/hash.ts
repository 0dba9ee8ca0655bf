/** Hashes of RFC 6962, section 2.1: leaves and inner nodes are told apart by a prefix, so that neither passes for the other. */

import { primitives } from "#primitives";
import { TlogError } from "./errors.ts";

/** A SHA-256 hash, 32 bytes. */
export type Hash = Uint8Array;

export const HASH_BYTES = 32;

const LEAF_PREFIX = 0x00;
const NODE_PREFIX = 0x01;

/** SHA-256 of nothing. */
const EMPTY_ROOT = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** The root hash of the tree without entries: SHA-256 of nothing. */
export function emptyRoot(): Hash {
  return Uint8Array.from(EMPTY_ROOT.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}

/** SHA-256(0x00 ‖ entry). */
export async function leafHash(entry: Uint8Array): Promise<Hash> {
  return leafHashRow([entry]);
}

/** The leaf hash of each entry, as views of one buffer. */
export async function leafHashes(entries: readonly Uint8Array[]): Promise<Hash[]> {
  return splitRow(await leafHashRow(entries));
}

/** The leaf hashes of the entries, one after the other: what a tile of level 0 holds. */
export function leafHashRow(entries: readonly Uint8Array[]): Promise<Uint8Array> {
  return primitives.hashMessages(entries, LEAF_PREFIX);
}

/** SHA-256(0x01 ‖ left ‖ right) of each pair: n·32 bytes with n even become n/2·32. */
export async function nodeHashes(children: Uint8Array): Promise<Uint8Array> {
  if (children.length % (2 * HASH_BYTES) !== 0) {
    throw new TlogError(
      "hash_invalid",
      `pairs of hashes have a multiple of ${2 * HASH_BYTES} bytes; these have ${children.length}`,
    );
  }
  return primitives.hashPairs(children, NODE_PREFIX);
}

/** SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(left: Hash, right: Hash): Promise<Hash> {
  const children = new Uint8Array(2 * HASH_BYTES);
  children.set(checkHash(left, "the left child"));
  children.set(checkHash(right, "the right child"), HASH_BYTES);
  return primitives.hashPairs(children, NODE_PREFIX);
}

/** The hashes of a buffer of n·32 bytes, as views of it. */
export function splitRow(row: Uint8Array): Hash[] {
  return Array.from({ length: Math.floor(row.length / HASH_BYTES) }, (_, index) =>
    row.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES),
  );
}

/** Whether two hashes, or any two byte strings, are the same. Not in constant time: hashes of a public log are no secret. */
export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

/** The hash itself, if it has 32 bytes. Throws `hash_invalid` naming it otherwise. */
export function checkHash(hash: Uint8Array, what: string): Hash {
  if (hash.length === HASH_BYTES) return hash;
  throw new TlogError("hash_invalid", `${what} has ${hash.length} bytes; a SHA-256 hash has ${HASH_BYTES}`);
}
