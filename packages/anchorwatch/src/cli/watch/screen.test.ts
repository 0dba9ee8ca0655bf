import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cells } from "../../compare/lines/cells.ts";
import { plainText } from "../../compare/lines/line.ts";
import type { Classification, Severity } from "../../domain/classification.ts";
import { checkResult, resource } from "../formats/checkResult.fixture.ts";
import {
  beginCheck,
  emptyView,
  endCheck,
  failCheck,
  type LiveView,
  withProblem,
  withStacks,
} from "./model.ts";
import { screen } from "./screen.ts";

const START = Date.UTC(2026, 0, 1);
const at = (seconds: number) => new Date(START + seconds * 1000);
const options = { title: "infra", now: at(60), everyMs: 30_000, width: 100, height: 30 };

function drift(view: LiveView, stack: string, names: readonly string[], seconds: number): LiveView {
  const resources = names.map((name) =>
    resource(name, {
      verdict: "changed",
      changes: [{ path: ["tags", "Owner"], op: "replace", recorded: "a", live: "b", settable: true }],
    }),
  );
  return endCheck(view, stack, { ...checkResult(resources), finishedAt: at(seconds) });
}

const shown = (view: LiveView, changes: Partial<Parameters<typeof screen>[1]> = {}) =>
  screen(view, { ...options, ...changes }).map(plainText);

describe("the screen", () => {
  it("shows stacks, drifts with their age, and what changed", () => {
    let view = withStacks(emptyView(), ["network", "app", "db"]);
    view = drift(view, "network", ["aws_vpc.a"], 0);
    view = beginCheck(view, "app", at(55));
    view = failCheck(view, "db", "there is no state\nmore", at(50));
    const text = shown(view, { nextAt: at(72) });
    expect(text[0]).toContain("  3 stacks, 1 drift, 1 cannot be read, 1 not looked at yet  ");
    expect(text).toContain("  db  cannot be read: there is no state");
    expect(text).toContain("  network  1 resource  1 drifted  seen 1 min ago");
    expect(text).toContain("  app  checking for 5.0 s");
    expect(text).toContain("      1 min  network  aws_vpc.a  changed  tags.Owner");
    expect(text.filter((line) => /\d\d:\d\d:\d\d network aws_vpc\.a drifted/.test(line))).toHaveLength(1);
    expect(text.at(-1)).toBe("q or Ctrl-C ends");
  });

  it("says “no drift” of a whole that was seen as a whole, and of nothing else", () => {
    const clean = (view: LiveView, name: string) =>
      endCheck(view, name, { ...checkResult([resource("aws_vpc.a")]), finishedAt: at(0) });
    expect(shown(emptyView())[0]).toContain("  looking for stacks  ");
    const both = withStacks(emptyView(), ["app", "db"]);
    expect(shown(clean(clean(both, "app"), "db"))[0]).toContain("2 stacks, no drift");
    expect(shown(failCheck(clean(both, "app"), "db", "gone", at(0)))[0]).toContain(
      "2 stacks, 1 cannot be read  ",
    );
    expect(shown(clean(both, "app"))[0]).toContain("2 stacks, 1 not looked at yet  ");
    const blind = checkResult([resource("aws_vpc.a", { verdict: "unknown" })]);
    expect(shown(endCheck(clean(both, "app"), "db", { ...blind, finishedAt: at(0) }))[0]).toContain(
      "2 stacks, 1 resource not seen  ",
    );
  });

  it("shows the severest drift first, with why it matters as long as there is room for that", () => {
    const said = (severity: Severity, explanation: string): Classification => ({
      ...{ class: "security", severity, isComplete: severity !== "low", problems: [], adjustments: [] },
      rules: [
        {
          ...{ id: `own.${severity}`, title: "t", origin: "operator", class: "security", severity },
          ...{ explanation, values: [], controls: [] },
        },
      ],
      policy: "sha256:00",
    });
    const found = [
      resource("a.low", { verdict: "changed", classification: said("low", "Nobody minds.") }),
      resource("a.worst", {
        verdict: "changed",
        classification: said("critical", "The world\u001b[2J may come in."),
      }),
    ];
    const view = endCheck(withStacks(emptyView(), ["net"]), "net", {
      ...checkResult(found),
      finishedAt: at(0),
    });
    const text = shown(view);
    expect(text[0]).toContain("1 stack, 2 drifts, 1 critical  ");
    expect(text).toContain("  net  2 resources  2 drifted, 1 critical  seen 1 min ago");
    const begin = text.indexOf("Drift") + 1;
    expect(text.slice(begin, begin + 4)).toEqual([
      "      1 min  critical  net  a.worst  changed",
      "             security, critical: The world\\u001b[2J may come in. (own.critical)",
      "      1 min  low       net  a.low  changed",
      "             security, low, classification incomplete: Nobody minds. (own.low)",
    ]);
    const short = shown(view, { height: 14 });
    expect(short.filter((line) => line.includes("own."))).toHaveLength(2);
    expect(short.some((line) => line.startsWith("      1 min  critical  net  a.worst"))).toBe(true);
    expect(short.some((line) => line.startsWith("             security"))).toBe(false);
  });

  it("puts what wants attention above the edge, and says how much is below", () => {
    const names = Array.from({ length: 50 }, (_, i) => `stack-${i}`);
    let view = withStacks(emptyView(), names);
    view = drift(
      view,
      "stack-49",
      Array.from({ length: 40 }, (_, i) => `aws_vpc.v${i}`),
      0,
    );
    const text = shown(view);
    expect(text).toHaveLength(30);
    expect(text[2]).toContain("stack-49");
    expect(text.some((line) => /and \d+ more stacks/.test(line))).toBe(true);
    expect(text.some((line) => /and \d+ more drifts/.test(line))).toBe(true);
  });

  it("shows why the configuration could not be read anew", () => {
    const view = withProblem(withStacks(emptyView(), ["a"]), "anchorwatch.yaml:3:1: no");
    expect(shown(view)[1]).toBe("anchorwatch.yaml:3:1: no");
  });

  it("fits into every terminal, and lets no name act on it", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: "grapheme", minLength: 1, maxLength: 80 }), { maxLength: 20 }),
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 60 }),
        (names, width, height) => {
          let view = withStacks(emptyView(), [...new Set(names)]);
          for (const name of names) view = drift(view, name, [`a.${name}`, "a.\u001b[2J"], 0);
          const lines = screen(view, { ...options, width, height });
          expect(lines.length).toBeLessThanOrEqual(height);
          for (const line of lines) {
            const text = line.spans.map((span) => span.text).join("");
            expect(cells(text)).toBeLessThanOrEqual(width);
            // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be there
            expect(text).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});
