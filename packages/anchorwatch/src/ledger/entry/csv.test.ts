import { describe, expect, test } from "vitest";
import { CSV_HEADER, csvRow } from "./csv.ts";
import { entry } from "./entries.fixture.ts";
import { ENTRY_SCHEMA, type EntryInput } from "./form.ts";

const row = (given: Partial<EntryInput> = {}) => csvRow(7, { schema: ENTRY_SCHEMA, ...entry(given) });

/** As RFC 4180 has it. */
function cells(line: string): readonly string[] {
  expect(line.endsWith("\r\n")).toBe(true);
  const found = line.slice(0, -2).matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",\r\n]*))/g);
  return [...found].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? "");
}

function cell(line: string, name: string): string | undefined {
  return cells(line)[cells(CSV_HEADER).indexOf(name)];
}

describe("a row", () => {
  test("has a cell for every column", () => {
    const line = row({ stack: { name: "network", kind: "terraform" }, before: { a: 1 } });
    expect(cells(line)).toHaveLength(cells(CSV_HEADER).length);
    expect(cell(line, "index")).toBe("7");
    expect(cell(line, "title")).toBe("Drift opened");
    expect(cell(line, "stack")).toBe("network");
    expect(cell(line, "before")).toBe('{"a":1}');
  });

  test("keeps quotes, commas and line breaks inside of a cell", () => {
    const address = 'aws_x.y["a,b\r\n"]';
    expect(cell(row({ address }), "address")).toBe(address);
  });

  test.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"])(
    "does not let a spreadsheet run %j",
    (address) => {
      expect(cell(row({ address }), "address")).toBe(`'${address}`);
    },
  );

  test("leaves a minus alone where it begins nothing", () => {
    expect(cell(row({ address: "a-b" }), "address")).toBe("a-b");
  });
});
