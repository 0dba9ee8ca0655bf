import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { readLogFile } from "./logFile.ts";
import { type CutRecord, RecordCutter } from "./recordCutter.ts";

const LIMITS = { unpacked: 1024 * 1024, record: 64 * 1024 };

async function readAll(bytes: Uint8Array, into: CutRecord[] = []): Promise<CutRecord[]> {
  for await (const records of readLogFile(bytes, "s3://trail/log.json.gz", LIMITS)) into.push(...records);
  return into;
}

const values = (records: readonly CutRecord[]) =>
  records.map((record) => (record.ok ? record.value : "none"));

test("the records come in their order, packed or not", async () => {
  const text = JSON.stringify({ Records: [{ a: 1 }, { b: "}],{" }, { c: '\\"' }] });
  const expected = [{ a: 1 }, { b: "}],{" }, { c: '\\"' }];
  expect(values(await readAll(gzipSync(text)))).toEqual(expected);
  expect(values(await readAll(Buffer.from(text)))).toEqual(expected);
  expect(await readAll(gzipSync('{"Records":[]}'))).toEqual([]);
});

test("however the bytes are cut, the records are the same", () => {
  const records = fc.array(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })), { maxLength: 8 });
  fc.assert(
    fc.property(records, fc.integer({ min: 1, max: 40 }), fc.boolean(), (given, size, isSpaced) => {
      const bytes = Buffer.from(JSON.stringify({ Records: given }, null, isSpaced ? 2 : 0));
      const cutter = new RecordCutter("file", 1_000_000);
      const found: CutRecord[] = [];
      for (let at = 0; at < bytes.length; at += size)
        found.push(...cutter.cut(bytes.subarray(at, at + size)));
      cutter.end();
      expect(values(found)).toEqual(JSON.parse(JSON.stringify(given)));
    }),
  );
});

test("a record that is no JSON is told by its position, and the others are used", async () => {
  const found = await readAll(gzipSync('{"Records":[{"a":1},{"b":nonsense},{"c":3}]}'));
  expect(values(found)).toEqual([{ a: 1 }, "none", { c: 3 }]);
  expect(found[1]).toMatchObject({ ok: false, index: 1, bytes: Buffer.from('{"b":nonsense}') });
});

describe("a file that is not whole", () => {
  it.each([
    [
      "cut off when packed",
      gzipSync(JSON.stringify({ Records: [{ a: "b".repeat(50) }] })).subarray(0, 40),
      "is damaged",
    ],
    ["changed when packed", changed(gzipSync('{"Records":[{"a":1}]}')), "is damaged"],
    ["cut off before", gzipSync('{"Records":[{"a":1},{"b"'), "ends in the middle, at record 1"],
    ["empty", gzipSync(""), 'does not begin with {"Records": ['],
    ["something else", gzipSync('{"logFiles":[]}'), 'does not begin with {"Records": ['],
    ["much of something else", gzipSync("x".repeat(10_000)), 'does not begin with {"Records": ['],
    [
      "a list of something else",
      gzipSync('{"Records":[1,2]}'),
      "holds something other than a record at record 0",
    ],
  ])("%s", async (_, bytes, message) => {
    await expect(readAll(bytes)).rejects.toMatchObject({
      code: "event_file_invalid",
      message: expect.stringContaining(message),
    });
  });

  it("has given what came before", async () => {
    const found: CutRecord[] = [];
    await expect(readAll(gzipSync('{"Records":[{"a":1},{"b"'), found)).rejects.toThrow();
    expect(values(found)).toEqual([{ a: 1 }]);
  });
});

test("a file that unpacks to more than anything real ends with an error", async () => {
  const bomb = gzipSync(Buffer.concat([Buffer.from('{"Records":['), Buffer.alloc(3 * 1024 * 1024, " ")]));
  expect(bomb.length).toBeLessThan(10_000);
  await expect(readAll(bomb)).rejects.toMatchObject({
    code: "event_file_too_large",
    message: expect.stringContaining("more than 1 MB when unpacked"),
  });
});

test("so does one record that never ends", async () => {
  const bomb = gzipSync(`{"Records":[{"a":"${"x".repeat(100_000)}`);
  await expect(readAll(bomb)).rejects.toMatchObject({
    code: "event_file_too_large",
    message: expect.stringContaining("record 0"),
  });
});

function changed(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy[14] = (copy[14] ?? 0) ^ 0xff;
  return copy;
}
