/** What must hold whichever way the hashing is done. Run once with node:crypto and once with WebCrypto. */

import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { primitives } from "#primitives";
import { decodeBase64 } from "./base64.ts";
import { parseBundle } from "./bundle.ts";
import { openCheckpoint } from "./checkpoint.ts";
import { refused } from "./errors.fixture.ts";
import { TlogError } from "./errors.ts";
import { emptyRoot, leafHash, leafHashes, leafHashRow, nodeHash, nodeHashes } from "./hash.ts";
import { parseVerifierKey } from "./key.ts";
import { consistencyProof, inclusionProof, treeRoot, verifyConsistency, verifyInclusion } from "./proof.ts";
import { everyMutationIsRefused, everyProofHolds } from "./proofLaws.fixture.ts";
import { hasPublished, publishedFiles, readPublished } from "./published.fixture.ts";
import { RFC_8032 } from "./rfc8032.fixture.ts";
import { tilePath } from "./tile.ts";
import { tileNodeReader } from "./tileReader.ts";

const PUBLISHED_KEY = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";
const PUBLISHED_ENTRIES =
  "one two three four five six seven eit nain ten ileven twelf threeten fourten fivten".split(" ");

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const unhex = (text: string) => new Uint8Array(Buffer.from(text, "hex"));
const sha256 = (...parts: readonly Uint8Array[]) =>
  createHash("sha256").update(Buffer.concat(parts)).digest("hex");

export function hashingConforms(): void {
  test("the empty root is the hash of nothing", async () => {
    expect(hex(emptyRoot())).toBe(sha256());
    expect(hex(await primitives.hashMessages([new Uint8Array()]))).toBe(sha256());
  });

  test("leaves and nodes are hashed with their prefixes, whatever their length", async () => {
    const entries = [0, 1, 500, 500, 1023, 1024, 65_535, 3].map((length, index) =>
      new Uint8Array(length).fill(index + 1),
    );
    const expected = entries.map((entry) => sha256(Uint8Array.of(0), entry));
    expect((await leafHashes(entries)).map(hex)).toEqual(expected);
    expect(hex(await leafHashRow(entries))).toBe(expected.join(""));
    expect(hex(await leafHash(entries[2] as Uint8Array))).toBe(expected[2]);

    const row = await leafHashRow(entries);
    const nodes = expected
      .filter((_, index) => index % 2 === 0)
      .map((left, pair) => sha256(Uint8Array.of(1), unhex(left), unhex(expected[2 * pair + 1] as string)));
    expect(hex(await nodeHashes(row))).toBe(nodes.join(""));
    expect(hex(await nodeHash(unhex(expected[0] as string), unhex(expected[1] as string)))).toBe(nodes[0]);
  });

  test("rows are hashed in order, also when they are long and lie inside other memory", async () => {
    const memory = new Uint8Array(3 + 2500 * 64).map((_, index) => index % 251);
    const row = memory.subarray(3);
    const hashed = await nodeHashes(row);
    for (const pair of [0, 1, 1023, 1024, 2499]) {
      const expected = sha256(Uint8Array.of(1), row.subarray(pair * 64, (pair + 1) * 64));
      expect(hex(hashed.subarray(pair * 32, (pair + 1) * 32))).toBe(expected);
    }
    expect(await nodeHashes(new Uint8Array())).toEqual(new Uint8Array());
    expect(await leafHashes([])).toEqual([]);
  });

  test("half a pair and hashes of a wrong size are refused", async () => {
    await refused("hash_invalid", () => nodeHashes(new Uint8Array(32)));
    await refused("hash_invalid", () => nodeHash(new Uint8Array(32), new Uint8Array(31)));
  });

  test.each(RFC_8032)(
    "the Ed25519 signature of the standard by %s is believed, and no changed one",
    async (key, text, made) => {
      const signature = unhex(made);
      expect(await primitives.verifyEd25519(unhex(key), unhex(text), signature)).toBe(true);
      expect(await primitives.verifyEd25519(unhex(key), unhex(`${text}00`), signature)).toBe(false);
      for (const at of [0, 31, 32, 63]) {
        const changed = signature.with(at, (signature[at] as number) ^ 1);
        expect(await primitives.verifyEd25519(unhex(key), unhex(text), changed)).toBe(false);
      }
    },
  );

  test("a public key that is no point of the curve has signed nothing", async () => {
    const nowhere = new Uint8Array(32).fill(0xff).with(0, 2);
    expect(await primitives.verifyEd25519(nowhere, new Uint8Array(1), new Uint8Array(64))).toBe(false);
  });
}

export function proofsConform(upTo: number): void {
  test(`all proofs of all sizes up to ${upTo} verify`, async () => {
    expect(await everyProofHolds(upTo)).toBe(upTo * (upTo + 1));
  });

  test("every single changed hash is refused", async () => {
    expect(await everyMutationIsRefused(Math.min(upTo, 40))).toBeGreaterThan(upTo);
  });
}

