/** Answers of AWS in the form that things have: no secrets, nothing undefined, one order. */
import type { JsonObject, JsonValue } from "../domain/jsonValue.ts";

const SECRET = /secret|password|passphrase|token|credential|private/i;
const HIDDEN = "(hidden)";

export function tagsOf(
  tags: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[] | undefined,
): Readonly<Record<string, string>> {
  const entries = (tags ?? []).map(({ Key = "", Value = "" }): [string, string] => [
    Key.toWellFormed(),
    Value.toWellFormed(),
  ]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** For people: what a tag's name calls a secret is not shown. */
export function shownTags(tags: Readonly<Record<string, string>>): JsonObject {
  return Object.fromEntries(
    Object.entries(tags).map(([key, value]) => [key, SECRET.test(key) ? HIDDEN : value]),
  );
}

/** Members that are there; texts as a log can hold them. */
export function attributesOf(members: Readonly<Record<string, JsonValue | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(members).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, wellFormed(value)]],
    ),
  );
}

/** Without halves of surrogate pairs. */
function wellFormed(value: JsonValue): JsonValue {
  if (typeof value === "string") return value.toWellFormed();
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(wellFormed);
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key.toWellFormed(), wellFormed(member as JsonValue)]),
  );
}

/** Of a policy as text, IAM's URL-encoded one included; the text itself when it is no JSON. */
export function policyOf(text: string | undefined): JsonValue | undefined {
  if (text === undefined) return undefined;
  const plain = text.startsWith("%7B") || text.startsWith("%7b") ? decoded(text) : text;
  try {
    return JSON.parse(plain) as JsonValue;
  } catch (error) {
    if (error instanceof SyntaxError) return plain;
    throw error;
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}
