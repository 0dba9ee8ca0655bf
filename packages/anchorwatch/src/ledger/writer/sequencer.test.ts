import { expect, it } from "vitest";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { TreeState, WriterLease } from "../storage/storage.ts";
import { GrowingTree } from "./growingTree.ts";
import { KnownIds } from "./knownIds.ts";
import { Sequencer, type SequencerOptions } from "./sequencer.ts";
import { memoryIndex } from "./writer.fixture.ts";

interface Bench {
  readonly sequencer: Sequencer;
  /** Sizes of the trees in the order in which things happened to them. */
  readonly log: string[];
}

/** A storage that does nothing but say what it is asked for; `gate` holds the first batch up. */
async function bench(
  limits: SequencerOptions["limits"],
  gate: Promise<unknown> = Promise.resolve(),
): Promise<Bench> {
  const log: string[] = [];
  const unused = () => Promise.reject(new TypeError("not expected here"));
  const lease: WriterLease = {
    readTree: unused,
    readStaged: unused,
    discardBeyond: unused,
    isHeld: unused,
    stage: async ({ size }: TreeState) => void log.push(`stage ${size}`),
    writeTiles: async (files) => {
      await gate;
      log.push(`tiles ${files.length}`);
    },
    writeContent: async (digest) => void log.push(`content ${digest}`),
    commitTree: async ({ size }) => void log.push(`tree ${size}`),
    writeCheckpoint: async (note) => void log.push(`checkpoint ${note}`),
    removePartials: async (path) => void log.push(`clean ${path}`),
    release: async () => {},
  };
  const options: SequencerOptions = {
    name: "test",
    lease,
    tree: await GrowingTree.load(0, unused),
    ids: new KnownIds(memoryIndex(), () => {}),
    limits,
    sign: async ({ size }) => String(size),
    onCheckpoint: () => {},
    onCosigned: (note) => void log.push(`cosigned ${note}`),
    onCleaningFailed: () => {},
  };
  const sequencer = new Sequencer(options, "0");
  return { sequencer, log };
}

const entry = (id: string, bytes = 1) => ({ id, bytes: new Uint8Array(bytes), content: [] });

it("stages, writes tiles, commits the tree and publishes the checkpoint, in this order", async () => {
  const { sequencer, log } = await bench({ entries: 10, bytes: 1000 });
  await sequencer.append(entry("a"));
  expect(log).toEqual(["stage 1", "tiles 2", "tree 1", "checkpoint 1"]);
});

it("gathers the next batch while one is being written", async () => {
  const gate = Promise.withResolvers<void>();
  const { sequencer, log } = await bench({ entries: 10, bytes: 1000 }, gate.promise);
  const first = sequencer.append(entry("a"));
  while (log.length === 0) await new Promise(setImmediate);
  const others = ["b", "c", "d"].map((id) => sequencer.append(entry(id)));
  gate.resolve();
  expect((await Promise.all([first, ...others])).map(({ index }) => index)).toEqual([0, 1, 2, 3]);
  expect(log.filter((line) => line.startsWith("stage"))).toEqual(["stage 1", "stage 4"]);
});

it("ends a batch at its limit of entries or bytes, but never without an entry", async () => {
  const byCount = await bench({ entries: 2, bytes: 1000 });
  await Promise.all(["a", "b", "c", "d", "e"].map((id) => byCount.sequencer.append(entry(id))));
  expect(byCount.log.filter((line) => line.startsWith("stage"))).toEqual(["stage 2", "stage 4", "stage 5"]);
  const byBytes = await bench({ entries: 10, bytes: 100 });
  await Promise.all([90, 20, 500, 1].map((bytes, at) => byBytes.sequencer.append(entry(`${at}`, bytes))));
  expect(byBytes.log.filter((line) => line.startsWith("stage"))).toEqual([
    "stage 1",
    "stage 2",
    "stage 3",
    "stage 4",
  ]);
});

it("stores equal content of one batch once", async () => {
  const { sequencer, log } = await bench({ entries: 10, bytes: 1000 });
  const content = [{ digest: "sha256:same", bytes: new Uint8Array(3) }];
  await Promise.all(["a", "b"].map((id) => sequencer.append({ ...entry(id), content })));
  expect(log.filter((line) => line.startsWith("content"))).toEqual(["content sha256:same"]);
});

it("publishes the checkpoint with more signatures when nothing else is to be written, all that came at once", async () => {
  const gate = Promise.withResolvers<void>();
  const { sequencer, log } = await bench({ entries: 10, bytes: 1000 }, gate.promise);
  const appended = sequencer.append(entry("a"));
  while (log.length === 0) await new Promise(setImmediate);
  sequencer.cosign((note) => `${note}+one`);
  sequencer.cosign((note) => `${note}+two`);
  gate.resolve();
  await appended;
  await sequencer.written();
  expect(log.slice(-2)).toEqual(["checkpoint 1+one+two", "cosigned 1+one+two"]);
});

it("writes nothing where there is nothing to add, and goes on adding after it was closed", async () => {
  const { sequencer, log } = await bench({ entries: 10, bytes: 1000 });
  await sequencer.append(entry("a"));
  await sequencer.close();
  const before = log.length;
  sequencer.cosign((note) => note);
  await sequencer.written();
  expect(log).toHaveLength(before);
  sequencer.cosign((note) => `${note}+late`);
  await sequencer.written();
  expect(log.at(-1)).toBe("cosigned 1+late");
});

it("adds no signature once it was stopped", async () => {
  const { sequencer, log } = await bench({ entries: 10, bytes: 1000 });
  await sequencer.append(entry("a"));
  sequencer.stop(new AnchorwatchError("ledger_anchor_conflict", "stop"));
  sequencer.cosign((note) => `${note}+late`);
  await sequencer.written();
  expect(log.at(-1)).toBe("checkpoint 1");
});
