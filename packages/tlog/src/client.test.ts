import { describe, expect, test } from "vitest";
import { LogClient } from "./client.ts";
import { collect } from "./collect.fixture.ts";
import { refused } from "./errors.fixture.ts";
import { leafHash } from "./hash.ts";
import { MemoryLog, memoryEntry, otherHistoryFrom } from "./memoryLog.fixture.ts";
import { formatOfflineProof, parseOfflineProof, verifyOfflineProof } from "./offlineProof.ts";
import { verifyConsistency, verifyInclusion } from "./proof.ts";

async function clientOf(log: MemoryLog, source = log.source()): Promise<LogClient> {
  return new LogClient(source, { keys: [log.signer.key] });
}

const flip = (bytes: Uint8Array, at: number) => bytes.with(at, (bytes[at] as number) ^ 1);

describe("reading", () => {
  test("entries come in order from any index to any other, each one verified", async () => {
    const log = await MemoryLog.publish([700]);
    const client = await clientOf(log);
    for (const [from, to] of [
      [0, 700],
      [0, 0],
      [255, 257],
      [511, 512],
      [690, undefined],
      [700, undefined],
    ] as const) {
      const read = await collect(client.entries(from, to));
      const expected = log.entries.slice(from, to).map((entry, at) => ({ index: from + at, entry }));
      expect(read).toEqual(expected);
    }
  });

  test("ranges that the log does not have are refused", async () => {
    const client = await clientOf(await MemoryLog.publish([10]));
    for (const [from, to] of [
      [0, 11],
      [6, 5],
      [11, undefined],
    ] as const) {
      await refused("proof_range_invalid", () => collect(client.entries(from, to)));
    }
    await refused("number_out_of_range", () => collect(client.entries(-1)));
    await refused("proof_range_invalid", () => client.entry(10));
    await refused("proof_range_invalid", () => client.inclusionProof(0, 11));
    await refused("proof_range_invalid", () => client.consistencyProof(1, 11));
  });

  test("a consumer that stops early leaves nothing behind", async () => {
    const log = await MemoryLog.publish([2000]);
    log.files.delete("tile/entries/002");
    const client = await clientOf(log);
    for await (const { index } of client.entries()) if (index === 10) break;
    const read: number[] = [];
    await refused("log_file_missing", async () => {
      for await (const { index } of client.entries()) read.push(index);
    });
    expect(read).toHaveLength(512);
  });

  test("an entry comes with a proof that holds without the log", async () => {
    const log = await MemoryLog.publish([700]);
    const client = await clientOf(log);
    for (const index of [0, 255, 256, 699]) {
      const { entry, proof, checkpoint } = await client.entry(index);
      const text = formatOfflineProof({ index, proof, checkpoint: checkpoint.text });
      await verifyOfflineProof(parseOfflineProof(text), log.entries[index] as Uint8Array, [log.signer.key]);
      expect(entry).toEqual(log.entries[index]);
    }
  });

  test("proofs are made for every smaller size, too", async () => {
    const log = await MemoryLog.publish([520]);
    const client = await clientOf(log);
    for (const size of [1, 2, 255, 256, 257, 519, 520]) {
      const index = size - 1;
      const { proof, root, leaf } = await client.inclusionProof(index, size);
      expect(leaf).toEqual(await leafHash(log.entries[index] as Uint8Array));
      await verifyInclusion({ index, size, leaf, proof, root });
      const { root: newerRoot } = await client.inclusionProof(0);
      const growth = await client.consistencyProof(size);
      await verifyConsistency({ older: size, newer: 520, olderRoot: root, newerRoot, proof: growth });
    }
    expect(await client.consistencyProof(0)).toEqual([]);
  });

  test("a tile is read once, and few are read for a proof", async () => {
    const log = await MemoryLog.publish([70_000]);
    const source = log.source();
    const client = await clientOf(log, source);
    for (const index of [0, 100, 200]) await client.inclusionProof(index);
    expect(source.reads.sort()).toEqual(
      [
        "checkpoint",
        "tile/0/000",
        "tile/0/273.p/112",
        "tile/1/000",
        "tile/1/001.p/17",
        "tile/2/000.p/1",
      ].sort(),
    );
  }, 60_000);

  test("a bundle is read once for entries that are asked for one after the other", async () => {
    const log = await MemoryLog.publish([600]);
    const source = log.source();
    const client = await clientOf(log, source);
    for (const index of [256, 300, 511, 0, 256]) await client.entry(index);
    expect(source.reads.filter((path) => path.startsWith("tile/entries/"))).toEqual([
      "tile/entries/001",
      "tile/entries/000",
      "tile/entries/001",
    ]);
  });

  test("no more tiles are kept than asked for", async () => {
    const log = await MemoryLog.publish([1500]);
    const source = log.source();
    const client = new LogClient(source, { cachedTiles: 2 });
    for (const index of [0, 300, 600, 0]) await client.inclusionProof(index);
    expect(source.reads.filter((path) => path === "tile/0/000")).toHaveLength(2);
  });

  test("where partial tiles are gone, the full ones are read", async () => {
    const log = await MemoryLog.publish([300]);
    const client = await clientOf(log);
    expect((await client.checkpoint()).checkpoint.size).toBe(300);
    await log.grow(520);
    log.collectPartials();
    const read = await collect(client.entries());
    expect(read.map(({ entry }) => entry)).toEqual(log.entries.slice(0, 300));
    expect((await client.entry(299)).checkpoint.checkpoint.size).toBe(300);
  });

  test("without a key the result says that nobody vouches for it", async () => {
    const log = await MemoryLog.publish([3]);
    expect(await new LogClient(log.source()).checkpoint()).toMatchObject({
      authenticated: false,
      signedBy: [],
    });
    const trusted = await (await clientOf(log)).checkpoint();
    expect(trusted).toMatchObject({ authenticated: true, signedBy: [log.signer.key] });
  });
});

