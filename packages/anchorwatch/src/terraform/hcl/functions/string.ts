import { EvaluationFailure } from "../failure.ts";
import { fromInteger } from "../values/bigFloat.ts";
import { BOOL, listOf, NUMBER, STRING } from "../values/type.ts";
import { bool, checkedTextWeight, checkedWeight, list, number, text } from "../values/typed.ts";
import { integerAt, textAt, textsOf } from "./arguments.ts";
import type { FunctionDefinition, Parameter } from "./define.ts";
import { replacePattern } from "./regex.ts";

const S: Parameter = { type: STRING };
const N: Parameter = { type: NUMBER };

const oneText = (run: (value: string) => string): FunctionDefinition => ({
  params: [S],
  returns: STRING,
  run: (args) => text(run(textAt(args, 0))),
});

const twoTexts = (run: (a: string, b: string) => string): FunctionDefinition => ({
  params: [S, S],
  returns: STRING,
  run: (args) => text(run(textAt(args, 0), textAt(args, 1))),
});

const question = (run: (a: string, b: string) => boolean): FunctionDefinition => ({
  params: [S, S],
  returns: BOOL,
  run: (args) => bool(run(textAt(args, 0), textAt(args, 1))),
});

export const STRING_FUNCTIONS: Readonly<Record<string, FunctionDefinition>> = {
  chomp: oneText((value) => value.replace(TRAILING_BREAKS, "")),
  lower: oneText((value) => mapCharacters(value, (character) => character.toLowerCase())),
  upper: oneText((value) => mapCharacters(value, (character) => character.toUpperCase())),
  title: oneText(titleCase),
  strrev: oneText((value) => graphemes(value).reverse().join("")),
  trimspace: oneText((value) => value.replace(/^\p{White_Space}+/u, "").replace(TRAILING_SPACE, "")),
  trim: twoTexts(trimCharacters),
  trimprefix: twoTexts((value, prefix) => (value.startsWith(prefix) ? value.slice(prefix.length) : value)),
  trimsuffix: twoTexts((value, suffix) =>
    suffix !== "" && value.endsWith(suffix) ? value.slice(0, -suffix.length) : value,
  ),
  startswith: question((value, prefix) => value.startsWith(prefix)),
  endswith: question((value, suffix) => value.endsWith(suffix)),
  strcontains: question((value, part) => value.includes(part)),
  indent: {
    params: [N, S],
    returns: STRING,
    run: (args) => text(indented(textAt(args, 1), integerAt(args, 0))),
  },
  join: {
    params: [S],
    rest: { type: listOf(STRING) },
    returns: STRING,
    run: (args) => {
      if (args.length < 2) throw new EvaluationFailure("at least one list is needed");
      const parts = args.slice(1).flatMap(textsOf);
      checkedTextWeight(parts.length * textAt(args, 0).length);
      return text(parts.join(textAt(args, 0)));
    },
  },
  split: {
    params: [S, S],
    returns: listOf(STRING),
    run: (args) => {
      const separator = textAt(args, 0);
      const parts = separator === "" ? [...textAt(args, 1)] : textAt(args, 1).split(separator);
      checkedWeight(parts.length);
      return list(parts.map(text), STRING);
    },
  },
  substr: {
    params: [S, N, N],
    returns: STRING,
    run: (args) => text(substring(textAt(args, 0), integerAt(args, 1), integerAt(args, 2))),
  },
  replace: {
    params: [S, S, S],
    returns: STRING,
    run: (args, { budget }) => {
      const [value, search, replacement] = [textAt(args, 0), textAt(args, 1), textAt(args, 2)];
      if (search.length > 1 && search.startsWith("/") && search.endsWith("/"))
        return text(replacePattern(value, search.slice(1, -1), replacement, budget));
      checkedTextWeight(value.split(search).length * replacement.length);
      return text(value.replaceAll(search, () => replacement));
    },
  },
};

/** Lengths of texts are counted as a person would. */
export const STRING_LENGTH = (value: string) => number(fromInteger(graphemes(value).length));

// Looked for at the start of a run only: at every place in it, a long run would take quadratic time.
const TRAILING_SPACE = /(?<!\p{White_Space})\p{White_Space}+$/u;
const TRAILING_BREAKS = /(?<![\r\n])[\r\n]+$/;

const SEGMENTER = new Intl.Segmenter(undefined, { granularity: "grapheme" });

function graphemes(value: string): string[] {
  // Plain ASCII needs no segmenter, except that CR LF is one character.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII
  if (/^[\x00-\x7f]*$/.test(value) && !value.includes("\r\n")) return value.split("");
  return Array.from(SEGMENTER.segment(value), (segment) => segment.segment);
}

/** Go maps character by character: those whose other case is several characters (`ß`) stay. */
function mapCharacters(value: string, change: (character: string) => string): string {
  return Array.from(value, (character) => {
    const changed = change(character);
    return [...changed].length === 1 ? changed : character;
  }).join("");
}

/** Go's strings.Title: every letter that follows a separator. */
function titleCase(value: string): string {
  let previous = " ";
  return mapCharacters(value, (character) => {
    const starts = isSeparator(previous);
    previous = character;
    return starts ? character.toUpperCase() : character;
  });
}

function isSeparator(character: string): boolean {
  if (character <= "\x7f") return !/[A-Za-z0-9_]/.test(character);
  return /\p{White_Space}/u.test(character);
}

function trimCharacters(value: string, cutset: string): string {
  const cut = new Set(cutset);
  const characters = [...value];
  let start = 0;
  let end = characters.length;
  while (start < end && cut.has(characters[start] as string)) start++;
  while (end > start && cut.has(characters[end - 1] as string)) end--;
  return characters.slice(start, end).join("");
}

const MAX_INDENT = 10_000;

function indented(value: string, spaces: number): string {
  if (spaces < 0 || spaces > MAX_INDENT)
    throw new EvaluationFailure(`the indentation must be between 0 and ${MAX_INDENT}`);
  const lines = value.split("\n");
  checkedTextWeight(lines.length * spaces);
  return lines.join(`\n${" ".repeat(spaces)}`);
}

/** A negative offset counts from the end, a length of -1 means the rest. */
function substring(value: string, offset: number, length: number): string {
  const characters = graphemes(value);
  const start = offset < 0 ? Math.max(0, characters.length + offset) : offset;
  const end = length < 0 ? characters.length : start + length;
  return characters.slice(start, end).join("");
}
