import { readFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { expect, it } from "vitest";
import type { AnchorwatchError } from "../../domain/errors.ts";
import { checkLog } from "./logCheck.fixture.ts";
import { filesOf, freshLogFolder } from "./logFolder.fixture.ts";
import { idOf, memoryIndex, ORIGIN, testEntry, testLog, testSigner } from "./writer.fixture.ts";

const place = freshLogFolder();

it("begins a new log with the signed checkpoint of the empty tree", async () => {
  const writer = await testLog(place.storage).open();
  expect(writer.size).toBe(0);
  expect(writer.checkpoint.split("\n").slice(0, 2)).toEqual([ORIGIN, "0"]);
  await writer.close();
  expect(checkLog(await filesOf(place.folder)).size).toBe(0);
});

it("gives every entry of many concurrent writers its own index, and the log holds them all", async () => {
  const writer = await testLog(place.storage).open({ batch: { entries: 100 } });
  const ids = Array.from({ length: 700 }, (_, at) => `entry-${at}`);
  const answers = await Promise.all(ids.map((id) => writer.append(testEntry(id))));
  expect(answers.map(({ index }) => index)).toEqual(ids.map((_, at) => at));
  expect(answers.every(({ existed }) => !existed)).toBe(true);
  await writer.close();
  const { entries } = checkLog(await filesOf(place.folder));
  expect(entries.map(idOf)).toEqual(ids);
});

it("has written an entry and a checkpoint that covers it when it answers", async () => {
  const writer = await testLog(place.storage).open();
  const { index } = await writer.append(testEntry("first"));
  const log = checkLog(await filesOf(place.folder));
  expect(log.entries.map(idOf)[index]).toBe("first");
  expect(writer.checkpoint.startsWith(log.text)).toBe(true);
  await writer.close();
});

it("appends an id once: again, at the same time, and after the log was opened again", async () => {
  const log = testLog(place.storage);
  const writer = await log.open();
  const [one, other] = await Promise.all([
    writer.append(testEntry("same")),
    writer.append(testEntry("same")),
  ]);
  expect([one, other]).toEqual([
    { index: 0, existed: false },
    { index: 0, existed: true },
  ]);
  await writer.append(testEntry("another"));
  await writer.close();
  const again = await log.open();
  expect(await again.append(testEntry("same"))).toEqual({ index: 0, existed: true });
  expect(again.size).toBe(2);
  await again.close();
});

it("removes partial tiles when the full one is there", async () => {
  const writer = await testLog(place.storage).open();
  for (let at = 0; at < 3; at++) await writer.append(testEntry(`early-${at}`));
  expect((await filesOf(place.folder)).has("tile/0/000.p/2")).toBe(true);
  await Promise.all(Array.from({ length: 260 }, (_, at) => writer.append(testEntry(`late-${at}`))));
  await writer.close();
  const paths = [...(await filesOf(place.folder)).keys()].filter((path) => path.startsWith("tile/")).sort();
  expect(paths).toEqual([
    "tile/0/000",
    "tile/0/001.p/7",
    "tile/1/000.p/1",
    "tile/entries/000",
    "tile/entries/001.p/7",
  ]);
});

it("stores content beside the log, under the digest that the entry names", async () => {
  const writer = await testLog(place.storage).open();
  const content = { role: "plan", mediaType: "text/plain", bytes: Buffer.from("a plan") };
  await writer.append(testEntry("with"), [content]);
  await writer.close();
  const { entries } = checkLog(await filesOf(place.folder));
  const [{ digest }] = JSON.parse(Buffer.from(entries[0] ?? []).toString()).content;
  const hex = digest.slice("sha256:".length);
  expect(await readFile(join(place.folder, "content/sha256", hex.slice(0, 2), hex), "utf8")).toBe("a plan");
});

it("refuses an entry that is none, and goes on", async () => {
  const writer = await testLog(place.storage).open();
  await expect(writer.append({ ...testEntry("x"), kind: "no such" })).rejects.toMatchObject({
    code: "ledger_entry_invalid",
  });
  expect((await writer.append(testEntry("y"))).index).toBe(0);
  await writer.close();
});

it("refuses a second writer, names the first one, and lets it in when that one has closed", async () => {
  const log = testLog(place.storage);
  const first = await log.open();
  const refusal = (await log.open().catch((error: unknown) => error)) as AnchorwatchError;
  expect(refusal.code).toBe("ledger_locked");
  expect(refusal.message).toContain(`process ${process.pid}`);
  await first.close();
  await (await log.open()).close();
});

it("stops for good when a signer fails, and the entries are in the log when it is opened again", async () => {
  const log = testLog(place.storage);
  const signer = await testSigner();
  let fails = false;
  const sign = async (message: Uint8Array) => (fails ? new Uint8Array(64) : signer.sign(message));
  const writer = await log.open({ signers: [{ key: signer.key, sign }] });
  fails = true;
  await expect(writer.append(testEntry("a"))).rejects.toMatchObject({ code: "ledger_writer_failed" });
  fails = false;
  await expect(writer.append(testEntry("b"))).rejects.toMatchObject({ code: "ledger_writer_failed" });
  await writer.close();
  const again = await log.open();
  expect(await again.append(testEntry("a"))).toEqual({ index: 0, existed: true });
  await again.close();
});

it("appends nothing after it was closed", async () => {
  const writer = await testLog(place.storage).open();
  await writer.close();
  await expect(writer.append(testEntry("late"))).rejects.toMatchObject({ code: "ledger_writer_closed" });
});

it("keeps the order of arrival and warns once when a clock goes backwards", async () => {
  const log = testLog(place.storage);
  let time = "";
  const writer = await log.open({ clock: () => new Date(time) });
  for (const [id, now] of [
    ["noon", "2026-01-01T12:00:00.000Z"],
    ["morning", "2026-01-01T09:00:00.000Z"],
    ["later", "2026-01-01T09:00:01.000Z"],
  ] as const) {
    time = now;
    await writer.append(testEntry(id, now));
  }
  await writer.close();
  expect(log.warnings.map(({ code }) => code)).toEqual(["ledger_clock_backwards"]);
  const { entries } = checkLog(await filesOf(place.folder));
  expect(entries.map(idOf)).toEqual(["noon", "morning", "later"]);
});

it("remembers the time of the last entry when it is opened again", async () => {
  const log = testLog(place.storage);
  const writer = await log.open();
  await writer.append(testEntry("noon", "2026-01-01T12:00:00.000Z"));
  await writer.close();
  const again = await log.open({ clock: () => new Date("2026-01-01T09:00:00.000Z") });
  await again.append(testEntry("morning", "2026-01-01T09:00:00.000Z"));
  await again.close();
  expect(log.warnings.map(({ code }) => code)).toEqual(["ledger_clock_backwards"]);
});

it("does not take it for a clock that went backwards when an entry has waited for its turn", async () => {
  const log = testLog(place.storage);
  const writer = await log.open();
  await writer.append(testEntry("of-another-check", "2026-01-01T12:00:00.000Z"));
  await writer.close();
  const next = await log.open({ clock: () => new Date("2026-01-01T12:00:01.000Z") });
  await next.append(testEntry("found-before-that-one-ended", "2026-01-01T11:59:00.000Z"));
  await next.close();
  expect(log.warnings).toEqual([]);
});

it("warns of a clock that was ahead when the log comes back to the right time", async () => {
  const log = testLog(place.storage);
  const writer = await log.open({ clock: () => new Date("2026-01-01T12:00:00.000Z") });
  await writer.append(testEntry("ahead", "2026-01-01T15:00:00.000Z"));
  await writer.append(testEntry("right", "2026-01-01T12:00:00.000Z"));
  await writer.close();
  expect(log.warnings.map(({ code }) => code)).toEqual(["ledger_clock_backwards"]);
});

it("gives the log back also when the index cannot be closed", async () => {
  const log = testLog(place.storage);
  const close = () => {
    throw new TypeError("the index does not close");
  };
  const writer = await log.open({ openIndex: async () => ({ ...memoryIndex(), close }) });
  await expect(writer.close()).rejects.toThrow("does not close");
  await (await log.open()).close();
});

it("goes on when the index fails, and still knows the ids", async () => {
  const log = testLog(place.storage);
  const full = () => {
    throw new TypeError("the index is full");
  };
  const broken = { ...memoryIndex(), add: full };
  const writer = await log.open({ openIndex: async () => broken });
  await writer.append(testEntry("a"));
  expect(await writer.append(testEntry("a"))).toEqual({ index: 0, existed: true });
  await writer.append(testEntry("b"));
  await writer.close();
  expect(log.warnings.map(({ code }) => code)).toEqual(["ledger_index_unusable"]);
});
