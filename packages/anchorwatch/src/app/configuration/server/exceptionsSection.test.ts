import { expect, it } from "vitest";
import { formatProblem } from "../problems.ts";
import { parseServerConfiguration } from "./parse.ts";

async function read(lines: string) {
  const parsed = await parseServerConfiguration(`version: 1\n${lines}`, "server.yaml", "/etc/aw");
  return parsed.ok
    ? { exceptions: parsed.configuration.exceptions, problems: "" }
    : { exceptions: undefined, problems: parsed.problems.map(formatProblem).join("\n") };
}

it("is what is silenced or worse in many stacks; it has the name that the file gives it, wherever it stands", async () => {
  const { exceptions, problems } = await read(`exceptions:
  - name: scanner
    labels: { env: dev }
    type: aws_instance
    path: tags.LastScan
    reason: the scanner
    ignore: { until: "2027-03-01T00:00:00Z" }
  - { name: money, stack: pay/*, reason: money, escalate: { severity: high, class: security } }`);
  expect(problems).toBe("");
  expect(exceptions).toEqual([
    {
      ...{ id: "the operator's “scanner”", reason: "the scanner", labels: { env: "dev" }, kind: "ignore" },
      ...{ pattern: { type: "aws_instance", path: "tags.LastScan" }, evenCritical: false },
      until: new Date("2027-03-01T00:00:00Z"),
    },
    {
      ...{ id: "the operator's “money”", reason: "money", stack: "pay/*", kind: "escalate", pattern: {} },
      raise: { severity: "high", class: "security" },
    },
  ]);
});

it.each([
  ["{ name: a, reason: r }", /exceptions\[0\]: expected one of ignore and escalate/],
  ["{ name: a, reason: r, ignore: {} }", /until/],
  ["{ name: a, reason: r, escalate: {} }", /expected severity or class/],
  ["{ name: a, reason: r, path: 'a..b', escalate: { severity: low } }", /exceptions\[0\]\.path.*a\.\.b/],
  ["{ name: a, escalate: { severity: low } }", /reason/],
  ["{ name: a, reason: r, escalate: { severity: awful } }", /severity/],
  [
    "{ name: a, reason: r, escalate: { severity: low } }, { name: a, reason: r, escalate: { severity: low } }",
    /“a” is there already/,
  ],
])("says what is wrong with %s", async (line, problem) => {
  expect((await read(`exceptions: [${line}]`)).problems).toMatch(problem);
});
