import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Path } from "../domain/path.ts";
import type { DeclaredAttributes } from "../domain/shape.ts";
import { unknown, type Value } from "../domain/value.ts";
import { objectShapes, objectValues } from "./arbitraryShapes.fixture.ts";
import {
  computed,
  declared,
  either,
  mapOf,
  objectShape,
  optional,
  STRING,
  setOf,
  value,
} from "./exampleShapes.fixture.ts";
import { marksOf, standingOfMark } from "./marks.ts";

const SHAPE = objectShape({
  description: optional(STRING),
  id: computed(STRING),
  members: either(setOf(STRING)),
  tags: optional(mapOf(STRING)),
});

const fingerprint = (path: Path, text: string) => `${JSON.stringify(path)} ${text}`;
const at = () => ({ madeAt: "t.x", fingerprint });

interface Newer {
  readonly recorded: Value;
  readonly code?: DeclaredAttributes;
  readonly says?: Value;
  readonly elsewhere?: readonly string[];
}

/** One drifted place, and what a newer record says of it. */
function standing(path: Path, [recorded, live]: readonly [Value, Value], newer: Newer): string {
  const [mark, ...others] = marksOf([path], { shape: SHAPE, recorded, live, at });
  expect(others).toEqual([]);
  if (mark === undefined) throw new Error("no mark");
  return standingOfMark(mark, {
    shape: SHAPE,
    recorded: newer.recorded,
    declared: newer.code,
    declaredValues: newer.says ?? value({}),
    isDeclaredElsewhere: (_set, member) => (newer.elsewhere ?? []).includes(String(member)),
    fingerprint,
  });
}

describe("a tag that somebody changed", () => {
  const drift = [value({ tags: { Owner: "platform" } }), value({ tags: { Owner: "tmp" } })] as const;
  const path = ["tags", "Owner"];
  const code = declared({ tags: true });
  const took = value({ tags: { Owner: "tmp", New: "1" } });

  test("is restored when the record has what it had", () => {
    const recorded = value({ tags: { Owner: "platform", New: "1" } });
    expect(standing(path, drift, { recorded, code, says: value({ tags: { Owner: "other" } }) })).toBe(
      "restored",
    );
  });

  test("is a stranger in the record when the code says something else, leaves it out, or sets no tags", () => {
    for (const says of [{ tags: { Owner: "platform" } }, { tags: {} }])
      expect(standing(path, drift, { recorded: took, code, says: value(says) })).toBe("stranger");
    expect(standing(path, drift, { recorded: took })).toBe("stranger");
    expect(standing(path, drift, { recorded: took, code: declared({ description: true }) })).toBe("stranger");
  });

  test("is declared when the code was changed to it", () => {
    const says = value({ tags: { Owner: "tmp" } });
    expect(standing(path, drift, { recorded: took, code, says })).toBe("declared");
  });

  test("is undecided when nobody can tell what the code comes to", () => {
    const says = value({ tags: { Owner: unknown } });
    expect(standing(path, drift, { recorded: took, code, says })).toBe("undecided");
    expect(standing(path, drift, { recorded: took, code, says: value({ tags: unknown }) })).toBe("undecided");
  });

  test("that was taken away is declared once the code has none either", () => {
    const gone = [value({ tags: { Owner: "platform" } }), value({ tags: {} })] as const;
    const recorded = value({ tags: {} });
    expect(standing(path, gone, { recorded, code, says: value({ tags: { A: "b" } }) })).toBe("declared");
    expect(standing(path, gone, { recorded, code, says: value({ tags: { Owner: "platform" } }) })).toBe(
      "stranger",
    );
  });
});

describe("members that came and went in a set", () => {
  const drift = [value({ members: ["a", "b"] }), value({ members: ["a", "backdoor"] })] as const;
  const path = ["members"];

  test("are restored when the strangers are out of the record and the lost ones in it, whatever else came", () => {
    const recorded = value({ members: ["b", "new", "a"] });
    expect(standing(path, drift, { recorded })).toBe("restored");
  });

  test("are strangers while one of them is recorded, or one that was lost is not", () => {
    for (const members of [["a", "b", "backdoor"], ["a"]])
      expect(standing(path, drift, { recorded: value({ members }) })).toBe("stranger");
  });

  test("are declared when other resources declare all that came and nothing was lost", () => {
    const came = [value({ members: ["a"] }), value({ members: ["a", "x", "y"] })] as const;
    const recorded = value({ members: ["a", "x", "y"] });
    expect(standing(path, came, { recorded, elsewhere: ["x", "y"] })).toBe("declared");
    expect(standing(path, came, { recorded, elsewhere: ["x"] })).toBe("stranger");
  });

  test("are declared when the code's own set is the recorded one", () => {
    const recorded = value({ members: ["backdoor", "a"] });
    const says = value({ members: ["a", "backdoor"] });
    expect(standing(path, drift, { recorded, code: declared({ members: true }), says })).toBe("declared");
  });
});

test("several changes inside of one list or document are one mark, which ends there", () => {
  const shape = objectShape({
    rules: optional({ kind: "list", element: objectShape({ port: optional(STRING) }) }),
  });
  const recorded = value({ rules: [{ port: "1" }, { port: "2" }] });
  const live = value({ rules: [{ port: "3" }, { port: "4" }] });
  const paths = [
    ["rules", 0, "port"],
    ["rules", 1, "port"],
  ];
  const marks = marksOf(paths, { shape, recorded, live, at });
  expect(marks).toMatchObject([{ kind: "value", path: ["rules"] }]);
});

test("a record that is as it was before the drift restores every mark, whatever the values", () => {
  const cases = objectShapes.chain((shape) =>
    fc.tuple(fc.constant(shape), objectValues(shape), objectValues(shape)),
  );
  fc.assert(
    fc.property(cases, ([shape, recorded, live]) => {
      const paths = [...shape.attributes.keys()].map((name) => [name]);
      for (const mark of marksOf(paths, { shape, recorded, live, at })) {
        const newer = {
          shape,
          recorded,
          declared: undefined,
          declaredValues: value({}),
          isDeclaredElsewhere: () => false,
          fingerprint,
        };
        expect(standingOfMark(mark, newer)).toBe("restored");
      }
    }),
  );
});
