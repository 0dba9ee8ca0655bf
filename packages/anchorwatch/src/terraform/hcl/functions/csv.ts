import { EvaluationFailure } from "../failure.ts";
import { listOf, STRING, type Type } from "../values/type.ts";
import { list, object, text } from "../values/typed.ts";
import { textAt } from "./arguments.ts";
import type { FunctionDefinition } from "./define.ts";

export const CSV_FUNCTIONS: Readonly<Record<string, FunctionDefinition>> = {
  csvdecode: {
    params: [{ type: STRING }],
    returns: listOf({ kind: "dynamic" }),
    run: (args) => {
      const [header, ...rows] = records(textAt(args, 0));
      if (header === undefined) throw new EvaluationFailure("the CSV has no header line");
      if (new Set(header).size !== header.length)
        throw new EvaluationFailure("two columns have the same name");
      const type: Type = { kind: "object", attributes: new Map(header.map((name) => [name, STRING])) };
      return list(
        rows.map((row) => {
          if (row.length !== header.length)
            throw new EvaluationFailure(`a line has ${row.length} fields, and the header ${header.length}`);
          return object(header.map((name, column) => [name, text(row[column] ?? "")] as const));
        }),
        type,
      );
    },
  },
};

const FIELD = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;

/** @see RFC 4180; empty lines are skipped, as Go does */
function records(source: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at < source.length) {
    FIELD.lastIndex = at;
    const match = FIELD.exec(source);
    if (match === null) throw new EvaluationFailure('the CSV has a `"` where none may be');
    const [whole, quoted, plain = "", end = ""] = match;
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    at += whole.length;
    if (end !== ",") {
      if (row.length > 1 || row[0] !== "" || quoted !== undefined) rows.push(row);
      row = [];
    } else if (at === source.length) {
      rows.push([...row, ""]);
    }
  }
  return rows;
}
