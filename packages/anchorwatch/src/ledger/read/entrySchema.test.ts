import { readFile } from "node:fs/promises";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { encodeEntry } from "../entry/entry.ts";
import { ENTRY_SCHEMA_FILE, entrySchemaText } from "./entrySchema.ts";
import { entryInput } from "./log.fixture.ts";

const REPOSITORY = new URL("../../../../../", import.meta.url);
const validate = new Ajv2020({ strict: false }).compile(JSON.parse(entrySchemaText()));

function stored(index: number): Readonly<Record<string, unknown>> {
  return JSON.parse(new TextDecoder().decode(encodeEntry(entryInput(index))));
}

describe("the published JSON Schema of entries", () => {
  it("is up to date (npm run docs)", async () => {
    const published: unknown = JSON.parse(await readFile(new URL(ENTRY_SCHEMA_FILE, REPOSITORY), "utf8"));
    expect(published).toEqual(JSON.parse(entrySchemaText()));
  });

  it("accepts what is written, and what later versions may add", () => {
    expect(validate(stored(0)) && validate(stored(1))).toBe(true);
    expect(validate({ ...stored(0), later: true })).toBe(true);
    expect(validate({ ...stored(0), kind: "moon.landed", data: { anything: 1 } })).toBe(true);
  });

  it("refuses what is no entry, and data of another kind", () => {
    expect(validate({ ...stored(0), schema: "other" })).toBe(false);
    expect(validate({ ...stored(0), id: "" })).toBe(false);
    expect(validate({ ...stored(0), data: { size: "many" } })).toBe(false);
  });
});
