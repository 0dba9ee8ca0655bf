/**
 * Regular expressions of Go's kind, matched in linear time: patterns and texts come from repositories, and JavaScript's
 * own engine can be kept busy for years by a dozen characters.
 */
import { RE2JS, RE2JSException } from "re2js";
import type { Budget } from "../budget.ts";
import { EvaluationFailure } from "../failure.ts";
import { DYNAMIC, listOf, STRING } from "../values/type.ts";
import { checkedTextWeight, list, nullOf, object, type Typed, text, tuple, typeOf } from "../values/typed.ts";
import { textAt } from "./arguments.ts";
import type { FunctionDefinition, Parameter } from "./define.ts";

const S: Parameter = { type: STRING };

export const REGEX_FUNCTIONS: Readonly<Record<string, FunctionDefinition>> = {
  regex: {
    params: [S, S],
    returns: DYNAMIC,
    run: (args, { budget }) => {
      const pattern = compile(textAt(args, 0));
      const [match] = findAll(pattern, textAt(args, 1), budget, 1);
      if (match === undefined) throw new EvaluationFailure("the pattern does not match the text");
      return captured(pattern, match);
    },
  },
  regexall: {
    params: [S, S],
    returns: listOf(DYNAMIC),
    run: (args, { budget }) => {
      const pattern = compile(textAt(args, 0));
      const found = findAll(pattern, textAt(args, 1), budget).map((match) => captured(pattern, match));
      return list(found, found[0] === undefined ? STRING : typeOf(found[0]));
    },
  },
};

interface Match {
  readonly start: number;
  readonly end: number;
  /** The whole match first. */
  readonly groups: readonly (string | null)[];
}

const MAX_PATTERN = 4096;

function compile(pattern: string): RE2JS {
  if (pattern.length > MAX_PATTERN)
    throw new EvaluationFailure(`a pattern is longer than ${MAX_PATTERN} characters`, { limit: true });
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    if (error instanceof RE2JSException)
      throw new EvaluationFailure(`the pattern is not a regular expression: ${error.message}`);
    throw error;
  }
}

function findAll(pattern: RE2JS, source: string, budget: Budget, most = Number.POSITIVE_INFINITY): Match[] {
  // Time is linear in the text, times the size of the compiled pattern, which had to be made too.
  const size = pattern.programSize();
  budget.spend(1 + size + Math.floor((source.length * size) / 64));
  const matches: Match[] = [];
  const matcher = pattern.matcher(source);
  while (matches.length < most && matcher.find()) {
    budget.spend(1);
    // As Go has it: an empty match right behind another one is none.
    if (matcher.start() === matcher.end() && matches.at(-1)?.end === matcher.start()) continue;
    const groups = Array.from({ length: pattern.groupCount() + 1 }, (_, index) => matcher.group(index));
    budget.spend(groups.length + size);
    matches.push({ start: matcher.start(), end: matcher.end(), groups });
  }
  return matches;
}

/** Without groups the match itself, with named groups an object, else a tuple of the groups. */
function captured(pattern: RE2JS, match: Match): Typed {
  const names = Object.entries(pattern.namedGroups());
  const value = (group: string | null | undefined): Typed =>
    group === null || group === undefined ? nullOf(STRING) : text(group);
  if (pattern.groupCount() === 0) return value(match.groups[0]);
  if (names.length === 0) return tuple(match.groups.slice(1).map(value));
  if (names.length !== pattern.groupCount())
    throw new EvaluationFailure("named and unnamed groups cannot be mixed in one pattern");
  return object(names.map(([name, index]) => [name, value(match.groups[index])] as const));
}

/** `$1`, `$name`, `${name}` and `$$` in the replacement mean what they mean to Go. */
export function replacePattern(source: string, pattern: string, replacement: string, budget: Budget): string {
  const compiled = compile(pattern);
  const names = compiled.namedGroups();
  const pieces: string[] = [];
  let at = 0;
  let length = 0;
  for (const match of findAll(compiled, source, budget)) {
    budget.spend(1 + (replacement.length >> 3));
    const piece = source.slice(at, match.start) + expand(replacement, match, names);
    pieces.push(piece);
    length += piece.length;
    checkedTextWeight(length);
    at = match.end;
  }
  return pieces.join("") + source.slice(at);
}

function expand(replacement: string, match: Match, names: Readonly<Record<string, number>>): string {
  let length = 0;
  return replacement.replace(/\$(?:\$|\{(\w+)\}|(\w+))/g, (whole, braced?: string, bare?: string) => {
    if (whole === "$$") return "$";
    const name = braced ?? bare ?? "";
    const index = /^[0-9]+$/.test(name) ? Number(name) : names[name];
    const group = (index === undefined ? undefined : match.groups[index]) ?? "";
    length += group.length;
    checkedTextWeight(length);
    return group;
  });
}
