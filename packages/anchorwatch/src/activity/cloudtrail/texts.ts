/** The texts in a part of a record that could be identifiers: strings, strings inside JSON in strings, lists with commas, keys of maps. */
import { looksLikeIdentifier } from "./plain.ts";

export interface Collected {
  readonly texts: Set<string>;
  /** How many values may still be looked at. */
  budget: number;
}

const DEEPEST = 24;
const LONGEST_DOCUMENT = 128 * 1024;
const MOST_ITEMS_OF_LIST = 100;

export function collectTexts(value: unknown, collected: Collected): void {
  collect(value, "", 0, false, collected);
}

/** @param isInside the value was in a string already: JSON in it stays a string */
function collect(value: unknown, key: string, depth: number, isInside: boolean, into: Collected): void {
  if (--into.budget < 0 || depth > DEEPEST) return;
  if (typeof value === "string") collectText(value, key, depth, isInside, into);
  else if (Array.isArray(value)) for (const item of value) collect(item, key, depth + 1, isInside, into);
  else if (typeof value === "object" && value !== null) collectMembers(value, depth, isInside, into);
}

function collectMembers(value: object, depth: number, isInside: boolean, into: Collected): void {
  const members = value as Readonly<Record<string, unknown>>;
  // Settings are pairs of a name and a value. What they are set to may be anything, secrets too.
  const isSetting =
    typeof members["value"] === "string" && (Object.hasOwn(members, "key") || Object.hasOwn(members, "name"));
  for (const name in members) {
    if (into.budget < 0) return;
    if (SILENT.test(name) || (isSetting && name === "value" && !/^arn:/.test(String(members[name]))))
      continue;
    if (isData(name)) collectText(name, name, depth, true, into);
    collect(members[name], name, depth + 1, isInside, into);
  }
}

/**
 * Members that name nothing: what belongs to the request itself, secrets, and free text. A secret's own name, `secretId` and the
 * like, is told from the secret by its end.
 */
const SILENT = new RegExp(
  [
    "^_",
    "request_?id$",
    "^x-amz-",
    "^(userData|comment|description|tags?|tagSet|tagList|tagKeys|tagging|tagSpecificationSet|environment|host|xmlns.*)$",
    "(password|passphrase|secret|secret(string|binary|key|access_?key)|token|credentials?|private_?key|plaintext|ciphertext(blob)?|signature|sensitive)$",
    "^(authenticationMethod|cipherSuite|signatureVersion|SSEApplied|bytesTransferred(In|Out))$",
  ].join("|"),
  "i",
);

/** A key that is no name of a member, but data: of letters and a digit or two alone are the members of APIs. */
function isData(name: string): boolean {
  return /[^A-Za-z0-9]|\d{4}/.test(name) && !name.includes("aws:");
}

function collectText(text: string, key: string, depth: number, isInside: boolean, into: Collected): void {
  const document = isInside ? undefined : documentIn(text);
  if (document !== undefined) {
    collect(document, key, depth + 1, true, into);
    return;
  }
  if (looksLikeIdentifier(text, key)) into.texts.add(text);
  if (!text.includes(",") || text.length > LONGEST_DOCUMENT) return;
  for (const piece of text.split(",", MOST_ITEMS_OF_LIST)) {
    const item = piece.trim();
    // Pieces with spaces are pieces of a sentence.
    if (!/\s/.test(item) && looksLikeIdentifier(item, key)) into.texts.add(item);
  }
}

/** Policies and the like: JSON in a string, as IAM answers with it in the form of URLs. */
function documentIn(text: string): object | undefined {
  if (text.length > LONGEST_DOCUMENT) return undefined;
  const encoded = /^\s*(%7B|%5B)/i.test(text);
  if (!encoded && !/^\s*[{[]/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(encoded ? decodeURIComponent(text) : text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined; // It only looked like it.
  }
}
