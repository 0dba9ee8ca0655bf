import type { IgnoreRule } from "../../compare/ignoreRules.ts";
import { parsePathPattern } from "../../compare/pathPattern.ts";
import { AnchorwatchError } from "../../domain/errors.ts";

export type ParsedRule =
  | { readonly ok: true; readonly rule: IgnoreRule }
  | { readonly ok: false; readonly problem: string };

/**
 * A rule in one line: `[!]SUBJECT[:PATH]`. The subject is a resource type (`aws_instance`, no dot), an address
 * (`module.net.aws_instance.web`, has a dot) or `*`; `*` stands for any characters in both.
 * A leading `!` takes back what rules before it ignore.
 */
export function parseIgnoreRule(text: string, origin: string): ParsedRule {
  const negate = text.startsWith("!");
  const { subject, path } = splitRule((negate ? text.slice(1) : text).trim());
  if (subject === "" || /\s/.test(subject)) return refuse("a resource type or address before any “:”");
  if (path === "") return refuse("a path after “:”, such as tags.Owner");
  if (!balanced(subject)) return refuse("every [ and quote to be closed");
  const wrong = path === undefined ? undefined : pathProblem(path);
  if (wrong !== undefined) return { ok: false, problem: wrong };
  if (subject === "*" && path === undefined)
    return refuse("a type, an address or a path: “*” alone ignores all");
  const target = subject === "*" ? {} : isAddress(subject) ? { address: subject } : { type: subject };
  return { ok: true, rule: { ...target, ...(path === undefined ? {} : { path }), negate, origin } };
}

/** What is wrong with the path pattern of a rule, if anything. */
export function pathProblem(pattern: string): string | undefined {
  try {
    parsePathPattern(pattern);
    return undefined;
  } catch (error) {
    if (error instanceof AnchorwatchError) return error.message;
    throw error;
  }
}

/** Whether brackets and quotes of an address are closed. */
export function balanced(pattern: string): boolean {
  let quoted = false;
  let depth = 0;
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern[i];
    if (character === "\\") i++;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && character === "[") depth++;
    else if (!quoted && character === "]" && --depth < 0) return false;
  }
  return !quoted && depth === 0;
}

/** Splits at the first colon outside quotes: instance keys may hold colons. */
function splitRule(text: string): { subject: string; path?: string } {
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === "\\") i++;
    else if (character === '"') quoted = !quoted;
    else if (character === ":" && !quoted) return { subject: text.slice(0, i), path: text.slice(i + 1) };
  }
  return { subject: text };
}

function isAddress(subject: string): boolean {
  return subject.includes(".");
}

function refuse(expected: string): ParsedRule {
  return { ok: false, problem: `expected ${expected}` };
}
