import { expect, it } from "vitest";
import { memoryStream, stillSurroundings } from "../testSurroundings.fixture.ts";
import { runLedger } from "./run.ts";

it.each([
  [true, "\r\u001b[K"],
  [false, "\n"],
])("a warning does not stand behind the progress (terminal: %s)", async (isTTY, before) => {
  const stderr = memoryStream({ isTTY, columns: 100 });
  let draw = () => {};
  const every = (_milliseconds: number, call: () => void) => {
    draw = call;
    return () => {};
  };
  const surroundings = { ...stillSurroundings(), stderr, every };
  await runLedger(surroundings, { color: false }, async ({ progress, warn }) => {
    progress("verifying entries:", 1, 2);
    draw();
    warn({ code: "ledger_file_foreign", message: "what is this" });
    return 0;
  });
  const text = stderr.text();
  expect(text).toContain("verifying entries: 1 of 2");
  expect(text.slice(0, text.indexOf("anchorwatch: warning")).endsWith(before)).toBe(true);
});
