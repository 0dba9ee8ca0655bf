/** Other spellings in which programs print a text. */

/** A line that is shorter may be anything. */
const SHORTEST_LINE = 8;
/** Fewer characters of base64 may be anything, too. */
const SHORTEST_BASE64 = 12;

/** The text itself, and as it stands in JSON, URLs and base64; the lines of a longer one. */
export function respellings(text: string): ReadonlySet<string> {
  const spellings = new Set<string>();
  for (const part of [text, text.trim(), ...linesOf(text)]) {
    spellings.add(part);
    for (const json of jsonForms(part)) spellings.add(json);
    for (const encoded of urlForms(part)) spellings.add(encoded);
    for (const encoded of base64Forms(part)) spellings.add(encoded);
  }
  return spellings;
}

/** Lines of keys and certificates, without the armour that all of them share. */
function linesOf(text: string): readonly string[] {
  if (!text.includes("\n")) return [];
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line.length >= SHORTEST_LINE && !line.startsWith("-----"));
}

/** As JSON, and as JSON inside of a text in JSON, which policies and container definitions are full of. */
function jsonForms(text: string): readonly string[] {
  const once = JSON.stringify(text).slice(1, -1);
  const twice = JSON.stringify(once).slice(1, -1);
  const go = once.replace(/[<>&]/g, asUnicode);
  return [once, twice, go, JSON.stringify(go).slice(1, -1)];
}

/** As Go's encoding/json writes them. */
function asUnicode(character: string): string {
  return `\\u00${character.charCodeAt(0).toString(16)}`;
}

function urlForms(text: string): readonly string[] {
  const encoded = encodeURIComponent(text.toWellFormed());
  const strict = encoded.replace(/[!'()*~]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return [
    encoded,
    strict,
    strict.replaceAll("%20", "+"),
    strict.replace(/%[0-9A-F]{2}/g, (c) => c.toLowerCase()),
  ];
}

/** Inside of longer text (`user:password`) base64 depends on where the secret begins: there are three ways. */
function base64Forms(text: string): readonly string[] {
  const bytes = Buffer.from(text, "utf8");
  const forms = [bytes.toString("base64").replace(/=+$/, "")];
  for (const before of [0, 1, 2]) {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
    const first = Math.ceil((before * 8) / 6);
    const last = Math.floor(((before + bytes.length) * 8) / 6);
    forms.push(encoded.slice(first, last));
  }
  const long = forms.filter((form) => form.length >= SHORTEST_BASE64);
  return [...long, ...long.map((form) => form.replaceAll("+", "-").replaceAll("/", "_"))];
}
