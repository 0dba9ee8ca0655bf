import { expect, it } from "vitest";
import { addressProblem } from "../../../egress/target.ts";
import { formatProblem } from "../problems.ts";
import { parseServerConfiguration } from "./parse.ts";
import { shownConfiguration } from "./shownConfiguration.ts";

const FILE = "anchorwatch.server.yaml";
const parse = (lines: string) => parseServerConfiguration(`version: 1\n${lines}`, FILE, "/etc/aw");

async function configuration(lines: string) {
  const parsed = await parse(lines);
  if (!parsed.ok) throw new TypeError(parsed.problems.map(formatProblem).join("\n"));
  return parsed.configuration;
}

it("without the section, only hosts of the Internet may be reached, on https", async () => {
  const { egress } = await configuration("");
  expect(addressProblem("https://example.com/", egress)).toBeUndefined();
  expect(addressProblem("http://example.com/", egress)).toMatchObject({ problem: "is not on https" });
});

it("what it allows may be reached, and is shown as it was written", async () => {
  const given = await configuration(
    "egress: { allow: ['http://127.0.0.1:4010', 10.20.0.0/16, siem.corp.example] }",
  );
  expect(addressProblem("http://127.0.0.1:4010/a", given.egress)).toBeUndefined();
  expect(addressProblem("https://10.20.3.4/", given.egress)).toBeUndefined();
  expect(addressProblem("https://10.21.3.4/", given.egress)).toBeDefined();
  const shown = shownConfiguration(given, { stateFolder: "/home/a/state", hasDatabaseUrl: false });
  expect(shown["egress"]).toEqual({ allow: ["http://127.0.0.1:4010", "10.20.0.0/16", "siem.corp.example"] });
});

it.each([
  [
    "egress:\n  allow:\n    - 10.0.0.0/8\n    - '*'",
    `${FILE}:5:7: egress.allow[1] is no host and no network. Expected HOST`,
  ],
  ["egress: { allow: [0.0.0.0/0] }", "egress.allow[0] is the whole Internet"],
  ["egress: { alow: [] }", "egress has the unknown key “alow”. Did you mean “allow”?"],
  ["egress: { allow: [10] }", "egress.allow[0]: expected text, found 10"],
])("%j is refused where it is wrong", async (lines, words) => {
  const parsed = await parse(lines);
  expect(parsed.ok ? "" : parsed.problems.map(formatProblem).join("\n")).toContain(words);
});
