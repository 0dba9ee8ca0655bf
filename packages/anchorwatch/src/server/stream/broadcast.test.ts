import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LabelSetKey } from "../../domain/labels.ts";
import type { StoredEvent } from "../../watch/records.ts";
import type { StackId } from "../../watch/stack.ts";
import { ALL_LABELS } from "../memoryAccess.fixture.ts";
import { driftNumber, NOW, stackNamed } from "../memoryWatch.fixture.ts";
import { Broadcast, type StreamMessage } from "./broadcast.ts";
import type { StreamReader } from "./reader.ts";

const change = (number: number) =>
  ({ kind: "drift", step: "opened", drift: driftNumber(number), labelSet: ALL_LABELS }) as const;
const everything: StreamReader = {
  visible: new Set([ALL_LABELS]),
  visibleAccounts: new Set(),
  decidedUpTo: 1000 as LabelSetKey,
  seesWatch: true,
};
function textOf({ textFor }: StreamMessage, reader = everything): string {
  const heard = textFor(reader);
  return typeof heard === "string" ? heard : heard.text;
}
const numberIn = (message: StreamMessage) => Number(/"id":"drift-(\d+)"/.exec(textOf(message))?.[1]);

describe("the broadcast", () => {
  it("gives whoever was away all that it missed, in order, or tells that it cannot", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.nat(30), fc.nat(30), (kept, before, away) => {
        const broadcast = new Broadcast("e", { messages: kept, characters: 1e9 });
        for (let i = 1; i <= before; i++) broadcast.publish(change(i), NOW);
        const id = broadcast.idOf(broadcast.last);
        for (let i = before + 1; i <= before + away; i++) broadcast.publish(change(i), NOW);
        const missed = broadcast.after(broadcast.numberOf(id) ?? Number.NaN);
        const all = Array.from({ length: away }, (_, i) => before + 1 + i);
        expect(missed?.map(numberIn)).toEqual(away <= kept ? all : undefined);
      }),
    );
  });

  it.each(["", "e-", "e-x", "other-1", "e--1", "e-1.5", `e-${"9".repeat(30)}`, "e-1\ndata: x"])(
    "does not take %j for a place in it",
    (id) => expect(new Broadcast("e").numberOf(id)).toBeUndefined(),
  );

  it("knows nothing of what is still to come", () => {
    const broadcast = new Broadcast("e");
    broadcast.publish(change(1), NOW);
    expect(broadcast.after(2)).toBeUndefined();
  });

  it("lets nobody go on over a gap: readers load anew, and what was before it is kept for nobody", () => {
    const broadcast = new Broadcast("e");
    broadcast.publish(change(1), NOW);
    const upToDate = broadcast.last;
    broadcast.publish({ kind: "missed" }, NOW);
    broadcast.publish(change(2), NOW);
    expect(broadcast.after(0)).toBeUndefined();
    const heard = broadcast.after(upToDate)?.map((message) => textOf(message)) ?? [];
    expect(heard).toHaveLength(2);
    expect(heard[0]).toContain(
      'event: ready\ndata: {"schema":"anchorwatch.stream-ready/v1","resumed":false}',
    );
  });

  it("keeps no more characters than it may, however large the changes are", () => {
    const size = 10_000;
    const broadcast = new Broadcast("e", { messages: 1000, characters: 5 * size });
    const large = driftNumber(1, { found: { after: "x".repeat(size) } });
    for (let i = 0; i < 20; i++)
      broadcast.publish({ kind: "drift", step: "updated", drift: large, labelSet: ALL_LABELS }, NOW);
    expect(broadcast.after(17)).toHaveLength(3);
    expect(broadcast.after(10)).toBeUndefined();
  });

  it("writes each kind of change in the shape of its route, on one line", () => {
    const broadcast = new Broadcast("e");
    const configuration = { inForceSince: NOW };
    const detector = { name: "publisher", at: NOW, expectedWithinMs: 1, deadSince: NOW };
    const event = eventTouching("id-a", "id-b");
    const labelSets = new Map([
      ["id-a", ALL_LABELS],
      ["id-b", ALL_LABELS],
    ]);
    broadcast.publish({ kind: "stack", stack: stackNamed("a\nb") }, NOW);
    broadcast.publish({ kind: "detector", detector }, NOW);
    broadcast.publish({ kind: "configuration", configuration }, NOW);
    broadcast.publish({ kind: "event", event, labelSets }, NOW);
    const heard = broadcast.after(0)?.map((message) => textOf(message)) ?? [];
    expect(heard.map((text) => text.split("\n")[1])).toEqual([
      "event: stack",
      "event: detector",
      "event: configuration",
      "event: event",
    ]);
    const data = heard.map((text) => JSON.parse(text.split("\n")[2]?.replace("data: ", "") ?? ""));
    expect(data).toMatchObject([
      { schema: "anchorwatch.stack/v1", name: "a\nb" },
      { schema: "anchorwatch.detector/v1", isAlive: false },
      { schema: "anchorwatch.configuration/v1" },
      { schema: "anchorwatch.event/v1", touched: [{ stackId: "id-a" }, { stackId: "id-b" }] },
    ]);
    expect(heard.every((text) => text.split("\n").length === 5)).toBe(true);
  });

  it("tells of an event only what it did to stacks that one may see", () => {
    const broadcast = new Broadcast("e");
    const hidden = 2 as LabelSetKey;
    const labelSets = new Map([
      ["id-a", ALL_LABELS],
      ["id-b", hidden],
    ]);
    broadcast.publish({ kind: "event", event: eventTouching("id-a", "id-b"), labelSets }, NOW);
    broadcast.publish({ kind: "event", event: eventTouching("id-b"), labelSets }, NOW);
    const [both, other] = broadcast.after(0) ?? [];
    const told = (message: StreamMessage | undefined, changes: Partial<StreamReader> = {}) =>
      message && textOf(message, { ...everything, ...changes });
    expect(told(both)).toContain('"touched":[{"stackId":"id-a","address":"aws_sqs_queue.q"}]');
    expect(told(both)).not.toContain("id-b");
    expect([told(other), told(both, { stackId: "id-b" }), told(both, { stackId: "id-c" })]).toEqual(
      Array(3).fill("nothing"),
    );
    expect(told(both, { visible: new Set([ALL_LABELS, hidden]) })).toContain("id-b");
    expect(told(both, { decidedUpTo: ALL_LABELS })).toBe("undecided");
  });

  it("gives ids that tell nobody how much there was between two messages", () => {
    const broadcast = new Broadcast("e");
    const ids = [broadcast.idOf(1), broadcast.idOf(1), broadcast.idOf(2)];
    expect(new Set(ids).size).toBe(3);
    expect(ids.map((id) => broadcast.numberOf(id))).toEqual([1, 1, 2]);
    expect(ids.map((id) => new Broadcast("other").numberOf(id))).toEqual([undefined, undefined, undefined]);
  });
});

function eventTouching(...stackIds: readonly string[]): StoredEvent {
  return {
    ...{ id: "e", source: "trail", name: "SetQueueAttributes", service: "sqs.amazonaws.com" },
    ...{ time: NOW, receivedAt: NOW, identifiers: ["q"] },
    actor: { principal: "arn:aws:iam::1:user/ada", kind: "user", channel: "cli" },
    touched: stackIds.map((stackId) => ({ stackId: stackId as StackId, address: "aws_sqs_queue.q" })),
  };
}
