import { describe, expect, test } from "vitest";
import { z } from "zod";
import { entry } from "./entries.fixture.ts";
import { decodeEntry, encodeEntry, MAX_ENTRY_BYTES } from "./entry.ts";
import type { EntryInput } from "./form.ts";
import { KINDS } from "./kinds/registry.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

function refusal(given: unknown) {
  try {
    encodeEntry(given as EntryInput);
  } catch (error) {
    return error;
  }
  return undefined;
}

describe("an entry", () => {
  test("is stored as canonical JSON with its schema, and read back as it was", () => {
    const given = entry({
      stack: { name: "network", kind: "terraform", workspace: "default" },
      address: "aws_security_group.web",
      refs: [{ type: "check", id: "c-1" }],
      before: { "tags.Owner": "platform" },
      after: { "tags.Owner": "tmp" },
      content: [
        { role: "plan", mediaType: "application/json", bytes: 9, digest: `sha256:${"0".repeat(64)}` },
      ],
    });
    const bytes = encodeEntry(given);
    expect(Buffer.from(bytes).toString()).toMatch(/^\{"actor":\{.*"schema":"anchorwatch.entry\/v1".*\}$/);
    expect(decodeEntry(bytes)).toEqual({
      kind: "entry",
      known: true,
      entry: { schema: "anchorwatch.entry/v1", ...given },
    });
  });

  test("has the same bytes whatever the order of its members", () => {
    const given = entry();
    const reversed = Object.fromEntries(Object.entries(given).reverse()) as unknown as EntryInput;
    expect(encodeEntry(reversed)).toEqual(encodeEntry(given));
  });

  const change = { path: ["tags"], op: "replace", settable: true };
  const { data } = entry();
  test.each<[string, unknown, RegExp]>([
    [
      "a wrong value deep inside",
      { data: { ...data, changes: [change, change, { ...change, path: "tags" }] } },
      /data\.changes\[2\]\.path: expected a list/,
    ],
    [
      "a wrong value in one of several forms",
      { data: { ...data, changes: [{ ...change, path: ["a", { json: [true] }] }] } },
      /data\.changes\[0\]\.path\[1\]/,
    ],
    ["a member that its kind does not have", { data: { ...data, colour: "red" } }, /data: .*“colour”/],
    ["a missing member", { kind: "check.failed", data: { trigger: "ci" } }, /data\.startedAt/],
    ["no time", { time: "yesterday" }, /time: expected a time such as/],
    ["a day that does not exist", { time: "2026-02-31T00:00:00.000Z" }, /time: /],
    ["a time without milliseconds", { time: "2026-01-02T03:04:05Z" }, /time: /],
    ["an id with a space", { id: "a b" }, /: id: expected 1 to 128 visible ASCII/],
    ["an id that is too long", { id: "x".repeat(129) }, /: id: /],
    [
      "an actor of another type",
      { actor: { type: "robot", id: "r" } },
      /actor\.type: expected actor or user or system/,
    ],
    ["a kind that nobody writes", { kind: "drift.invented" }, /kind: “drift.invented”/],
    ["a kind by the name of a method", { kind: "to.string" }, /kind: /],
    ["a number that JSON does not have", { before: { size: Number.NaN } }, /before\.size/],
    ["a member of its own", { severity: "high" }, /the entry: .*“severity”/],
    [
      "content under no digest",
      { content: [{ digest: "md5:1", bytes: 1, mediaType: "a/b", role: "r" }] },
      /content\[0\]\.digest/,
    ],
  ])("is refused with %s, and the failing path is told", (_, given, message) => {
    expect(refusal({ ...entry(), ...(given as object) })).toMatchObject({
      code: "ledger_entry_invalid",
      message: expect.stringMatching(message),
    });
  });

  test("is refused whole when it is nothing like an entry", () => {
    for (const nothing of [{}, { id: 1, kind: null }])
      expect(refusal(nothing)).toMatchObject({ code: "ledger_entry_invalid" });
  });

  test("may have as many bytes as a bundle can hold, and not one more", () => {
    const small = entry({ after: "" });
    const room = MAX_ENTRY_BYTES - encodeEntry(small).length;
    expect(encodeEntry({ ...small, after: "x".repeat(room) })).toHaveLength(MAX_ENTRY_BYTES);
    expect(refusal({ ...small, after: "x".repeat(room + 1) })).toMatchObject({
      code: "ledger_entry_too_large",
      message: expect.stringContaining("65,536 bytes"),
      hint: expect.stringMatching(/^Append after as content/),
    });
  });

  test("names the largest member of its data when it is too large", () => {
    const notes = Array.from({ length: 9000 }, () => ({ path: ["ä"], by: "rule" }));
    expect(refusal(entry({ data: { ...data, ignored: notes } }))).toMatchObject({
      code: "ledger_entry_too_large",
      message: expect.stringContaining("data.ignored"),
    });
  });

  test("can be of a kind that a later version adds", () => {
    const kinds = {
      ...KINDS,
      "tide.turned": { ...KINDS["check.completed"], schema: z.object({ height: z.number() }) },
    };
    const bytes = encodeEntry(entry({ kind: "tide.turned", data: { height: 3 } }), kinds);
    expect(decodeEntry(bytes, kinds)).toMatchObject({ known: true });
    expect(decodeEntry(bytes)).toMatchObject({ kind: "entry", known: false, entry: { data: { height: 3 } } });
  });
});

describe("bytes that are no entry of this version", () => {
  test("keep members that this version does not know", () => {
    const later = { schema: "anchorwatch.entry/v2", ...entry(), mood: { calm: true } };
    expect(decodeEntry(bytesOf(JSON.stringify(later)))).toMatchObject({
      kind: "entry",
      entry: { mood: { calm: true } },
    });
  });

  const stored = { schema: "anchorwatch.entry/v1", ...entry() };
  test.each<[string, Uint8Array, RegExp]>([
    ["nothing", bytesOf(""), /no JSON/],
    ["something binary", Uint8Array.of(0xff, 0x00, 0x80), /no UTF-8/],
    ["text", bytesOf("hello"), /no JSON/],
    ["a byte order mark", bytesOf(`\ufeff${JSON.stringify(stored)}`), /no JSON/],
    ["a list", bytesOf("[]"), /no object/],
    ["somebody else's object", bytesOf('{"a":1}'), /schema/],
    ["an entry without id", bytesOf(JSON.stringify({ ...stored, id: undefined })), /"id"/],
    ["an entry without a time", bytesOf(JSON.stringify({ ...stored, time: "soon" })), /"time"/],
    ["an entry by nobody", bytesOf(JSON.stringify({ ...stored, actor: "me" })), /"actor"/],
    [
      "an actor whose name is a list",
      bytesOf(JSON.stringify({ ...stored, actor: { type: "user", id: "u-1", name: ["a", "b"] } })),
      /"actor" has a member that is no text/,
    ],
    [
      "a stack whose lineage is an object",
      bytesOf(JSON.stringify({ ...stored, stack: { name: "network", lineage: {} } })),
      /"stack" has a member that is no text/,
    ],
    ["an entry without data", bytesOf(JSON.stringify({ ...stored, data: [] })), /"data"/],
    ["a stack without name", bytesOf(JSON.stringify({ ...stored, stack: {} })), /"stack"/],
    ["an address that is none", bytesOf(JSON.stringify({ ...stored, address: 1 })), /"address"/],
    ["references that are none", bytesOf(JSON.stringify({ ...stored, refs: ["x"] })), /"refs"/],
    [
      "a reference to what is no text",
      bytesOf(JSON.stringify({ ...stored, refs: [{ type: { toString: 1 }, id: "x" }] })),
      /"refs"/,
    ],
    ["content that is none", bytesOf(JSON.stringify({ ...stored, content: {} })), /"content"/],
    [
      "an abyss",
      bytesOf(
        JSON.stringify({ ...stored, before: 0 }).replace(
          '"before":0',
          `"before":${"[".repeat(9000)}${"]".repeat(9000)}`,
        ),
      ),
      /too deep/,
    ],
  ])("are told from entries: %s", (_, bytes, reason) => {
    expect(decodeEntry(bytes)).toEqual({ kind: "unreadable", reason: expect.stringMatching(reason) });
  });
});
