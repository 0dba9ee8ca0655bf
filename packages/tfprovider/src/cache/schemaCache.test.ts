import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { loadSchemas, storeSchemas } from "./schemaCache.ts";

const HASH = "ab".repeat(32);
const RAW = Buffer.from("the answer of a provider");

function stored(): { readonly folder: string; readonly file: string } {
  const folder = mkdtempSync(join(tmpdir(), "schema-cache-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  storeSchemas(folder, HASH, { raw: RAW, protocol: 6 });
  return { folder, file: join(folder, "schemas", `${HASH}.schema`) };
}

test("a schema comes back as it was stored, for its own program alone", () => {
  const { folder, file } = stored();
  expect(loadSchemas(folder, HASH)).toEqual({ raw: RAW, protocol: 6 });
  expect(loadSchemas(folder, "cd".repeat(32))).toBeUndefined();
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test("a file that is cut off anywhere is not believed", () => {
  const { folder, file } = stored();
  const whole = readFileSync(file);
  for (let length = 0; length < whole.length; length += 1) {
    writeFileSync(file, whole.subarray(0, length));
    expect(loadSchemas(folder, HASH), `${length} bytes`).toBeUndefined();
  }
});

test("a file that is altered in any one bit is not believed", () => {
  const { folder, file } = stored();
  const whole = readFileSync(file);
  for (let bit = 0; bit < whole.length * 8; bit += 1) {
    const byte = bit >> 3;
    writeFileSync(file, whole.with(byte, (whole[byte] ?? 0) ^ (1 << (bit & 7))));
    expect(loadSchemas(folder, HASH), `bit ${bit}`).toBeUndefined();
  }
});
