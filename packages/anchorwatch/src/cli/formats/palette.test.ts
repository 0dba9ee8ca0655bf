import { expect, it } from "vitest";
import { wantsColour } from "./palette.ts";

it.each([
  ["a terminal", { isTTY: true }, {}, true, true],
  ["a pipe", {}, {}, true, false],
  ["a dumb terminal", { isTTY: true }, { TERM: "dumb" }, true, false],
  ["NO_COLOR", { isTTY: true }, { NO_COLOR: "1" }, true, false],
  ["an empty NO_COLOR", { isTTY: true }, { NO_COLOR: "" }, true, true],
  ["FORCE_COLOR on a pipe", {}, { FORCE_COLOR: "1" }, true, true],
  ["FORCE_COLOR=0 on a terminal", { isTTY: true }, { FORCE_COLOR: "0" }, true, false],
  ["NO_COLOR and FORCE_COLOR", {}, { NO_COLOR: "1", FORCE_COLOR: "1" }, true, false],
  ["--no-color and FORCE_COLOR", { isTTY: true }, { FORCE_COLOR: "1" }, false, false],
] as const)("with %s", (_, stream, environment, flag, expected) => {
  expect(wantsColour(stream, environment, flag)).toBe(expected);
});
