import { describe, expect, test } from "vitest";
import { encodeBundle } from "./bundle.ts";
import { everyFlipIsFound, everySwapIsFound, everyTruncationIsFound, logToDamage } from "./damage.fixture.ts";
import { refused } from "./errors.fixture.ts";
import { leafHash, leafHashRow } from "./hash.ts";
import { MemoryLog, memoryEntry, ORIGIN, otherHistoryFrom } from "./memoryLog.fixture.ts";
import { testSigner } from "./signer.fixture.ts";
import { tilePath } from "./tile.ts";
import { verifyLog } from "./verifyLog.ts";

const SIZES = [0, 1, 2, 255, 256, 257, 511, 512, 700];

describe("a whole log", () => {
  test.each(SIZES)("of %i entries is verified, with the tiles of earlier sizes left over", async (size) => {
    const log = await MemoryLog.publish([...new Set([Math.ceil(size / 2), size])]);
    const source = log.source();
    const entries: Uint8Array[] = [];
    const verified = await verifyLog(source, {
      keys: [log.signer.key],
      onEntries: (first, added) => {
        expect(first).toBe(entries.length);
        entries.push(...added);
      },
    });
    expect(verified).toMatchObject({ authenticated: true, checkpoint: { origin: ORIGIN, size } });
    expect(verified.text).toBe(log.checkpoint);
    expect(entries).toEqual(log.entries);
    expect(verified.others).toMatchObject({ listed: true, ahead: { count: 0 }, strangers: { count: 0 } });
    expect(verified.files + verified.others.replaced + 1).toBe(log.files.size);
    expect(new Set(source.reads)).toEqual(new Set(log.files.keys()));
  });

  test("of 70,000 entries is verified up to level 2, and every tile of level 1 and 2 counts", async () => {
    const log = await MemoryLog.publish([70_000]);
    const verified = await verifyLog(log.source(), { keys: [log.signer.key] });
    expect(verified.files).toBe(274 + 274 + 2 + 1);
    for (const path of ["tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"]) {
      const damaged = log.copy();
      const bytes = damaged.files.get(path) as Uint8Array;
      bytes[bytes.length - 5] = (bytes[bytes.length - 5] as number) ^ 0x10;
      const error = await refused("log_corrupt", () =>
        verifyLog(damaged.source(), { keys: [log.signer.key] }),
      );
      expect(error.location).toEqual({ path, byte: bytes.length - 32 });
    }
  }, 60_000);

  test("tells progress after every bundle", async () => {
    const log = await MemoryLog.publish([600]);
    const told: unknown[] = [];
    await verifyLog(log.source(), { onProgress: (progress) => told.push(progress) });
    expect(told).toEqual([256, 512, 600].map((entries) => ({ entries, size: 600 })));
  });

  test("stops when it is told to", async () => {
    const log = await MemoryLog.publish([600]);
    const aborter = new AbortController();
    const reason = new Error("enough");
    const verified = verifyLog(log.source(), {
      signal: aborter.signal,
      onProgress: () => aborter.abort(reason),
    });
    await expect(verified).rejects.toBe(reason);
  });
});

describe("trust", () => {
  test("without a key, a log is only consistent with itself", async () => {
    const log = await MemoryLog.publish([10]);
    const verified = await verifyLog(log.source());
    expect(verified).toMatchObject({ authenticated: false, signedBy: [] });
  });

  test("an origin that was asked for is compared also without a key", async () => {
    const log = await MemoryLog.publish([10]);
    await refused("checkpoint_origin_mismatch", () =>
      verifyLog(log.source(), { origin: "example.com/other" }),
    );
    await refused("checkpoint_origin_mismatch", () =>
      verifyLog(log.source(), { keys: [log.signer.key], origin: "example.com/other" }),
    );
  });

  test("with the key of somebody else, nothing is believed", async () => {
    const log = await MemoryLog.publish([10]);
    const { key } = await testSigner("example.com/other");
    await refused("note_unsigned", () => verifyLog(log.source(), { keys: [key] }));
  });

  test("a log that was rewritten as a whole does not have the signed root", async () => {
    const log = await MemoryLog.publish([300]);
    const rewritten = await MemoryLog.publish([300], otherHistoryFrom(270));
    rewritten.files.set("checkpoint", log.files.get("checkpoint") as Uint8Array);
    await refused("log_root_mismatch", () => verifyLog(rewritten.source(), { keys: [log.signer.key] }));
  });

  test("no checkpoint is no log", async () => {
    const error = await refused("log_file_missing", () =>
      verifyLog({ name: "/srv/log", read: async () => undefined }),
    );
    expect(error.message).toBe("/srv/log has no checkpoint: is it a log?");
  });
});

