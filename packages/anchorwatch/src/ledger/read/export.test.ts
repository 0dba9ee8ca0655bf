import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { encodeEntry } from "../entry/entry.ts";
import { type ExportFormat, exportEntries } from "./export.ts";
import { entryInput, logOf } from "./log.fixture.ts";
import { openLog } from "./openLog.ts";
import { search } from "./search.ts";

const foreign = new TextEncoder().encode('{"not":"ours"}');

async function exported(format: ExportFormat): Promise<readonly string[]> {
  const log = await logOf(5, (at) => (at === 2 ? foreign : encodeEntry(entryInput(at))));
  const opened = await openLog(log.source, { keys: [log.key] });
  const pieces: string[] = [];
  for await (const piece of exportEntries(opened, search(opened, {}), format, "1.2.3")) pieces.push(piece);
  return pieces;
}

function leafOf(bytes: Uint8Array | string): string {
  return createHash("sha256").update(Uint8Array.of(0)).update(bytes).digest("base64");
}

describe("an export", () => {
  it("as JSON Lines begins with the checkpoint, and its entries give back the bytes that were hashed", async () => {
    const [head, ...lines] = (await exported("jsonl")).map((text) => JSON.parse(text));
    expect(head).toMatchObject({
      schema: "anchorwatch.ledger-export/v1",
      origin: "example.com/log",
      size: 5,
    });
    expect(head.checkpoint).toContain(`\n5\n${head.root}\n`);
    expect(lines.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4]);
    // The entries of this fixture have no numbers or texts whose canonical form differs from that of JSON.stringify.
    for (const { entry, leaf, bytes } of lines) {
      expect(leaf).toBe(leafOf(bytes === undefined ? JSON.stringify(entry) : Buffer.from(bytes, "base64")));
    }
    expect(lines[2]).toMatchObject({
      bytes: Buffer.from(foreign).toString("base64"),
      unreadable: expect.any(String),
    });
  });

  it("has the bytes of an entry that no JSON of ours gives back", async () => {
    const half = new TextDecoder().decode(encodeEntry(entryInput(0))).replace("no space", "no \\ud800");
    const log = await logOf(1, () => new TextEncoder().encode(half));
    const opened = await openLog(log.source, { keys: [log.key] });
    const lines: string[] = [];
    for await (const piece of exportEntries(opened, search(opened, {}), "jsonl", "1")) lines.push(piece);
    expect(JSON.parse(lines[1] ?? "")).toMatchObject({
      entry: { id: "entry-0" },
      bytes: Buffer.from(half).toString("base64"),
    });
  });

  it("as OCSF events has the proof in each event", async () => {
    const events = (await exported("ocsf")).map((text) => JSON.parse(text));
    expect(events).toHaveLength(5);
    for (const [index, event] of events.entries()) {
      expect(event.metadata.sequence).toBe(index);
      expect(event.unmapped.inclusion).toMatchObject({ size: 5, leaf: expect.any(String) });
      expect(event.unmapped.inclusion.proof.length).toBeGreaterThan(0);
    }
    expect(events[2].unmapped.data.bytes).toBe(Buffer.from(foreign).toString("base64"));
  });

  it("as CSV has as many cells in each row as in the head, and nothing that a spreadsheet would run", async () => {
    const [head = "", ...rows] = await exported("csv");
    expect(head).toMatch(/,tree_size,tree_root,leaf_hash,inclusion_proof\r\n$/);
    expect(rows).toHaveLength(5);
    for (const row of rows) expect(row).toMatch(/,5,[0-9a-f]{64},[0-9a-f]{64},([0-9a-f]{64} ?)+\r\n$/);
  });
});
