import { expect, it } from "vitest";
import type { Warning } from "../../domain/errors.ts";
import type { JsonObject } from "../../domain/jsonValue.ts";
import { withContent } from "../../ledger/entry/content.ts";
import { type EntryInput, encodeEntry } from "../../ledger/entry/entry.ts";
import { NO_METER } from "../../watch/meter.ts";
import type { OutboxEntry, OutboxRecords } from "../../watch/records.ts";
import { publishOutbox } from "./publishing.ts";

const TIME = new Date("2026-01-02T03:04:05.678Z");

function dead(id: string, detector: string): OutboxEntry {
  const entry: JsonObject = {
    id,
    kind: "detector.dead",
    time: TIME.toISOString(),
    actor: { type: "system", id: "anchorwatch/watch" },
    data: { detector, reason: "It gave no sign of life." },
  };
  return { id, entry, content: [] };
}

/** Publishes into a writer that takes what the ledger takes. */
async function published(waiting: readonly OutboxEntry[]) {
  let left = waiting;
  const outbox: OutboxRecords = {
    put: async () => {},
    next: async (limit) => left.slice(0, limit),
    published: async (ids) => {
      left = left.filter(({ id }) => !ids.includes(id));
      return ids.map(() => 5);
    },
    backlog: async () => ({ entries: left.length }),
  };
  const appended: EntryInput[] = [];
  const contents: string[] = [];
  const warnings: Warning[] = [];
  await publishOutbox({
    outbox,
    writer: {
      append: async (entry, content = []) => {
        encodeEntry(withContent(entry, content));
        appended.push(entry);
        contents.push(...content.map(({ bytes }) => Buffer.from(bytes).toString()));
        return { index: appended.length - 1, existed: false };
      },
    },
    now: () => TIME,
    onPublished: () => {},
    meter: NO_METER,
    onWarning: (warning) => warnings.push(warning),
    signal: new AbortController().signal,
  });
  return { left, appended, contents, warnings };
}

it.each([
  ["half of a character", "trail \ud800"],
  ["an empty name", ""],
  ["more than an entry holds", "x".repeat(70_000)],
])(
  "an entry that the ledger refuses (%s) holds up no other, and is in the log as refused",
  async (_, name) => {
    const waiting = [dead("one", "trail"), dead("two", name), dead("three", "queue")];
    const { left, appended, contents, warnings } = await published(waiting);
    expect(left).toEqual([]);
    expect(appended.map(({ id, kind }) => `${id} ${kind}`).sort()).toEqual([
      "one detector.dead",
      "three detector.dead",
      "two ledger.entry_refused",
    ]);
    expect(contents.map((text) => JSON.parse(text).data.detector)).toEqual([name]);
    expect(warnings).toHaveLength(1);
  },
);

it("an entry whose very id is refused gets another one", async () => {
  const { left, appended } = await published([dead("two words", "trail")]);
  expect(left).toEqual([]);
  expect(appended).toMatchObject([{ id: expect.stringMatching(/^refused-[0-9a-f]{32}$/) }]);
});
