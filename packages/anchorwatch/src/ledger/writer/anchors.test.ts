import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { Anchor } from "../anchors/anchor.ts";
import { directoryStorage } from "../storage/directory/directoryStorage.ts";
import { checkLog } from "./logCheck.fixture.ts";
import { filesOf, freshLogFolder, restore } from "./logFolder.fixture.ts";
import { testEntry, testLog, testSigner } from "./writer.fixture.ts";

const place = freshLogFolder();

/** An anchor that remembers, as far as it is allowed to. */

function memoryAnchor(latest?: string): Anchor & { readonly published: string[] } {
  const published: string[] = [];
  return {
    name: "the vault",
    published,
    publish: async (checkpoint) => {
      published.push(checkpoint);
    },
    latest: async () => published.at(-1) ?? latest,
  };
}

it("tells its anchors of the newest checkpoint before it closes", async () => {
  const anchor = memoryAnchor();
  const writer = await testLog(place.storage).open({ anchors: [anchor] });
  for (const id of ["a", "b", "c"]) await writer.append(testEntry(id));
  await writer.close();
  expect(anchor.published.at(-1)).toBe(writer.checkpoint);
});

it("does not wait for a slow anchor, and leaves out what a newer checkpoint has overtaken", async () => {
  const sizes: string[] = [];
  const gate = Promise.withResolvers<void>();
  const slow: Anchor = {
    name: "slow",
    latest: async () => undefined,
    publish: async (note) => {
      const size = note.split("\n")[1] ?? "";
      if (size !== "0") await gate.promise;
      sizes.push(size);
    },
  };
  const writer = await testLog(place.storage).open({ anchors: [slow] });
  for (const id of ["a", "b", "c"]) await writer.append(testEntry(id));
  expect(sizes).not.toContain("1");
  gate.resolve();
  await writer.close();
  expect(sizes.slice(-2)).toEqual(["1", "3"]);
});

it("proves to an anchor that the newer tree begins with the older one", async () => {
  const proofs: number[] = [];
  const anchor: Anchor = {
    name: "witness",
    latest: async () => undefined,
    publish: async (note, consistency) => {
      if (note.split("\n")[1] === "3") proofs.push((await consistency(2)).length);
    },
  };
  const writer = await testLog(place.storage).open({ anchors: [anchor] });
  for (const id of ["a", "b", "c"]) await writer.append(testEntry(id));
  await writer.close();
  // From two entries to three: the hash of the third.
  expect(proofs).toEqual([1]);
});

it("warns when an anchor fails, and goes on", async () => {
  const log = testLog(place.storage);
  const down = () => Promise.reject(new TypeError("no route"));
  const writer = await log.open({ anchors: [{ name: "far", publish: down, latest: down }] });
  await writer.append(testEntry("a"));
  await writer.close();
  expect(new Set(log.warnings.map(({ code }) => code))).toEqual(new Set(["ledger_anchor_failed"]));
});

it("records once that an anchor fails, and once that it takes checkpoints again; also what the last one met", async () => {
  let isDown = false;
  const flaky: Anchor = {
    name: "the share",
    latest: async () => undefined,
    publish: async () => {
      if (isDown) throw new TypeError("no route");
    },
  };
  const writer = await testLog(place.storage).open({ anchors: [flaky] });
  const reaches = (size: number) => vi.waitFor(() => expect(writer.size).toBe(size));
  await writer.append(testEntry("a"));
  isDown = true;
  // With the entry about the failure there are three; that the anchor fails on is none.
  await writer.append(testEntry("b"));
  await reaches(3);
  await writer.append(testEntry("c"));
  await reaches(4);
  isDown = false;
  await writer.append(testEntry("d"));
  await reaches(6);
  isDown = true;
  await writer.append(testEntry("e"));
  await writer.close();
  await expect(writer.append(testEntry("late"))).rejects.toMatchObject({ code: "ledger_writer_closed" });
  const { entries } = checkLog(await filesOf(place.folder));
  const own = entries.map((bytes) => JSON.parse(Buffer.from(bytes).toString()));
  expect(own.filter(({ kind }) => kind.startsWith("ledger.")).map(({ kind, data }) => [kind, data])).toEqual([
    ["ledger.anchor_failed", { anchor: "the share", size: 2, message: "no route" }],
    ["ledger.checkpoint_anchored", { anchor: "the share", size: 5, root: expect.any(String) }],
    ["ledger.anchor_failed", { anchor: "the share", size: 7, message: "no route" }],
  ]);
});

