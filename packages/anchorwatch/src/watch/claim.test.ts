import fc from "fast-check";
import { expect, it } from "vitest";
import {
  type ClaimId,
  type ClaimRecord,
  claimSteps,
  commonResources,
  MOST_KEPT,
  type ResourceClaim,
} from "./claim.ts";
import type { StackId } from "./stack.ts";

const [A, B, C] = ["a", "b", "c"] as [StackId, StackId, StackId];
const NOW = new Date(0);

function claim(id: string, address = `aws_vpc.${id}`): ResourceClaim {
  return { key: `claim ${id}`, address, type: "aws_vpc", id };
}

function elsewhere(stackId: StackId, ...ids: readonly string[]) {
  return ids.map((id) => ({ identifier: `claim ${id}`, stackId, address: `aws_vpc.their_${id}` }));
}

/** As a stack finds it that has these in common with others. */
function recordOf(own: StackId, other: StackId, ...ids: readonly string[]): ClaimRecord {
  const common = commonResources(
    own,
    ids.map((id) => claim(id)),
    elsewhere(other, ...ids),
  );
  const resources = common.get(other) ?? [];
  return {
    id: "claim-1" as ClaimId,
    stacks: own < other ? [own, other] : [other, own],
    status: "open",
    resources: resources.slice(0, MOST_KEPT),
    count: resources.length,
    openedAt: NOW,
    updatedAt: NOW,
    entryId: "claim-1",
  };
}

it("what a state has in common with each other one is told with both addresses, those of the lesser stack first", () => {
  const found = [...elsewhere(A, "1"), ...elsewhere(B, "1", "2"), ...elsewhere(C, "2")];
  expect(commonResources(B, [claim("1"), claim("2"), claim("3")], found)).toEqual(
    new Map([
      [A, [{ type: "aws_vpc", id: "1", addresses: ["aws_vpc.their_1", "aws_vpc.1"] }]],
      [C, [{ type: "aws_vpc", id: "2", addresses: ["aws_vpc.2", "aws_vpc.their_2"] }]],
    ]),
  );
});

it("a pair is told when it is new and when it is another one, and not when it is as it was", () => {
  const common = commonResources(A, [claim("1"), claim("2")], elsewhere(B, "1", "2"));
  expect(claimSteps(A, [], common)).toEqual([{ kind: "found", other: B, known: undefined }]);
  const same = recordOf(A, B, "2", "1");
  expect(claimSteps(A, [same], common)).toEqual([]);
  const fewer = recordOf(A, B, "1");
  expect(claimSteps(A, [fewer], common)).toEqual([{ kind: "found", other: B, known: fewer }]);
});

it("a pair ends with its last common resource, whichever of the two gives it up", () => {
  const open = recordOf(A, B, "1");
  expect(claimSteps(A, [open], new Map())).toEqual([{ kind: "ended", other: B, known: open }]);
  expect(claimSteps(B, [open], new Map())).toEqual([{ kind: "ended", other: A, known: open }]);
});

it("both stacks find the same record, however many resources they share", () => {
  const ids = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 2 * MOST_KEPT });
  fc.assert(
    fc.property(ids, (shared) => {
      const { resources, count } = recordOf(A, B, ...shared);
      const claims = shared.map((id) => claim(id, `aws_vpc.their_${id}`));
      const others = shared.map((id) => ({
        identifier: `claim ${id}`,
        stackId: A,
        address: `aws_vpc.${id}`,
      }));
      const fromTheOther = commonResources(B, claims, others);
      expect(fromTheOther.get(A)?.slice(0, MOST_KEPT)).toEqual(resources);
      expect(count).toBe(shared.length);
    }),
  );
});

it("of a thing that many stacks have each is told with the first three, and both sides of a pair say the same", () => {
  const stacks = Array.from({ length: 30 }, (_, at) => `s${String(at).padStart(2, "0")}` as StackId);
  const all = stacks.flatMap((stack) => elsewhere(stack, "1"));
  const pairs = stacks.map((own) => [...commonResources(own, [claim("1")], all).keys()]);
  expect(pairs.map((others) => others.length)).toEqual([29, 29, 29, ...Array<number>(27).fill(3)]);
  for (const [at, others] of pairs.entries())
    for (const other of others) expect(pairs[stacks.indexOf(other)]).toContain(stacks[at]);
});
