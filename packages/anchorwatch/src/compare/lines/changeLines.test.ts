import { describe, expect, it } from "vitest";
import { change, SSH_RULE } from "../../cli/formats/checkResult.fixture.ts";
import type { Change, DeclaredChange } from "../../domain/check.ts";
import { objectOf, unknown } from "../../domain/value.ts";
import { changeLines, declaredLines } from "./changeLines.ts";
import { plainText } from "./line.ts";

const WIDE = { width: Number.POSITIVE_INFINITY, valueLimit: 200, lineLimit: 10 };
const shown = (given: Change, layout = WIDE) => changeLines(given, layout).map(plainText);
const declared = (given: DeclaredChange) => declaredLines(given, WIDE).map(plainText);

describe("a change in words", () => {
  it("of a value names both sides", () => {
    expect(shown(change({ path: ["tags", "Owner"], recorded: "platform", live: "tmp" }))).toEqual([
      '~ tags.Owner  recorded "platform"  live "tmp"',
    ]);
  });

  it("says which side has what the other lacks", () => {
    expect(shown(change({ path: ["tags", "a.b"], op: "add", live: "x" }))).toEqual([
      '+ tags["a.b"]  live only  "x"',
    ]);
    expect(shown(change({ path: ["rule", 1], op: "remove", recorded: objectOf([["id", "r"]]) }))).toEqual([
      '- rule[1]  recorded only  id="r"',
    ]);
  });

  it("of a set shows the element", () => {
    expect(shown(change({ path: ["ingress"], op: "add", element: SSH_RULE }))).toEqual([
      '+ ingress  live only  tcp 22 cidr_blocks=["0.0.0.0/0"] self=false',
    ]);
  });

  it("inside of a JSON string follows its structure", () => {
    const path = ["policy", { json: ["Statement", 0, "Action"] }] as const;
    expect(shown(change({ path, recorded: "s3:Get*", live: "s3:*" }))).toEqual([
      '~ policy → Statement[0].Action  recorded "s3:Get*"  live "s3:*"',
    ]);
  });

  it("tells null, empty and absent apart", () => {
    expect(shown(change({ path: ["a"], recorded: null, live: "" }))).toEqual(['~ a  recorded null  live ""']);
    expect(shown(change({ path: ["a"], live: [] }))).toEqual(["~ a  recorded (absent)  live []"]);
  });

  it("never shows a sensitive value, even when the change carries one", () => {
    const leak = { recorded: "hunter2", live: "hunter3", element: "hunter4" };
    for (const op of ["replace", "add", "remove"] as const) {
      const text = shown(change({ path: ["password"], op, sensitive: true, ...leak })).join("\n");
      expect(text).not.toContain("hunter");
      expect(text).toContain("(sensitive, not shown)");
    }
    expect(declared({ path: ["password"], sensitive: true, recorded: "hunter2" })).toEqual([
      "~ password  differs (sensitive, not shown)",
    ]);
  });

  it("says what is special about it", () => {
    const base = { path: ["a"], recorded: 1, live: 2 } as const;
    expect(shown(change({ ...base, settable: false }))).toEqual([
      "~ a  recorded 1  live 2  (not set in the code)",
    ]);
    expect(shown(change({ ...base, ignoredBy: ".driftignore:3", informational: true }))).toEqual([
      "~ a  recorded 1  live 2  (ignored by .driftignore:3, informational)",
    ]);
  });

  it("that does not fit on a line gets one for each side, broken at spaces", () => {
    const layout = { ...WIDE, width: 40 };
    const words = "one two three four five six seven";
    expect(shown(change({ path: ["description"], recorded: words, live: "short" }), layout)).toEqual([
      "~ description",
      '    recorded  "one two three four five',
      '              six seven"',
      '    live      "short"',
    ]);
  });

  it("of long texts shows where they part", () => {
    const [text] = shown(
      change({ path: ["a"], recorded: `${"x".repeat(1000)}1`, live: `${"x".repeat(1000)}2` }),
    );
    expect(text).toBe(
      `~ a  recorded …"${"x".repeat(50)}1" (1,001 characters)  live …"${"x".repeat(50)}2" (1,001 characters)`,
    );
  });

  it("of texts of several lines shows the lines that differ", () => {
    const recorded = "#!/bin/sh\na\nb\nc\nold\n";
    const live = "#!/bin/sh\na\nb\nc\nnew\u001b[2J\n";
    expect(shown(change({ path: ["user_data"], recorded, live }))).toEqual([
      "~ user_data  recorded (-) and live (+)",
      "      … 2 lines alike",
      "      b",
      "      c",
      "    - old",
      "    + new\\u001b[2J",
      "",
    ]);
  });

  it("of texts with very long lines is cut, and says so", () => {
    const recorded = `${"x".repeat(300)}\nend`;
    const lines = changeLines(change({ path: ["a"], recorded, live: "y\nend" }), WIDE);
    expect(lines.map(plainText)).toContain(`    - ${"x".repeat(200)}…`);
    expect(lines.filter(({ cut }) => cut)).toHaveLength(1);
  });

  it("of texts of very many lines is cut", () => {
    const lines = (word: string) => Array.from({ length: 500 }, (_, i) => `${word}${i}`).join("\n");
    const text = shown(change({ path: ["a"], recorded: lines("a"), live: lines("b") }));
    expect(text).toHaveLength(1 + 10 + 1);
    expect(text.at(-1)).toBe("    … 990 more lines");
  });
});

describe("a pending change in words", () => {
  it("names what was deployed and what the code says", () => {
    expect(declared({ path: ["delay"], recorded: 0, declared: 30 })).toEqual([
      "~ delay  deployed 0  code 30",
    ]);
    expect(declared({ path: ["delay"], recorded: 0, unknown: true })).toEqual([
      "~ delay  deployed 0  code (known after apply)",
    ]);
    expect(declared({ path: ["list"], declared: ["a", unknown] })).toEqual([
      '~ list  deployed (absent)  code ["a", (known after apply)]',
    ]);
  });
});
