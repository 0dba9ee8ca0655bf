/** YAML in the one style of Terraform's `yamlencode`: keys and texts in double quotes, lists at their key's own indent. */
import { EvaluationFailure } from "../failure.ts";
import { toText } from "../values/bigFloat.ts";
import type { Typed } from "../values/typed.ts";

export function toYaml(value: Typed): string {
  return `${lines(value).join("\n")}\n`;
}

/** The lines of a block; nested ones indent them. */
function lines(value: Typed): string[] {
  if ("items" in value && value.items.length > 0)
    return value.items.flatMap((item) => hung("-", lines(item)));
  if ("entries" in value && value.entries.size > 0)
    return [...value.entries].flatMap(([key, part]) => member(key, part));
  return scalarLines(value);
}

/** `- ` before the first line, two spaces before the others. */
function hung(mark: string, block: readonly string[]): string[] {
  return block.map((line, index) => (index === 0 ? `${mark} ${line}` : indent(line)));
}

function indent(line: string): string {
  return line === "" ? line : `  ${line}`;
}

function member(key: string, value: Typed): string[] {
  const name = `${quoted(key)}:`;
  const block = lines(value);
  const empty =
    ("items" in value && value.items.length === 0) || ("entries" in value && value.entries.size === 0);
  if (empty) return [`${name} ${block[0]}`];
  if ("items" in value) return [name, ...block];
  if ("entries" in value) return [name, ...block.map(indent)];
  const [first = "", ...rest] = block;
  return [`${name} ${first}`, ...rest.map(indent)];
}

function scalarLines(value: Typed): string[] {
  switch (value.kind) {
    case "string":
      return value.text.includes("\n") ? literalBlock(value.text) : [quoted(value.text)];
    case "number":
      return [toText(value.number)];
    case "bool":
      return [String(value.bool)];
    case "null":
      return ["null"];
    case "unknown":
      throw new EvaluationFailure("a part of the value is not known");
    default:
      return ["entries" in value ? "{}" : "[]"];
  }
}

/** The header says how many line breaks end the text, and the indent where the first line begins with a space. */
function literalBlock(value: string): string[] {
  const body = value.split("\n");
  const indicator = /^[ \n]/.test(value) ? "2" : "";
  const chomping = !value.endsWith("\n") ? "-" : value.endsWith("\n\n") ? "+" : "";
  return [`|${indicator}${chomping}`, ...(value.endsWith("\n") ? body.slice(0, -1) : body)];
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\0": "\\0",
  "\x07": "\\a",
  "\b": "\\b",
  "\v": "\\v",
  "\f": "\\f",
  "\r": "\\r",
  "\t": "\\t",
  "\x1b": "\\e",
  "\x85": "\\N",
  "\xa0": "\\_",
  "\u2028": "\\L",
  "\u2029": "\\P",
  '"': '\\"',
  "\\": "\\\\",
};

function quoted(value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what YAML cannot hold as they are
  const escaped = value.replace(/[\x00-\x1f\x7f-\xa0\u2028\u2029\ufeff"\\]/g, (character) => {
    if (character === "\n") return "\\n";
    return ESCAPES[character] ?? `\\x${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
  });
  return `"${escaped}"`;
}
