/** A value in one line, short enough to read: empty members are left out, and what is long is cut. */

import { escapeText, quote } from "../../domain/escape.ts";
import {
  Decimal,
  isArray,
  isEmpty,
  isObject,
  Unknown,
  type Value,
  type ValueObject,
} from "../../domain/value.ts";

export interface CompactText {
  readonly text: string;
  /** Something was left out for length. */
  readonly cut: boolean;
}

const PLAIN_KEY = /^[A-Za-z_][A-Za-z0-9_./:-]*$/;

/** `limit`: characters, roughly. Objects at the top are written without braces: `cidr_blocks=["10.0.0.0/8"] port=22`. */
export function compact(value: Value, limit: number): CompactText {
  const writer = new Writer(limit);
  if (isObject(value) && !isEmpty(value)) writer.members(value, networkPhrase(value));
  else writer.value(value);
  return { text: writer.text, cut: writer.cut };
}

class Writer {
  text = "";
  cut = false;
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  value(value: Value): void {
    if (typeof value === "string") this.#string(value);
    else if (isArray(value)) this.#list(value);
    else if (isObject(value)) this.#object(value);
    else this.text += scalar(value);
  }

  members(object: ValueObject, phrase?: Phrase): void {
    let first = true;
    if (phrase !== undefined) {
      this.text += escapeText(phrase.text);
      first = false;
    }
    for (const [key, member] of Object.entries(object)) {
      if (isEmpty(member) || phrase?.keys.has(key)) continue;
      if (this.#full()) return;
      this.text += `${first ? "" : " "}${PLAIN_KEY.test(key) ? key : quote(key)}=`;
      this.value(member);
      first = false;
    }
    if (first) this.text += "{}";
  }

  #object(object: ValueObject): void {
    if (Object.values(object).every(isEmpty)) {
      this.text += "{}";
      return;
    }
    this.text += "{";
    this.members(object);
    this.text += "}";
  }

  #list(list: readonly Value[]): void {
    this.text += "[";
    for (const [index, item] of list.entries()) {
      if (this.#full()) break;
      if (index > 0) this.text += ", ";
      this.value(item);
    }
    this.text += "]";
  }

  #string(text: string): void {
    const room = Math.max(this.#limit - this.text.length, 20);
    if (text.length <= room) {
      this.text += quote(text);
      return;
    }
    this.cut = true;
    this.text += `${quote(text.slice(0, room))}… (${text.length.toLocaleString("en-US")} characters)`;
  }

  #full(): boolean {
    if (this.text.length < this.#limit) return false;
    if (!this.text.endsWith("…")) this.text += " …";
    this.cut = true;
    return true;
  }
}

function scalar(value: Value): string {
  if (value instanceof Decimal) return escapeText(value.text);
  if (value instanceof Unknown) return "(known after apply)";
  return String(value);
}

interface Phrase {
  readonly text: string;
  readonly keys: ReadonlySet<string>;
}

/** Firewall rules of every cloud say protocol and ports in three members: `tcp 22`, `udp 5000-5010`, `all traffic`. */
function networkPhrase(object: ValueObject): Phrase | undefined {
  const protocolKey = ["protocol", "ip_protocol"].find((key) => typeof object[key] === "string");
  const { from_port: from, to_port: to } = object;
  if (protocolKey === undefined || !isPort(from) || !isPort(to)) return undefined;
  const protocol = String(object[protocolKey]);
  const keys = new Set([protocolKey, "from_port", "to_port"]);
  if (protocol === "-1" || protocol === "all") return { text: "all traffic", keys };
  return { text: from === to ? `${protocol} ${from}` : `${protocol} ${from}-${to}`, keys };
}

function isPort(value: Value | undefined): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}
