import { RE2JS, RE2JSException } from "re2js";
import { EvaluationFailure } from "../failure.ts";

const MAX_PATTERN = 1000;

/** The patterns of `fileset`: `*`, `**`, `?`, `{a,b}` and `[a-z]`. Matched in linear time, since patterns are untrusted. */
export function matchesGlob(pattern: string): (path: string) => boolean {
  if (pattern.length > MAX_PATTERN) throw notAPattern(pattern.slice(0, 40));
  try {
    const compiled = RE2JS.compile(`^${translate(pattern.replace(/^\.\//, ""))}$`);
    return (path) => compiled.test(path);
  } catch (error) {
    if (error instanceof RE2JSException) throw notAPattern(pattern);
    throw error;
  }
}

function notAPattern(pattern: string): EvaluationFailure {
  return new EvaluationFailure(`"${pattern}" is no file pattern`);
}

const TOKEN = /\*\*\/|\*\*|\*|\?|\{|\}|,|\[\^?[^\]]+\]|\\.|[^*?{},[\\]+|[[\\]/g;

function translate(pattern: string): string {
  let depth = 0;
  return (pattern.match(TOKEN) ?? [])
    .map((token) => {
      if (token === "{") depth++;
      if (token === "}") depth = Math.max(0, depth - 1);
      return translateToken(token, depth > 0);
    })
    .join("");
}

function translateToken(token: string, inBraces: boolean): string {
  switch (token) {
    case "**/":
      return "(?:[^/]+/)*";
    case "**":
      return ".*";
    case "*":
      return "[^/]*";
    case "?":
      return "[^/]";
    case "{":
      return "(?:";
    case "}":
      return ")";
    case ",":
      return inBraces ? "|" : ",";
    default:
      if (token.startsWith("[") && token.length > 1) return token;
      return RE2JS.quote(token.startsWith("\\") ? token.slice(1) : token);
  }
}