interface PublishedInclusion {
  readonly leafIdx: number;
  readonly treeSize: number;
  readonly root: string;
  readonly leafHash: string;
  readonly proof: readonly string[] | null;
  readonly wantErr: boolean;
}

interface PublishedConsistency {
  readonly size1: number;
  readonly size2: number;
  readonly root1: string;
  readonly root2: string;
  readonly proof: readonly string[] | null;
  readonly wantErr: boolean;
}

export function publishedVectorsPass(): void {
  const inclusion = publishedFiles("merkle/inclusion");
  const consistency = publishedFiles("merkle/consistency");

  describe.skipIf(!hasPublished)("published vectors", () => {
    test("there are as many as there should be", () => {
      expect([inclusion.length, consistency.length]).toEqual([49, 43]);
    });

    test.each(inclusion)("inclusion %s", async (file) => {
      const { wantErr, ...given } = readJson<PublishedInclusion>(`merkle/inclusion/${file}`);
      const verified = verifyInclusion({
        index: given.leafIdx,
        size: given.treeSize,
        root: bytesOf(given.root),
        leaf: bytesOf(given.leafHash),
        proof: (given.proof ?? []).map(bytesOf),
      });
      await expectVerdict(verified, wantErr);
    });

    test.each(consistency)("consistency %s", async (file) => {
      const { wantErr, ...given } = readJson<PublishedConsistency>(`merkle/consistency/${file}`);
      const verified = verifyConsistency({
        older: given.size1,
        newer: given.size2,
        olderRoot: bytesOf(given.root1),
        newerRoot: bytesOf(given.root2),
        proof: (given.proof ?? []).map(bytesOf),
      });
      await expectVerdict(verified, wantErr);
    });

    test("the published log: every checkpoint is signed, and its root is that of its tiles and of its entries", async () => {
      const key = await parseVerifierKey(PUBLISHED_KEY);
      const leaves = await leafHashes(PUBLISHED_ENTRIES.map((entry) => new TextEncoder().encode(entry)));
      for (let size = 0; size <= PUBLISHED_ENTRIES.length; size++) {
        const { checkpoint, signedBy } = await openCheckpoint(
          readPublished(`published-log/checkpoint.${size}`),
          [key],
        );
        expect(checkpoint).toMatchObject({ origin: "example.com/log/testdata", size });
        expect(signedBy).toEqual([key]);
        expect(await treeRoot(size, publishedNodes(size))).toEqual(checkpoint.root);
        if (size === 0) continue;
        const bundle = readPublished(
          `published-log/${tilePath({ level: "entries", index: 0, width: size })}`,
        );
        expect(parseBundle(bundle, size).map((entry) => new TextDecoder().decode(entry))).toEqual(
          PUBLISHED_ENTRIES.slice(0, size),
        );
        const tile = readPublished(`published-log/${tilePath({ level: 0, index: 0, width: size })}`);
        expect(hex(tile)).toBe(leaves.slice(0, size).map(hex).join(""));
      }
      expect(readPublished("published-log/checkpoint")).toEqual(readPublished("published-log/checkpoint.15"));
    });

    test("the published log: proofs out of its tiles lead from every checkpoint to every later one", async () => {
      const key = await parseVerifierKey(PUBLISHED_KEY);
      const roots = await Promise.all(
        Array.from({ length: 16 }, async (_, size) => {
          const { checkpoint } = await openCheckpoint(readPublished(`published-log/checkpoint.${size}`), [
            key,
          ]);
          return checkpoint.root;
        }),
      );
      for (let newer = 1; newer <= 15; newer++) {
        for (let older = 1; older <= newer; older++) {
          const proof = await consistencyProof(older, newer, publishedNodes(newer));
          const [olderRoot, newerRoot] = [roots[older] as Uint8Array, roots[newer] as Uint8Array];
          await verifyConsistency({ older, newer, olderRoot, newerRoot, proof });
          const index = older - 1;
          const leaf = await leafHash(new TextEncoder().encode(PUBLISHED_ENTRIES[index]));
          const path = await inclusionProof(index, newer, publishedNodes(newer));
          await verifyInclusion({ index, size: newer, leaf, proof: path, root: newerRoot });
        }
      }
    });
  });
}

function publishedNodes(size: number) {
  return tileNodeReader(size, async (tile) => readPublished(`published-log/${tilePath(tile)}`));
}

async function expectVerdict(verified: Promise<void>, wantErr: boolean): Promise<void> {
  if (wantErr) await expect(verified).rejects.toBeInstanceOf(TlogError);
  else await verified;
}

function readJson<T>(path: string): T {
  return JSON.parse(new TextDecoder().decode(readPublished(path))) as T;
}

function bytesOf(base64: string): Uint8Array {
  return decodeBase64(base64) ?? expect.fail(`the vector has ${base64}`);
}
