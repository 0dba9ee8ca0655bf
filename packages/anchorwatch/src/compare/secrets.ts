/** The secrets of a resource as texts, and texts without them: for messages of providers, which may quote anything. */
import type { Path } from "../domain/path.ts";
import { Decimal, isArray, isObject, type Value } from "../domain/value.ts";
import { parseJsonDocument } from "./json.ts";
import { MASK } from "./mask.ts";
import { isNumber } from "./number.ts";
import { respellings } from "./respell.ts";
import { hidesBelow, type Sensitivity, sensitiveDepth } from "./sensitivity.ts";

/** Every secret in a value; of a secret JSON text also what it holds. */
export function collectSecrets(value: Value, sensitivity: Sensitivity): readonly string[] {
  const secrets = new Set<string>();
  collect(value, [], false, sensitivity, secrets);
  return [...secrets];
}

function collect(
  value: Value,
  path: Path,
  secret: boolean,
  sensitivity: Sensitivity,
  secrets: Set<string>,
): void {
  const inside = secret || sensitiveDepth(path, sensitivity) !== undefined;
  const deeper = (step: string | number, member: Value) =>
    collect(member, [...path, step], inside, sensitivity, secrets);
  if (isArray(value)) for (const [i, element] of value.entries()) deeper(i, element);
  else if (isObject(value)) for (const [key, member] of Object.entries(value)) deeper(key, member);
  else if (typeof value === "string" && (inside || hidesBelow(path, sensitivity))) {
    secrets.add(value);
    const document = parseJsonDocument(value);
    if (document !== undefined) for (const text of secretsInDocument(document, "")) secrets.add(text);
  } else if (inside && isNumber(value)) secrets.add(value instanceof Decimal ? value.text : String(value));
}

const TELLING_KEY = /pass|secret|token|key|cred|private|pin|auth/i;
/** A text of this length without a space was hardly written by a person. */
const GENERATED_LENGTH = 16;

/**
 * A secret document holds plain words beside its secrets (`{"merchant": "ferry"}`), which stand everywhere else, too: only
 * what its key calls a secret, or what looks generated, is one by itself.
 */
function secretsInDocument(value: Value, key: string): readonly string[] {
  if (isArray(value)) return value.flatMap((element) => secretsInDocument(element, key));
  if (isObject(value)) {
    return Object.entries(value).flatMap(([name, member]) => secretsInDocument(member, name));
  }
  if (typeof value !== "string") return [];
  const generated = value.length >= GENERATED_LENGTH && !/\s/.test(value);
  return generated || TELLING_KEY.test(key) ? [value] : [];
}

export interface Scrubber {
  add(secrets: Iterable<string>): void;
  /** The text with {@link MASK} wherever a known secret stands. */
  scrub(text: string): string;
}

/** Shorter ones are too common to be looked for: `a`, `no`, `443`. */
const SHORTEST = 4;
/** Below this length a secret must stand alone, not inside a word: `test` is in `latest`. */
const STANDALONE = 8;
const NO_SECRETS: ReadonlySet<string> = new Set(["true", "false", "null", "none"]);

/**
 * Knows a growing number of secrets, each also JSON-escaped, base64, URL-encoded, and line by line. Time grows with the
 * text, not with the number of secrets: they are found by their first characters and then by length.
 */
export function createScrubber(secrets: Iterable<string> = []): Scrubber {
  const byPrefix = new Map<string, Map<number, Set<string>>>();
  const known = new Set<string>();

  function add(more: Iterable<string>): void {
    for (const secret of more) {
      if (secret.length < SHORTEST || NO_SECRETS.has(secret.toLowerCase()) || known.has(secret)) continue;
      known.add(secret);
      for (const spelling of respellings(secret)) if (spelling.length >= SHORTEST) index(spelling);
    }
  }

  function index(spelling: string): void {
    const prefix = spelling.slice(0, SHORTEST);
    const lengths = byPrefix.get(prefix) ?? new Map<number, Set<string>>();
    byPrefix.set(prefix, lengths);
    const ofLength = lengths.get(spelling.length) ?? new Set<string>();
    lengths.set(spelling.length, ofLength);
    ofLength.add(spelling);
  }

  /** End of the longest secret that begins there; the position itself where none does. */
  function endOfSecret(text: string, position: number): number {
    const lengths = byPrefix.get(text.slice(position, position + SHORTEST));
    let end = position;
    for (const [length, spellings] of lengths ?? []) {
      const until = position + length;
      if (until <= end || until > text.length) continue;
      if (spellings.has(text.slice(position, until)) && mayStand(text, position, until)) end = until;
    }
    return end;
  }

  function scrub(text: string): string {
    if (byPrefix.size === 0) return text;
    let result = "";
    let copied = 0;
    let hiddenTo = -1;
    for (let i = 0; i + SHORTEST <= text.length; i += 1) {
      const end = endOfSecret(text, i);
      if (end === i) continue;
      // Secrets that overlap are hidden as one, so that no rest of the second is left.
      if (i >= hiddenTo) result += text.slice(copied, i) + MASK;
      hiddenTo = Math.max(hiddenTo, end);
      copied = hiddenTo;
    }
    return result + text.slice(copied);
  }

  add(secrets);
  return { add, scrub };
}

function mayStand(text: string, start: number, end: number): boolean {
  if (end - start >= STANDALONE) return true;
  return !isWord(text[start - 1]) && !isWord(text[end]);
}

function isWord(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}_]/u.test(character);
}