describe("older checkpoints", () => {
  test("of the same history are accepted, whatever their size", async () => {
    const log = await MemoryLog.publish([0]);
    const since: string[] = [log.checkpoint];
    for (const size of [1, 100, 255, 256, 257, 512, 600]) since.push(await log.grow(size));
    const verified = await verifyLog(log.source(), { keys: [log.signer.key], since });
    expect(verified.since.map(({ size }) => size)).toEqual([0, 1, 100, 255, 256, 257, 512, 600]);
  });

  test.each([1, 100, 256, 300, 512, 600])("of another history, with %i entries, are a fork", async (size) => {
    const log = await MemoryLog.publish([600]);
    const fork = await MemoryLog.publish([size], otherHistoryFrom(size - 1));
    const error = await refused("log_forked", () =>
      verifyLog(log.source(), { keys: [log.signer.key], since: [fork.checkpoint] }),
    );
    expect(error.evidence).toEqual([fork.checkpoint, log.checkpoint]);
  });

  test("that are larger show that the log was rolled back", async () => {
    const log = await MemoryLog.publish([20]);
    const later = await MemoryLog.publish([21]);
    const error = await refused("log_rolled_back", () =>
      verifyLog(log.source(), { keys: [log.signer.key], since: [later.checkpoint] }),
    );
    expect(error.evidence).toEqual([later.checkpoint, log.checkpoint]);
    expect(error.message).toContain("has 20 entries now, and had 21 before");
  });

  test("by a stranger or of another log are refused", async () => {
    const log = await MemoryLog.publish([20]);
    const other = await MemoryLog.publish([10], memoryEntry, "example.com/other");
    await refused("note_unsigned", () =>
      verifyLog(log.source(), { keys: [log.signer.key], since: [other.checkpoint] }),
    );
    await refused("checkpoint_origin_mismatch", () => verifyLog(log.source(), { since: [other.checkpoint] }));
  });
});

describe("damage", () => {
  test("every single bit that is flipped is found, and the file named", async () => {
    const log = await logToDamage(40);
    const report = await everyFlipIsFound(log);
    expect(report.missed).toEqual([]);
    expect(report.tried).toBe(8 * [...log.files.values()].reduce((total, { length }) => total + length, 0));
  }, 120_000);

  test("every truncation and every surplus is found, and the file named", async () => {
    const log = await logToDamage(40);
    const report = await everyTruncationIsFound(log);
    expect(report.missed).toEqual([]);
    expect(report.tried).toBeGreaterThan(2000);
  }, 60_000);

  test("every swapped and every duplicated file is found", async () => {
    const log = await logToDamage(600);
    const report = await everySwapIsFound(log);
    expect(report.missed).toEqual([]);
    expect(report.tried).toBeGreaterThan(100);
  }, 60_000);

  test("an entry is told to the index and the byte, also where the bundle cannot be read to its end", async () => {
    const log = await MemoryLog.publish([300]);
    const path = "tile/entries/001.p/44";
    const bytes = log.files.get(path) as Uint8Array;
    const third = log.entries.slice(256, 258).reduce((total, { length }) => total + 2 + length, 0);
    for (const at of [third, third + 1, third + 2, third + 9]) {
      const damaged = log.copy();
      damaged.files.set(path, bytes.with(at, (bytes[at] as number) ^ 0x41));
      const error = await refused("log_corrupt", () =>
        verifyLog(damaged.source(), { keys: [log.signer.key] }),
      );
      expect(error.location).toEqual({ path, index: 258, byte: third });
      expect(error.message).toMatch(
        /^tile\/entries\/001\.p\/44: entry 258, which begins at byte [0-9]+, is damaged/,
      );
    }
  });

  test("a damaged hash is told from a damaged entry, in full and in partial tiles", async () => {
    const log = await MemoryLog.publish([300]);
    for (const [path, byte] of [
      ["tile/0/000", 3200],
      ["tile/0/001.p/44", 32],
    ] as const) {
      const damaged = log.copy();
      const bytes = damaged.files.get(path) as Uint8Array;
      bytes[byte + 3] = (bytes[byte + 3] as number) ^ 1;
      const error = await refused("log_corrupt", () =>
        verifyLog(damaged.source(), { keys: [log.signer.key] }),
      );
      expect(error.location).toEqual({ path, byte });
      expect(error.message).toContain("is damaged: the hash at byte");
    }
  });

  test("an entry that was replaced together with its hash is found by the tile above", async () => {
    const log = await MemoryLog.publish([600]);
    const entries = log.entries.slice(256, 512);
    entries[7] = new TextEncoder().encode("nothing happened");
    log.files.set("tile/entries/001", encodeBundle(entries));
    log.files.set("tile/0/001", await leafHashRow(entries));
    const error = await refused("log_corrupt", () => verifyLog(log.source(), { keys: [log.signer.key] }));
    expect(error.location).toEqual({ path: "tile/0/001", index: 256 });
    expect(error.message).toContain(
      "entries 256 to 511 agree with one another, but not with the hash at byte 32 of",
    );
  });

  test("when both an entry and its hash are wrong, both files are named", async () => {
    const log = await MemoryLog.publish([20]);
    const entries = log.entries.with(4, new Uint8Array(3));
    log.files.set("tile/entries/000.p/20", encodeBundle(entries));
    (log.files.get("tile/0/000.p/20") as Uint8Array).set(await leafHash(new Uint8Array(9)), 4 * 32);
    const error = await refused("log_corrupt", () => verifyLog(log.source(), { keys: [log.signer.key] }));
    expect(error.location).toMatchObject({ path: "tile/entries/000.p/20", index: 4 });
    expect(error.message).toContain("the hash at byte 128 of tile/0/000.p/20");
  });

  test.each(["tile/entries/000", "tile/0/001", "tile/1/000.p/2", "tile/0/002.p/88", "tile/entries/002.p/88"])(
    "%s that is missing is named",
    async (path) => {
      const log = await MemoryLog.publish([600]);
      log.files.delete(path);
      const error = await refused("log_file_missing", () =>
        verifyLog(log.source(), { keys: [log.signer.key] }),
      );
      expect(error.location).toEqual({ path });
    },
  );
});

