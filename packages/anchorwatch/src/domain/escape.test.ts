import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapeJson, escapeLines, escapeText, quote } from "./escape.ts";

describe("text that comes from outside", () => {
  it.each([
    ["a terminal escape", "\u001b[2Jx", "\\u001b[2Jx"],
    ["an escape in one byte", "\u009b2J", "\\u009b2J"],
    ["a bell and a delete", "\u0007\u007f", "\\u0007\\u007f"],
    ["line breaks", "a\r\nb\tc", "a\\r\\nb\\tc"],
    ["text from right to left", "\u202egnp.exe", "\\u202egnp.exe"],
    ["invisible characters", "a\u200bb\ufeff\u{e0041}", "a\\u200bb\\ufeff\\u{e0041}"],
    ["a space that is none", "a\u00a0b", "a\\u00a0b"],
    ["half a character", "\ud800", "\\ud800"],
    ["line separators", "\u2028\u2029\u0085", "\\u2028\\u2029\\u0085"],
    ["plain text of any language", "größe 日本 😀 é", "größe 日本 😀 é"],
  ])("shows %s", (_, text, shown) => {
    expect(escapeText(text)).toBe(shown);
  });

  it("never holds a character that a terminal acts on, and escaping twice changes nothing", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const escaped = escapeText(text);
        expect(escaped).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
        expect(escapeText(escaped)).toBe(escaped);
      }),
    );
  });

  it("keeps its own line breaks when it is shown in lines", () => {
    expect(escapeLines("a\r\nb\u001b\nc")).toEqual(["a", "b\\u001b", "c"]);
  });

  it("is quoted so that its end is in no doubt", () => {
    expect(quote('a"b\\c\n')).toBe('"a\\"b\\\\c\\n"');
  });
});

describe("JSON", () => {
  it("means the same when it is made safe, and holds nothing that a terminal acts on", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const json = escapeJson(JSON.stringify({ [text]: text }, null, 2));
        expect(JSON.parse(json)).toEqual({ [text]: text });
        expect(json.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
      }),
    );
  });
});
