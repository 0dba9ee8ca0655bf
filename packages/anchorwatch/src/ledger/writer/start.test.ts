import { readFile, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { AnchorwatchError } from "../../domain/errors.ts";
import { directoryStorage } from "../storage/directory/directoryStorage.ts";
import { machineFiles } from "../storage/directory/fileLayer.ts";
import { checkLog } from "./logCheck.fixture.ts";
import { filesOf, freshLogFolder } from "./logFolder.fixture.ts";
import { memoryIndex, testEntry, testLog, testSigner } from "./writer.fixture.ts";

const place = freshLogFolder();

it("signs the recorded tree when the crash came before its checkpoint", async () => {
  const log = testLog(place.storage);
  const writer = await log.open();
  await writer.append(testEntry("a"));
  const older = await readFile(join(place.folder, "checkpoint"));
  await writer.append(testEntry("b"));
  await writer.close();
  await writeFile(join(place.folder, "checkpoint"), older);
  const again = await log.open();
  expect(again.size).toBe(2);
  expect(again.checkpoint.split("\n")[1]).toBe("2");
  await again.close();
});

it("goes on from the checkpoint when the tree state is gone", async () => {
  const log = testLog(place.storage);
  const writer = await log.open();
  await writer.append(testEntry("a"));
  await writer.close();
  await unlink(join(place.folder, ".tree"));
  const again = await log.open();
  expect((await again.append(testEntry("b"))).index).toBe(1);
  await again.close();
  checkLog(await filesOf(place.folder));
});

it("refuses tiles without checkpoint and tree state, and leaves them alone", async () => {
  const log = testLog(place.storage);
  const writer = await log.open();
  await writer.append(testEntry("a"));
  await writer.close();
  await unlink(join(place.folder, ".tree"));
  await unlink(join(place.folder, "checkpoint"));
  const before = await filesOf(place.folder);
  await expect(log.open()).rejects.toMatchObject({ code: "ledger_corrupt" });
  expect((await filesOf(place.folder)).get("tile/0/000.p/1")).toEqual(before.get("tile/0/000.p/1"));
});

it("refuses to go on from a damaged bundle, and names the entry", async () => {
  const log = testLog(place.storage);
  const writer = await log.open();
  await Promise.all([writer.append(testEntry("a")), writer.append(testEntry("b"))]);
  await writer.close();
  const path = join(place.folder, "tile/entries/000.p/2");
  const bytes = await readFile(path);
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 2) ^ 1, bytes.length - 2);
  await writeFile(path, bytes);
  const refusal = (await log.open().catch((error: unknown) => error)) as AnchorwatchError;
  expect(refusal.code).toBe("ledger_corrupt");
  expect(refusal.message).toMatch(/tile\/entries\/000\.p\/2 .*entry 1 /);
});

it("refuses another log's folder and another key", async () => {
  const log = testLog(place.storage);
  await (await log.open()).close();
  await expect(log.open({ origin: "anchorwatch.local/other" })).rejects.toMatchObject({
    code: "ledger_origin_mismatch",
  });
  await expect(log.open({ signers: [await testSigner(9)] })).rejects.toMatchObject({
    code: "ledger_key_unknown",
  });
});

it("is signed by both keys while a key is rotated, and by the new one alone afterwards", async () => {
  const log = testLog(place.storage);
  await (await log.open()).close();
  const [older, newer] = [await testSigner(1), await testSigner(2)];
  const both = await log.open({ signers: [newer, older] });
  expect(both.checkpoint.match(/^— /gm)).toHaveLength(2);
  await both.close();
  const alone = await log.open({ signers: [newer], earlierKeys: [older.key] });
  await alone.append(testEntry("a"));
  expect(alone.checkpoint.match(/^— /gm)).toHaveLength(1);
  await alone.close();
});

it("asks whether an index belongs to the log, and says no to one that goes further or elsewhere", async () => {
  const log = testLog(place.storage);
  const writer = await log.open();
  await Promise.all(["a", "b", "c"].map((id) => writer.append(testEntry(id))));
  const roots = [await rootNow(), ""];
  await writer.append(testEntry("d"));
  roots[1] = await rootNow();
  await writer.close();
  const answers: boolean[] = [];
  const again = await log.open({
    openIndex: async (agrees) => {
      for (const covered of [
        { size: 3, root: roots[0] },
        { size: 4, root: roots[1] },
        { size: 4, root: roots[0] },
        { size: 5, root: roots[1] },
        { size: 3, root: undefined },
      ]) {
        answers.push(await agrees(covered));
      }
      return memoryIndex();
    },
  });
  await again.close();
  expect(answers).toEqual([true, true, false, false, false]);
});

async function rootNow(): Promise<string> {
  return (await readFile(join(place.folder, "checkpoint"), "utf8")).split("\n")[2] ?? "";
}

it("refuses when much more lies beyond the tree than a crash can leave: an older state was put back", async () => {
  const log = testLog(place.storage);
  await (await log.open()).close();
  const durable = await place.storage.lock();
  await durable.writeTiles([{ path: "tile/0/900", bytes: new Uint8Array(8192) }]);
  await durable.release();
  await expect(log.open()).rejects.toMatchObject({ code: "ledger_rolled_back" });
  expect((await filesOf(place.folder)).has("tile/0/900")).toBe(true);
});

it("says in a sentence that the folder's parent is missing", async () => {
  const nowhere = testLog(directoryStorage(join(place.base, "a/b/c"), { files: machineFiles }));
  await expect(nowhere.open()).rejects.toMatchObject({ code: "ledger_unwritable" });
});