describe("other files", () => {
  test("partial tiles that are gone are read out of the full ones, as far as the checkpoint goes", async () => {
    const log = await MemoryLog.publish([300]);
    const { checkpoint } = log;
    await log.grow(700);
    log.collectPartials();
    log.files.set("checkpoint", new TextEncoder().encode(checkpoint));
    const verified = await verifyLog(log.source(), { keys: [log.signer.key] });
    expect(verified.checkpoint.size).toBe(300);
    expect(verified.others.ahead.paths).toEqual([
      "tile/entries/001",
      "tile/entries/002.p/188",
      "tile/0/001",
      "tile/0/002.p/188",
      "tile/1/000.p/2",
    ]);
    expect(log.files.has("tile/1/000.p/1")).toBe(true);
  });

  test("what a crash left beyond the checkpoint may say what it wants, but not below", async () => {
    const log = await MemoryLog.publish([40]);
    const crashed = await MemoryLog.publish([45], otherHistoryFrom(40));
    const rewritten = await MemoryLog.publish([45], otherHistoryFrom(39));
    const add = (other: MemoryLog, path: string) => {
      const both = log.copy();
      both.files.set(path, other.files.get(path) as Uint8Array);
      return both.source();
    };
    for (const path of ["tile/entries/000.p/45", "tile/0/000.p/45"]) {
      const verified = await verifyLog(add(crashed, path), { keys: [log.signer.key] });
      expect(verified.others.ahead).toEqual({ count: 1, paths: [path] });
      const error = await refused("log_corrupt", () => verifyLog(add(rewritten, path)));
      expect(error.location.path).toBe(path);
      expect(error.message).toContain("the tree of the checkpoint has other bytes there");
    }
  });

  test("a left-over tile that never was the log's is told to the entry and the byte", async () => {
    const log = await MemoryLog.publish([300]);
    const other = await MemoryLog.publish([17], otherHistoryFrom(16));
    for (const [path, location] of [
      ["tile/0/000.p/17", { byte: 16 * 32 }],
      ["tile/entries/000.p/17", { index: 16, byte: 209 }],
    ] as const) {
      const both = log.copy();
      both.files.set(path, other.files.get(path) as Uint8Array);
      const error = await refused("log_corrupt", () => verifyLog(both.source(), { keys: [log.signer.key] }));
      expect(error.location).toEqual({ path, ...location });
    }
  });

  test("strangers are told, and the list of them is bounded", async () => {
    const log = await MemoryLog.publish([10]);
    for (let index = 0; index < 1500; index++) log.files.set(`tile/0/.tmp${index}`, new Uint8Array(1));
    log.files.set(tilePath({ level: 0, index: 7, width: 256 }), new Uint8Array(8192));
    const { others } = await verifyLog(log.source());
    expect(others.strangers.count).toBe(1500);
    expect(others.strangers.paths).toHaveLength(1000);
    expect(others.ahead.paths).toEqual(["tile/0/007"]);
  });

  test("where files cannot be listed, the result says so", async () => {
    const log = await MemoryLog.publish([10]);
    const { name, read } = log.source();
    const { others } = await verifyLog({ name, read });
    expect(others.listed).toBe(false);
  });
});
