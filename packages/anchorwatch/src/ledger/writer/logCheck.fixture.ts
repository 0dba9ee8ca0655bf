/**
 * Reads a whole log from the specifications alone, with node:crypto and nothing of ours, and asserts that every file of it is
 * what it has to be. Slow and simple on purpose.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";

export interface CheckedLog {
  readonly size: number;
  readonly entries: readonly Uint8Array[];
  /** Signed text of the checkpoint. */
  readonly text: string;
}

const WIDTH = 256;

/** `files` by their path inside the log. `signedTexts`: everything that was ever signed, all of which must be of this history. */
export function checkLog(
  files: ReadonlyMap<string, Uint8Array>,
  signedTexts: readonly string[] = [],
): CheckedLog {
  const checkpoint = textOf(files, "checkpoint");
  const text = checkpoint.slice(0, checkpoint.indexOf("\n\n") + 1);
  const { size } = parse(text);
  const seen = new Set(["checkpoint"]);
  const entries = readEntries(files, size, seen);
  const leaves = entries.map((entry) => sha256(Buffer.of(0), entry));
  const tree = checkTiles(files, leaves, seen);
  checkOthers(files, { entries, tree, seen });
  checkSigned(leaves, [text, ...signedTexts]);
  return { size, entries, text };
}

interface Parsed {
  readonly size: number;
  readonly root: string;
}

function parse(text: string): Parsed {
  const [, size = "", root = ""] = text.split("\n");
  assert.match(size, /^(0|[1-9][0-9]*)$/);
  return { size: Number(size), root };
}

function readEntries(files: ReadonlyMap<string, Uint8Array>, size: number, seen: Set<string>) {
  const entries: Uint8Array[] = [];
  for (let index = 0; index * WIDTH < size; index++) {
    const width = Math.min(WIDTH, size - index * WIDTH);
    const path = pathOf("entries", index, width);
    seen.add(path);
    entries.push(...bundleEntries(fileOf(files, path), width, path));
  }
  return entries;
}

function bundleEntries(bytes: Uint8Array, width: number, path: string): readonly Uint8Array[] {
  const entries: Uint8Array[] = [];
  const bundle = Buffer.from(bytes);
  let at = 0;
  while (entries.length < width) {
    assert.ok(at + 2 <= bundle.length, `${path} is too short`);
    const length = bundle.readUInt16BE(at);
    assert.ok(at + 2 + length <= bundle.length, `${path} is too short`);
    entries.push(bundle.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  assert.equal(at, bundle.length, `${path} is too long`);
  return entries;
}

/** Hashes by level of tiles: each tile of the tree is compared, partial ones at the end too. */
function checkTiles(files: ReadonlyMap<string, Uint8Array>, leaves: readonly Buffer[], seen: Set<string>) {
  const tree: (readonly Buffer[])[] = [];
  for (let level = 0, row = leaves; row.length > 0; level++) {
    tree.push(row);
    const above: Buffer[] = [];
    for (let index = 0; index * WIDTH < row.length; index++) {
      const hashes = row.slice(index * WIDTH, (index + 1) * WIDTH);
      const path = pathOf(String(level), index, hashes.length);
      seen.add(path);
      assert.ok(Buffer.concat(hashes).equals(fileOf(files, path)), `${path} has other hashes`);
      if (hashes.length === WIDTH) above.push(rootOf(hashes));
    }
    row = above;
  }
  return tree;
}

/** Left-over partial tiles have to be beginnings of what the tree has there; nothing else may lie under tile/. */
function checkOthers(
  files: ReadonlyMap<string, Uint8Array>,
  log: {
    readonly entries: readonly Uint8Array[];
    readonly tree: readonly (readonly Buffer[])[];
    readonly seen: ReadonlySet<string>;
  },
): void {
  for (const [path, bytes] of files) {
    if (!path.startsWith("tile/") || log.seen.has(path)) continue;
    const [, level = "", groups = "", width = ""] =
      /^tile\/([0-9]+|entries)\/([x0-9/]+)\.p\/([0-9]+)$/.exec(path) ?? [];
    assert.notEqual(width, "", `${path} does not belong to a tree of ${log.entries.length} entries`);
    const from = Number(groups.replace(/[x/]/g, "")) * WIDTH;
    const end = from + Number(width);
    if (level === "entries") {
      assert.ok(end <= log.entries.length, `${path} is beyond the tree`);
      const expected = bundleOf(log.entries.slice(from, end));
      assert.ok(expected.equals(bytes), `${path} is no beginning of its bundle`);
    } else {
      const row = log.tree[Number(level)] ?? [];
      assert.ok(end <= row.length, `${path} is beyond the tree`);
      assert.ok(Buffer.concat(row.slice(from, end)).equals(bytes), `${path} is no beginning of its tile`);
    }
  }
}

/** Each signed text has to have the root that the first entries of this log have. */
function checkSigned(leaves: readonly Buffer[], texts: readonly string[]): void {
  const wanted = new Map<number, Set<string>>();
  for (const { size, root } of texts.map(parse)) {
    wanted.set(size, (wanted.get(size) ?? new Set()).add(root));
  }
  // Complete subtrees from large to small, as a binary counter.
  const peaks: { readonly width: number; readonly hash: Buffer }[] = [];
  for (let size = 0; size <= leaves.length; size++) {
    const roots = wanted.get(size);
    if (roots !== undefined) {
      wanted.delete(size);
      const hashes = peaks.map(({ hash }) => hash);
      const root = size === 0 ? sha256() : hashes.reduceRight((right, left) => node(left, right));
      assert.deepEqual([...roots], [root.toString("base64")], `another tree of ${size} entries was signed`);
    }
    let next = { width: 1, hash: leaves[size] ?? Buffer.of() };
    for (let last = peaks.at(-1); last?.width === next.width; last = peaks.at(-1)) {
      next = { width: next.width * 2, hash: node(last.hash, next.hash) };
      peaks.pop();
    }
    peaks.push(next);
  }
  assert.deepEqual([...wanted.keys()], [], `larger trees were signed than the log has entries`);
}

function rootOf(hashes: readonly Buffer[]): Buffer {
  let row = hashes;
  while (row.length > 1) {
    row = Array.from({ length: row.length / 2 }, (_, at) =>
      node(row[2 * at] as Buffer, row[2 * at + 1] as Buffer),
    );
  }
  return row[0] as Buffer;
}

function bundleOf(entries: readonly Uint8Array[]): Buffer {
  const lengths = entries.map(({ length }) => Buffer.of(length >> 8, length & 0xff));
  return Buffer.concat(entries.flatMap((entry, at) => [lengths[at] as Buffer, entry]));
}

function pathOf(level: string, index: number, width: number): string {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, "0").match(/.../g) ?? [];
  const path = groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join("/");
  return `tile/${level}/${path}${width < WIDTH ? `.p/${width}` : ""}`;
}

function fileOf(files: ReadonlyMap<string, Uint8Array>, path: string): Uint8Array {
  const bytes = files.get(path);
  assert.ok(bytes !== undefined, `${path} is missing`);
  return bytes;
}

function textOf(files: ReadonlyMap<string, Uint8Array>, path: string): string {
  return new TextDecoder().decode(fileOf(files, path));
}

function node(left: Buffer, right: Buffer): Buffer {
  return sha256(Buffer.of(1), left, right);
}

function sha256(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}