it("refuses to sign a restored backup once an anchor has seen a larger tree, and keeps both checkpoints", async () => {
  const log = testLog(place.storage);
  const anchor = memoryAnchor();
  const writer = await log.open({ anchors: [anchor] });
  await writer.append(testEntry("a"));
  const backup = await filesOf(place.folder);
  await writer.append(testEntry("b"));
  await writer.close();
  await restore(place.folder, backup);
  const refusal = (await log
    .open({ anchors: [anchor] })
    .catch((error: unknown) => error)) as AnchorwatchError;
  expect(refusal.code).toBe("ledger_rolled_back");
  expect(refusal.message).toContain("has seen 2 entries");
  expect(log.evidence).toMatchObject([
    { reason: "rolled_back", anchored: anchor.published.at(-1), anchor: "the vault" },
  ]);
  expect(log.evidence[0]?.own?.split("\n")[1]).toBe("1");
  expect((await filesOf(place.folder)).get("checkpoint")).toEqual(backup.get("checkpoint"));
});

it("refuses to sign when an anchor has seen another history, of the same size or a smaller one", async () => {
  const other = testLog(directoryStorage(join(place.base, "other")));
  const twin = await other.open();
  await twin.append(testEntry("not-a"));
  await twin.close();
  for (const ids of [["a"], ["a", "b"]]) {
    const log = testLog(directoryStorage(join(place.base, `log-${ids.length}`)));
    const writer = await log.open();
    for (const id of ids) await writer.append(testEntry(id));
    await writer.close();
    const opening = log.open({ anchors: [memoryAnchor(twin.checkpoint)] });
    await expect(opening).rejects.toMatchObject({ code: "ledger_forked" });
    expect(log.evidence).toMatchObject([{ own: writer.checkpoint, anchored: twin.checkpoint }]);
  }
});

/** As a witness is: it cannot be asked, but refuses what is older than what it has seen. */

function memoryWitness(): Anchor & { largest: number } {
  return {
    name: "a witness",
    largest: 0,
    latest: async () => undefined,
    async publish(note) {
      const size = Number(note.split("\n")[1]);
      if (size < this.largest)
        throw new AnchorwatchError("ledger_anchor_conflict", `has seen ${this.largest}`);
      this.largest = size;
    },
  };
}

it("refuses to open a restored backup, or a log begun anew, when a witness has seen more", async () => {
  const log = testLog(place.storage);
  const witness = memoryWitness();
  const writer = await log.open({ anchors: [witness] });
  await writer.append(testEntry("a"));
  const backup = await filesOf(place.folder);
  await writer.append(testEntry("b"));
  await writer.close();
  await restore(place.folder, backup);
  await expect(log.open({ anchors: [witness] })).rejects.toMatchObject({ code: "ledger_anchor_conflict" });
  expect((await filesOf(place.folder)).get("checkpoint")).toEqual(backup.get("checkpoint"));
  const anew = testLog(directoryStorage(join(place.base, "anew")));
  await expect(anew.open({ anchors: [witness] })).rejects.toMatchObject({ code: "ledger_anchor_conflict" });
});

it("signs nothing more when an anchor reports another history while the log is open", async () => {
  const witness = memoryWitness();
  const writer = await testLog(place.storage).open({ anchors: [witness] });
  await writer.append(testEntry("a"));
  witness.largest = 1000;
  await writer.append(testEntry("b"));
  const later = async () => {
    for (let at = 0; at < 100; at++) await writer.append(testEntry(`later-${at}`));
  };
  await expect(later()).rejects.toMatchObject({ code: "ledger_anchor_conflict" });
  await writer.close();
});

it("refuses to sign when an anchor has a checkpoint by a key that nobody knows", async () => {
  const twin = await testLog(directoryStorage(join(place.base, "other"))).open({
    signers: [await testSigner(5)],
  });
  await twin.close();
  const opening = testLog(place.storage).open({ anchors: [memoryAnchor(twin.checkpoint)] });
  await expect(opening).rejects.toMatchObject({ code: "ledger_key_unknown" });
});