describe("nothing is believed", () => {
  test("a changed entry is told to the file, the index and the byte, after all those before it", async () => {
    const log = await MemoryLog.publish([300]);
    const path = "tile/entries/000";
    const byte = log.entries.slice(0, 9).reduce((total, { length }) => total + 2 + length, 0);
    const bytes = log.files.get(path) as Uint8Array;
    for (const at of [byte, byte + 1, byte + 4]) {
      log.files.set(path, flip(bytes, at));
      const client = await clientOf(log);
      const read: Uint8Array[] = [];
      const error = await refused("log_corrupt", async () => {
        for await (const { entry } of client.entries()) read.push(entry);
      });
      expect(error.location).toEqual({ path, index: 9, byte });
      expect(read).toEqual(log.entries.slice(0, 9));
      expect(await collect(client.entries(3, 9))).toHaveLength(6);
      await refused("log_corrupt", () => client.entry(9));
      expect((await client.entry(8)).entry).toEqual(log.entries[8]);
    }
    // The last change left the lengths as they were, so what is behind it can be found.
    expect((await (await clientOf(log)).entry(10)).entry).toEqual(log.entries[10]);
  });

  test("damage before the first entry that is asked for does no harm", async () => {
    const log = await MemoryLog.publish([300]);
    const path = "tile/entries/001.p/44";
    log.files.set(path, flip(log.files.get(path) as Uint8Array, 5));
    const client = await clientOf(log);
    expect((await collect(client.entries(257))).map(({ index }) => index)[0]).toBe(257);
    await refused("log_corrupt", () => collect(client.entries(256)));
  });

  test("bytes behind the last entry of a bundle are told after that", async () => {
    const log = await MemoryLog.publish([300]);
    const path = "tile/entries/000";
    log.files.set(path, new Uint8Array([...(log.files.get(path) as Uint8Array), 0]));
    const client = await clientOf(log);
    expect(await collect(client.entries(0, 255))).toHaveLength(255);
    const error = await refused("bundle_invalid", () => collect(client.entries(0, 256)));
    expect(error.location.path).toBe(path);
    expect((await client.entry(255)).entry).toEqual(log.entries[255]);
  });

  test("a full tile must hash to the tile above it, and the edge to the root", async () => {
    const log = await MemoryLog.publish([600]);
    for (const [path, code] of [
      ["tile/0/000", "log_corrupt"],
      ["tile/1/000.p/2", "log_root_mismatch"],
      ["tile/0/002.p/88", "log_root_mismatch"],
    ] as const) {
      const damaged = log.copy();
      damaged.files.set(path, flip(log.files.get(path) as Uint8Array, 40));
      await refused(code, async () => (await clientOf(damaged)).inclusionProof(5));
    }
  });

  test("what failed once is read again the next time", async () => {
    const log = await MemoryLog.publish([600]);
    const client = await clientOf(log);
    for (const path of ["tile/1/000.p/2", "tile/0/000"]) {
      const bytes = log.files.get(path) as Uint8Array;
      log.files.delete(path);
      await refused("log_file_missing", () => client.entry(5));
      log.files.set(path, bytes);
    }
    expect((await client.entry(5)).entry).toEqual(log.entries[5]);
  });
});

