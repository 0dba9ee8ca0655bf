import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { OpenIdIndex } from "./idIndex.ts";
import { freshLogFolder } from "./logFolder.fixture.ts";
import { memoryIndex, testEntry, testLog } from "./writer.fixture.ts";

const place = freshLogFolder();
const LATER = "2026-03-01T00:00:00.000Z";
/** Of the machine's own clock in these tests. */
const NOW = "2026-01-02T00:00:00.000Z";
const codes = (log: ReturnType<typeof testLog>) => log.warnings.map(({ code }) => code);

async function logOf(size: number, openIndex: OpenIdIndex = async () => memoryIndex()) {
  const log = testLog(place.storage);
  const writer = await log.open({ openIndex });
  await Promise.all(Array.from({ length: size }, (_, at) => writer.append(testEntry(`e-${at}`, LATER))));
  await writer.close();
  return log;
}

describe("a clock that was set back while nobody wrote", () => {
  it.each([1, 255, 256, 257, 512])("is noticed after %i entries", async (size) => {
    const log = await logOf(size);
    const writer = await log.open();
    await writer.append(testEntry("back", NOW));
    await writer.close();
    expect(codes(log)).toEqual(["ledger_clock_backwards"]);
  });
});

it("goes on with a warning that names the file when the last full bundle is damaged", async () => {
  // An index that covers everything, as a real one does: else it would read the bundle, too.
  const index = memoryIndex();
  const openIndex = async () => index;
  const log = await logOf(256, openIndex);
  const path = join(place.folder, "tile/entries/000");
  await writeFile(path, (await readFile(path)).subarray(0, 1000));
  const writer = await log.open({ openIndex });
  expect((await writer.append(testEntry("on", NOW))).index).toBe(256);
  await writer.close();
  expect(log.warnings).toMatchObject([
    { code: "ledger_corrupt", message: expect.stringContaining("tile/entries/000") },
  ]);
});
