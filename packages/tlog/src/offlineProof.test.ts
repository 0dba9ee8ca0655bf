import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatCheckpoint } from "./checkpoint.ts";
import { refused, typedErrorOr } from "./errors.fixture.ts";
import { TlogError } from "./errors.ts";
import { formatNote, signNote } from "./note.ts";
import {
  formatOfflineProof,
  type OfflineProof,
  parseOfflineProof,
  verifyOfflineProof,
} from "./offlineProof.ts";
import { inclusionProof, treeRoot } from "./proof.ts";
import { testSigner } from "./signer.fixture.ts";
import { memoryTree, testEntries } from "./tree.fixture.ts";

const log = await testSigner("example.com/log");
const other = await testSigner("example.com/other");
const entries = testEntries(11);
const tree = await memoryTree(entries);

async function proofOf(index: number, size: number): Promise<OfflineProof> {
  const root = await treeRoot(size, tree.nodes);
  const text = formatCheckpoint({ origin: "example.com/log", size, root, extensions: [] });
  const checkpoint = formatNote(await signNote(text, [log]));
  return { index, proof: await inclusionProof(index, size, tree.nodes), checkpoint };
}

const proof = await proofOf(5, 11);
const entry = entries[5] as Uint8Array;
const HASH = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";

test("a proof is the header, the index, the hashes, an empty line and the checkpoint word for word", () => {
  const hashes = proof.proof.map((hash) => `${Buffer.from(hash).toString("base64")}\n`).join("");
  expect(formatOfflineProof(proof)).toBe(`c2sp.org/tlog-proof@v1\nindex 5\n${hashes}\n${proof.checkpoint}`);
  expect(formatOfflineProof({ ...proof, extra: Uint8Array.of(1, 2) })).toBe(
    `c2sp.org/tlog-proof@v1\nextra AQI=\nindex 5\n${hashes}\n${proof.checkpoint}`,
  );
});

test("every entry of every size is proven without the log", async () => {
  for (let size = 1; size <= 11; size++) {
    for (let index = 0; index < size; index++) {
      const read = parseOfflineProof(formatOfflineProof(await proofOf(index, size)));
      const checkpoint = await verifyOfflineProof(read, entries[index] as Uint8Array, [log.key]);
      expect(checkpoint.size).toBe(size);
    }
  }
});

test("every proof survives the way to text and back", () => {
  const given = fc.record(
    {
      index: fc.maxSafeNat(),
      proof: fc.array(fc.uint8Array({ minLength: 32, maxLength: 32 }), { maxLength: 63 }),
      checkpoint: fc.constant(proof.checkpoint),
      extra: fc.uint8Array({ minLength: 1 }),
    },
    { requiredKeys: ["index", "proof", "checkpoint"] },
  );
  fc.assert(
    fc.property(given, (one) => {
      expect(parseOfflineProof(formatOfflineProof(one))).toEqual(one);
    }),
  );
});

test("any text gives a proof that is written the same, or a typed error", () => {
  const good = formatOfflineProof({ ...proof, extra: Uint8Array.of(7) });
  const changed = fc
    .tuple(fc.nat({ max: good.length }), fc.nat({ max: 3 }), fc.string({ maxLength: 3 }))
    .map(([at, length, text]) => good.slice(0, at) + text + good.slice(at + length));
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: "binary" }), changed), (text) => {
      const read = typedErrorOr(() => parseOfflineProof(text));
      if (!(read instanceof TlogError)) expect(formatOfflineProof(read)).toBe(text);
    }),
    { numRuns: 1000 },
  );
});

describe("what is no proof", () => {
  const head = "c2sp.org/tlog-proof@v1\n";
  const tail = `\n${proof.checkpoint}`;

  test.each([
    ["", "nothing"],
    [`${head}index 5\n`, "no checkpoint"],
    [`c2sp.org/tlog-proof@v2\nindex 5\n${tail}`, "another version"],
    [`${head}${tail}`, "no index"],
    [`${head}index 05\n${tail}`, "a leading zero"],
    [`${head}index -1\n${tail}`, "a sign"],
    [`${head}index 18446744073709551616\n${tail}`, "2^64"],
    [`${head}index  5\n${tail}`, "two spaces"],
    [`${head}Index 5\n${tail}`, "a capital"],
    [`${head}extra\nindex 5\n${tail}`, "extra without data"],
    [`${head}extra \nindex 5\n${tail}`, "extra with nothing"],
    [`${head}extra AQI\nindex 5\n${tail}`, "extra without padding"],
    [`${head}extra AQI=\nextra AQI=\nindex 5\n${tail}`, "extra twice"],
    [`${head}index 5\nextra AQI=\n${tail}`, "extra behind the index"],
    [`${head}index 5\n${HASH.slice(0, -1)}\n${tail}`, "a hash without padding"],
    [`${head}index 5\nAAAA\n${tail}`, "a short hash"],
    [`${head}index 5\n${`${HASH}\n`.repeat(64)}${tail}`, "more hashes than any tree needs"],
    [`${head.replace("\n", "\r\n")}index 5\r\n${tail}`, "lines as Windows ends them"],
    ["x".repeat(4_000_001), "more than is read"],
  ])("%#: %s", async (text) => {
    await refused("offline_proof_invalid", () => parseOfflineProof(text));
  });

  test("a checkpoint that is no note", async () => {
    await refused("note_invalid", () =>
      parseOfflineProof(`${head}index 5\n\n${proof.checkpoint.slice(0, -1)}`),
    );
    await refused("note_invalid", () => formatOfflineProof({ ...proof, checkpoint: "" }));
  });

  test("what could not be read back is not written", async () => {
    await refused("number_out_of_range", () => formatOfflineProof({ ...proof, index: 0.5 }));
    await refused("hash_invalid", () => formatOfflineProof({ ...proof, proof: [new Uint8Array(31)] }));
    const many = Array.from({ length: 64 }, () => new Uint8Array(32));
    await refused("offline_proof_invalid", () => formatOfflineProof({ ...proof, proof: many }));
  });
});

test("the error names the line", async () => {
  const text = `c2sp.org/tlog-proof@v1\nextra AQI=\nindex 5\n${HASH}\nAAAA\n\n${proof.checkpoint}`;
  const error = await refused("offline_proof_invalid", () => parseOfflineProof(text));
  expect(error.message).toContain("line 5");
});

describe("verifying", () => {
  test("another entry, index or hash is refused", async () => {
    await refused("proof_hash_mismatch", () =>
      verifyOfflineProof(proof, entries[6] as Uint8Array, [log.key]),
    );
    await refused("proof_hash_mismatch", () => verifyOfflineProof({ ...proof, index: 4 }, entry, [log.key]));
    await refused("proof_range_invalid", () => verifyOfflineProof({ ...proof, index: 11 }, entry, [log.key]));
    const swapped = proof.proof.toReversed();
    await refused("proof_hash_mismatch", () =>
      verifyOfflineProof({ ...proof, proof: swapped }, entry, [log.key]),
    );
    const fewer = proof.proof.slice(1);
    await refused("proof_length_mismatch", () =>
      verifyOfflineProof({ ...proof, proof: fewer }, entry, [log.key]),
    );
  });

  test("without the log's key, or under another origin, nothing is proven", async () => {
    await refused("note_unsigned", () => verifyOfflineProof(proof, entry, [other.key]));
    await refused("checkpoint_origin_mismatch", () =>
      verifyOfflineProof(proof, entry, [log.key], "elsewhere"),
    );
  });
});
