/**
 * Which complete subtrees a root or a proof is made of (RFC 6962, section 2.1). Arithmetic only; positions are numbers up to
 * 2^53-1, so nothing here uses bit operators, which would cut them to 32 bits.
 */

import { TlogError } from "./errors.ts";
import { checkCount } from "./number.ts";

/** A complete subtree: of 2^level entries, the index-th of that level. Level 0 are the leaf hashes. */
export interface NodeId {
  readonly level: number;
  readonly index: number;
}

/** The complete subtrees that make a tree of that size, left to right. None for the empty tree. */
export function rootNodes(size: number): readonly NodeId[] {
  return rangeNodes(0, checkCount(size, "the size of the tree"));
}

/**
 * What the hashes of an inclusion proof are made of, in the proof's order: each is one complete subtree, or several that are
 * folded from right to left into one hash. Throws `proof_range_invalid` when the index is not below the size.
 */
export function inclusionNodes(index: number, size: number): readonly (readonly NodeId[])[] {
  checkCount(size, "the size of the tree");
  if (checkCount(index, "the index") >= size) {
    throw new TlogError(
      "proof_range_invalid",
      `a tree of ${size} entries has no entry ${index}: the first has index 0`,
      { location: { index } },
    );
  }
  const path: (readonly NodeId[])[] = [];
  let [start, end] = [0, size];
  while (end - start > 1) {
    const middle = start + largestPowerBelow(end - start);
    if (index < middle) {
      path.push(rangeNodes(middle, end));
      end = middle;
    } else {
      path.push(rangeNodes(start, middle));
      start = middle;
    }
  }
  return path.reverse();
}

/**
 * What the hashes of a consistency proof are made of, like `inclusionNodes`. Empty when the sizes are equal. Throws
 * `proof_range_invalid` when the older size is zero (everything is consistent with nothing, so there is nothing to prove) or larger.
 */
export function consistencyNodes(older: number, newer: number): readonly (readonly NodeId[])[] {
  checkCount(newer, "the newer size");
  if (checkCount(older, "the older size") === 0 || older > newer) {
    throw new TlogError(
      "proof_range_invalid",
      older === 0
        ? "there is no consistency proof from the empty tree: every log begins with it"
        : `the older tree has ${older} entries and the newer one only ${newer}: a log never shrinks`,
    );
  }
  const path: (readonly NodeId[])[] = [];
  let [start, end] = [0, newer];
  while (older < end) {
    const middle = start + largestPowerBelow(end - start);
    if (older <= middle) {
      path.push(rangeNodes(middle, end));
      end = middle;
    } else {
      path.push(rangeNodes(start, middle));
      start = middle;
    }
  }
  // The verifier knows the older root. A piece of it that is not the whole has to be told.
  if (start > 0) path.push(rangeNodes(start, end));
  return path.reverse();
}

/** The complete subtrees of the entries from start to end. Start is a multiple of a power of two that is not below their number. */
function rangeNodes(start: number, end: number): NodeId[] {
  const nodes: NodeId[] = [];
  let at = start;
  let level = levelUpTo(end - start);
  for (let width = 2 ** level; at < end; level--, width /= 2) {
    if (end - at < width) continue;
    nodes.push({ level, index: at / width });
    at += width;
  }
  return nodes;
}

/** The largest power of two below a number above 1: where RFC 6962 splits a tree. */
function largestPowerBelow(count: number): number {
  return 2 ** levelUpTo(count - 1);
}

/** The level of the largest complete subtree with at most that many entries. */
function levelUpTo(count: number): number {
  let level = 0;
  while (2 ** (level + 1) <= count) level++;
  return level;
}
