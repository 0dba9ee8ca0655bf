/**
 * Live values, ids and messages are attacker-controlled: a tag can hold terminal escapes, text that runs right to left,
 * or spaces that look like others. Everything that is printed goes through here first.
 */

/** Controls, format characters (bidirectional marks, zero widths, tags), line separators, odd spaces, lone surrogates, noncharacters. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\u{fffe}\u{ffff}]|(?! )\p{Zs}/gu;

/** Nearly everything is, and needs no closer look. */
const PRINTABLE_ASCII = /^[ -~]*$/;

const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** One line of text without anything that a terminal, an editor or a browser would act on: `\u001b[2J`. */
export function escapeText(text: string): string {
  return PRINTABLE_ASCII.test(text) ? text : text.replace(UNPRINTABLE, escapeCharacter);
}

/** The same for text whose line breaks are its own, as lines. */
export function escapeLines(text: string): readonly string[] {
  return text.split(/\r\n|\n|\r/).map(escapeText);
}

/** As a string literal: `"a\"b\u001b"`. */
export function quote(text: string): string {
  return `"${escapeText(text.replace(/[\\"]/g, "\\$&"))}"`;
}

/**
 * JSON text whose strings hold nothing that a terminal or an editor would act on; it still means the same.
 * (`JSON.stringify` escapes the first 32 control characters only: U+009B begins a terminal escape as well.)
 */
export function escapeJson(json: string): string {
  return json.replace(UNSAFE_IN_JSON, (character) => {
    const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i));
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
  });
}

/** Line breaks between JSON's tokens are not meant: inside of strings they are escaped already. */
const UNSAFE_IN_JSON = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u{fffe}\u{ffff}]/gu;

function escapeCharacter(character: string): string {
  const short = SHORT[character];
  if (short !== undefined) return short;
  const code = character.codePointAt(0) ?? 0;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, "0")}`;
}
