/** Two spellings of one value, by the rules that a type gives for an attribute. */
import { canonicalJson, parseExactJson } from "../values/json.ts";

export function sameValue(rule: "equal_json" | "equal_ignoring_case", a: string, b: string): boolean {
  if (a === b) return true;
  return rule === "equal_json" ? sameJson(a, b) : a.toLowerCase() === b.toLowerCase();
}

function sameJson(a: string, b: string): boolean {
  const left = canonicalText(a);
  return left !== undefined && left === canonicalText(b);
}

function canonicalText(text: string): string | undefined {
  try {
    return canonicalJson(parseExactJson(text));
  } catch {
    return undefined; // What is no JSON is equal to nothing but itself.
  }
}
