import { describe, expect, it } from "vitest";
import { change } from "../../cli/formats/checkResult.fixture.ts";
import { objectOf } from "../../domain/value.ts";
import type { Judgement } from "./judge.ts";
import { told } from "./telling.ts";

const THERE = objectOf([["a", 1]]);
const RULE = "anchorwatch.yaml:2: aws_vpc";

const mixed: Judgement = {
  ...{ verdict: "changed", recorded: THERE, live: THERE },
  changes: [
    change({ path: ["ami"] }),
    change({ path: ["tags"], ignoredBy: RULE }),
    change({ path: ["etag"], informational: true, ignoredBy: RULE }),
  ],
};

describe("what a rule of the code ignores", () => {
  it("is asked about with what differs beside it, and stays ignored where nobody minds", async () => {
    const asked: unknown[] = [];
    const judged = await told(mixed, (verdict, differing) => {
      asked.push(
        verdict,
        differing.map(({ path, ignoredBy }) => [path, ignoredBy]),
      );
      return false;
    });
    expect(asked).toEqual([
      "changed",
      [
        [["ami"], undefined],
        [["tags"], RULE],
      ],
    ]);
    expect(judged).toBe(mixed);
  });

  it("is told, with the rule, where it must be", async () => {
    const silent: Judgement = {
      ...mixed,
      verdict: "ignored",
      reason: { code: "rule", message: `ignored by ${RULE}` },
    };
    const judged = await told(silent, async () => true);
    expect([judged.verdict, judged.reason]).toEqual(["changed", undefined]);
    expect(judged.changes.map(({ ignoredBy, toldDespite }) => [ignoredBy, toldDespite])).toEqual([
      [undefined, undefined],
      [undefined, RULE],
      [RULE, undefined],
    ]);
  });

  it("is told, too, where all of it is gone, and says why", async () => {
    const gone: Judgement = {
      ...{ verdict: "ignored", recorded: THERE, live: null, changes: [] },
      reason: { code: "rule", message: `ignored by ${RULE}` },
    };
    const judged = await told(gone, (verdict) => verdict === "deleted");
    expect(judged).toMatchObject({ verdict: "deleted", reason: { code: "told_despite" } });
    expect(judged.reason?.message).toContain(RULE);
  });

  it("asks nobody where nothing is ignored", async () => {
    const { changes } = mixed;
    const plain = { ...mixed, changes: changes.slice(0, 1) };
    expect(await told(plain, () => expect.unreachable())).toBe(plain);
  });
});
