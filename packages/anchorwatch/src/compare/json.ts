/** Strings that hold JSON documents: read without losing a digit, and compared by what they say. */
import { Decimal, isArray, isObject, objectOf, type Value } from "../domain/value.ts";
import { canonicalDynamic } from "./canonical.ts";
import { canonicalNumber } from "./number.ts";

/** Deeper documents are plain text: live values are attacker-controlled, and every reader here is recursive. */
const MAX_DEPTH = 200;

/** The object or array that a string holds; undefined for any other string, also for a JSON scalar. */
export function parseJsonDocument(text: string): Value | undefined {
  const first = text.trimStart()[0];
  if ((first !== "{" && first !== "[") || nestingOf(text) > MAX_DEPTH) return undefined;
  try {
    return toValue(JSON.parse(text, exactNumber));
  } catch (error) {
    // Text that only begins like a document is text.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** As {@link sameJson}, and policies by what they allow: see {@link withoutOrder}. */
export function sameMeaning(left: string, right: string): boolean {
  const [a, b] = [parseJsonDocument(left), parseJsonDocument(right)];
  if (a === undefined || b === undefined) return false;
  return canonicalDynamic(withoutOrder(a)) === canonicalDynamic(withoutOrder(b));
}

/**
 * An IAM policy with every array sorted and lists of one as their element: the order of statements, actions and
 * principals has no meaning, and AWS gives them back in its own. Other documents stay as they are.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export function withoutOrder(document: Value): Value {
  return isObject(document) && Object.hasOwn(document, "Statement") ? sorted(document) : document;
}

function sorted(value: Value): Value {
  if (isObject(value)) return objectOf(Object.entries(value).map(([key, member]) => [key, sorted(member)]));
  if (!isArray(value)) return value;
  const elements = new Map(value.map(sorted).map((element) => [canonicalDynamic(element), element]));
  if (elements.size === 1) return [...elements.values()][0] ?? null;
  return [...elements].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, element]) => element);
}

function nestingOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i += 1) {
    const character = text.charCodeAt(i);
    if (quoted) {
      if (character === 0x5c) i += 1;
      else if (character === 0x22) quoted = false;
    } else if (character === 0x22) quoted = true;
    else if (character === 0x7b || character === 0x5b) {
      depth += 1;
      deepest = Math.max(deepest, depth);
    } else if (character === 0x7d || character === 0x5d) depth -= 1;
  }
  return deepest;
}

/** @see https://tc39.es/ecma262/#sec-json.parse: the reviver sees the source text of a number */
function exactNumber(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== "number" || context?.source === undefined) return value;
  if (/^-?[0-9]+$/.test(context.source)) return Number.isSafeInteger(value) ? value : BigInt(context.source);
  const exact = new Decimal(context.source);
  return canonicalNumber(exact) === canonicalNumber(value) ? value : exact;
}

function toValue(parsed: unknown): Value {
  if (parsed === null || parsed instanceof Decimal) return parsed;
  if (Array.isArray(parsed)) return parsed.map(toValue);
  if (typeof parsed === "object") {
    return objectOf(Object.entries(parsed).map(([key, member]) => [key, toValue(member)] as const));
  }
  return parsed as string | number | bigint | boolean;
}
