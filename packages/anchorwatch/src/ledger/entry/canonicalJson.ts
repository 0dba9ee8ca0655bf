import { AnchorwatchError } from "../../domain/errors.ts";
import type { JsonValue } from "../../domain/jsonValue.ts";
import { formatPath } from "../../domain/path.ts";

/** Deeper than any resource's value; recursion over what strangers wrote must end somewhere. */
export const MAX_DEPTH = 200;

/**
 * JSON in its one canonical spelling (RFC 8785, JCS): no white space, members sorted by UTF-16 units, numbers and
 * strings as ECMAScript writes them. Members that are undefined are left out.
 * @throws AnchorwatchError `ledger_entry_invalid`, naming the path of what is no JSON: a number that is not finite, half
 * of a surrogate pair, something nested too deep
 * @see https://www.rfc-editor.org/rfc/rfc8785
 */
export function canonicalJson(value: JsonValue): string {
  return write(value, []);
}

/** `path` is where `value` stands; it is changed on the way and the same again at the end. */
function write(value: JsonValue | undefined, path: (string | number)[]): string {
  switch (typeof value) {
    case "string":
      return writeString(value, path);
    case "number":
      if (!Number.isFinite(value)) throw noJson(path, `${value} is no JSON number`);
      // ECMAScript writes the shortest digits that mean the same double, as the RFC wants.
      return String(value);
    case "boolean":
      return value ? "true" : "false";
    case "object":
      if (value === null) return "null";
      if (path.length >= MAX_DEPTH) throw noJson(path, `more than ${MAX_DEPTH} levels deep`);
      return Array.isArray(value) ? writeArray(value, path) : writeObject(value as object, path);
    default:
      throw noJson(path, `${typeof value} is no JSON value`);
  }
}

/** Nothing to escape: what nearly every text is, and quicker to see than to have escaped. */
const PLAIN = /^[ !#-[\]-~]*$/;

function writeString(text: string, path: readonly (string | number)[]): string {
  if (PLAIN.test(text)) return `"${text}"`;
  if (!text.isWellFormed()) throw noJson(path, "the text holds half of a surrogate pair");
  return JSON.stringify(text);
}

function writeArray(items: readonly JsonValue[], path: (string | number)[]): string {
  let text = "[";
  for (let i = 0; i < items.length; i += 1) {
    path.push(i);
    text += i === 0 ? write(items[i], path) : `,${write(items[i], path)}`;
    path.pop();
  }
  return `${text}]`;
}

function writeObject(object: object, path: (string | number)[]): string {
  if (!isPlain(object)) throw noJson(path, "an object of a class is no JSON value");
  let text = "{";
  // Array.prototype.sort compares UTF-16 units, which is the order that the RFC asks for.
  for (const key of Object.keys(object).sort()) {
    const member = (object as Readonly<Record<string, JsonValue | undefined>>)[key];
    if (member === undefined) continue;
    path.push(key);
    text += `${text === "{" ? "" : ","}${writeString(key, path)}:${write(member, path)}`;
    path.pop();
  }
  return `${text}}`;
}

/** A Date, a Map or a Decimal would silently become `{}`. */
function isPlain(object: object): boolean {
  const prototype = Object.getPrototypeOf(object);
  return prototype === null || prototype === Object.prototype;
}

function noJson(path: readonly (string | number)[], reason: string): AnchorwatchError {
  const where = path.length === 0 ? "the value" : formatPath(path);
  return new AnchorwatchError("ledger_entry_invalid", `${where} cannot be written to the ledger: ${reason}`, {
    hint: "Numbers that a double cannot hold are written as text, and bytes as base64.",
  });
}
