import { describe, expect, it } from "vitest";
import type { Classification } from "../../domain/classification.ts";
import { change, checkResult, resource } from "./checkResult.fixture.ts";
import { FORMATS, render } from "./render.ts";

const HOSTILE = "\u001b[31m`](https://evil.example) <b>&\n::error::x";

const SAID: Classification = {
  ...{ class: "security", severity: "critical", isComplete: false, policy: "sha256:00" },
  problems: [
    { rule: "own.broken", file: "rules.yaml", line: 12, column: 7, message: `divides by zero ${HOSTILE}` },
    { rule: "values", file: "", line: 1, column: 1, message: "only a part is known" },
  ],
  rules: [
    {
      ...{ id: "sg.open", title: "Open", origin: "builtin", class: "security", severity: "critical" },
      explanation: `the world may come in: ${HOSTILE}`,
      ...{
        values: [{ expression: "changes[0].element.from_port", value: 22 }],
        controls: ["CIS AWS 3.0.0 5.2"],
      },
      remedy: { strategy: "rollback", text: "Take it back." },
    },
    {
      ...{ id: "own.other", title: "Other", origin: "operator", class: "operational", severity: "low" },
      ...{ explanation: `it is another size ${HOSTILE}`, values: [], controls: [] },
    },
  ],
  adjustments: [
    {
      ...{ id: "context.exposed", origin: "builtin", from: "high", to: "critical", values: [] },
      because: `it can be reached ${HOSTILE}`,
    },
  ],
};

const result = checkResult([
  resource("aws_security_group.web", {
    ...{ verdict: "changed", classification: SAID },
    changes: [change({ path: ["description"], recorded: "a", live: "b" })],
  }),
]);

const rendered = (format: (typeof FORMATS)[number]) =>
  render(format, result, { all: false, strict: false, colours: false, version: "1.0.0" });

describe("a drift that was classified", () => {
  it.each(FORMATS.filter((format) => format !== "json"))(
    "says in %s how bad it is and why",
    async (format) => {
      const text = await rendered(format);
      expect(text).toContain("security");
      expect(text).toContain("critical");
      expect(text).toContain("classification incomplete");
      expect(text).toContain("the world may come in");
      if (format !== "markdown") {
        expect(text).toContain("also: it is another size");
        expect(text).toContain("high → critical: it can be reached");
        expect(text).toContain("rules.yaml:12:7: own.broken: divides by zero");
        expect(text).not.toContain(":1:1: values");
      }
      // What somebody else chose neither colours a terminal, begins a line of its own, nor is a link.
      expect(text).not.toContain("\u001b");
      expect(text).not.toContain("\n::error");
      if (format === "sarif") expect(text).not.toContain("](https");
    },
  );

  it("is all there in JSON", async () => {
    expect(JSON.parse(await rendered("json")).resources[0].classification).toEqual(SAID);
  });

  it("has the level of its severity in SARIF, its rules and controls, and what helps", async () => {
    const [finding] = JSON.parse(await rendered("sarif")).runs[0].results;
    expect(finding).toMatchObject({
      level: "error",
      properties: {
        ...{
          severity: "critical",
          class: "security",
          rules: ["sg.open", "own.other"],
          help: ["Take it back."],
        },
        tags: ["security", "CIS AWS 3.0.0 5.2"],
      },
    });
  });
});