describe("a log that grows", () => {
  test("is followed from checkpoint to checkpoint", async () => {
    const log = await MemoryLog.publish([0]);
    const client = await clientOf(log);
    expect((await client.checkpoint()).checkpoint.size).toBe(0);
    for (const size of [1, 200, 256, 300, 600]) {
      await log.grow(size);
      expect((await client.checkpoint()).checkpoint.size).toBe(size);
      expect((await client.entry(size - 1)).entry).toEqual(log.entries[size - 1]);
    }
  });

  test("speaks of the checkpoint that was read, until a newer one is", async () => {
    const log = await MemoryLog.publish([10]);
    const client = await clientOf(log);
    await client.checkpoint();
    await log.grow(20);
    await refused("proof_range_invalid", () => client.entry(15));
    await client.checkpoint();
    expect((await client.entry(15)).checkpoint.checkpoint.size).toBe(20);
  });

  test.each([
    [200, 200],
    [200, 300],
    [300, 600],
  ])("but from %i to %i entries into another history is a fork, with the evidence", async (before, now) => {
    const log = await MemoryLog.publish([before]);
    const source = log.source();
    const client = await clientOf(log, source);
    const known = (await client.inclusionProof(0)).checkpoint.text;
    const fork = await MemoryLog.publish([now], otherHistoryFrom(before - 1));
    for (const [path, bytes] of fork.files) log.files.set(path, bytes);
    const error = await refused("log_forked", () => client.checkpoint());
    expect(error.evidence).toEqual([known, fork.checkpoint]);
    expect(error.message).toContain("shows two histories");
    // What was known before stays what is believed.
    expect((await client.inclusionProof(0)).checkpoint.text).toBe(known);
  });

  test("two checkpoints that are read at the same time are compared with each other", async () => {
    const honest = await MemoryLog.publish([200]);
    const fork = await MemoryLog.publish([200], otherHistoryFrom(150));
    let reads = 0;
    const client = new LogClient(
      {
        name: "two-faced",
        read: async (path) => {
          if (path !== "checkpoint") return (reads > 1 ? fork : honest).files.get(path);
          return (reads++ === 0 ? honest : fork).files.get(path);
        },
      },
      { keys: [honest.signer.key] },
    );
    const [first, second] = await Promise.allSettled([client.checkpoint(), client.checkpoint()]);
    expect(first.status).toBe("fulfilled");
    expect(second).toMatchObject({ status: "rejected", reason: { code: "log_forked" } });
  });

  test("a smaller checkpoint of the same history, from a slow cache, is not taken", async () => {
    const log = await MemoryLog.publish([200]);
    const old = log.checkpoint;
    const newer = await log.grow(300);
    const client = await clientOf(log);
    await client.checkpoint();
    log.files.set("checkpoint", new TextEncoder().encode(old));
    expect((await client.checkpoint()).text).toBe(newer);
  });

  test("a smaller log whose newest entries are gone was rolled back", async () => {
    const log = await MemoryLog.publish([200]);
    const old = log.copy();
    const newer = await log.grow(300);
    const client = await clientOf(log);
    // All that the proof needs is in memory by now, and must not be taken from there.
    await client.consistencyProof(200);
    log.files.clear();
    for (const [path, bytes] of old.files) log.files.set(path, bytes);
    const error = await refused("log_rolled_back", () => client.checkpoint());
    expect(error.evidence).toEqual([newer, old.checkpoint]);
  });

  test("a log that takes another name is refused", async () => {
    const log = await MemoryLog.publish([20]);
    const client = new LogClient(log.source());
    await client.checkpoint();
    const other = await MemoryLog.publish([20], memoryEntry, "example.com/other");
    log.files.set("checkpoint", other.files.get("checkpoint") as Uint8Array);
    await refused("checkpoint_origin_mismatch", () => client.checkpoint());
  });
});

describe("consistency with a checkpoint from elsewhere", () => {
  test("is proven, whatever its size", async () => {
    const log = await MemoryLog.publish([0]);
    const notes = [log.checkpoint];
    for (const size of [1, 77, 256, 300, 600]) notes.push(await log.grow(size));
    const client = await clientOf(log);
    for (const note of notes) {
      const { older, newer, proof } = await client.consistency(note);
      expect(newer.text).toBe(log.checkpoint);
      if (older.checkpoint.size === 0) continue;
      await verifyConsistency({
        older: older.checkpoint.size,
        newer: 600,
        olderRoot: older.checkpoint.root,
        newerRoot: newer.checkpoint.root,
        proof,
      });
    }
  });

  test("fails as a fork or as a rollback, with both checkpoints", async () => {
    const log = await MemoryLog.publish([300]);
    const client = await clientOf(log);
    const fork = await MemoryLog.publish([200], otherHistoryFrom(199));
    const forked = await refused("log_forked", () => client.consistency(fork.checkpoint));
    expect(forked.evidence).toEqual([fork.checkpoint, log.checkpoint]);
    const larger = await MemoryLog.publish([301]);
    const rolledBack = await refused("log_rolled_back", () => client.consistency(larger.checkpoint));
    expect(rolledBack.evidence).toEqual([larger.checkpoint, log.checkpoint]);
  });

  test("a damaged tile is not mistaken for a fork", async () => {
    const log = await MemoryLog.publish([300]);
    const older = log.checkpoint;
    await log.grow(600);
    log.files.set("tile/0/000", flip(log.files.get("tile/0/000") as Uint8Array, 5));
    log.files.set("tile/0/001", flip(log.files.get("tile/0/001") as Uint8Array, 5));
    await refused("log_corrupt", async () => (await clientOf(log)).consistency(older));
  });
});
