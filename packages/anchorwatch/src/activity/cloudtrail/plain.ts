/** Tells what could be a name from what plainly is none. */
import { isStorable } from "./members.ts";

const SHORTEST = 2;
const LONGEST = 2048;

/** `key` is the member that the text stands in. */
export function looksLikeIdentifier(text: string, key: string): boolean {
  if (text.length < SHORTEST || text.length > LONGEST) return false;
  if (NOTHING.test(text) || !isStorable(text)) return false;
  // The number of an account names what there is one of in each account. Where it only tells whose something is, it names nothing.
  if (/^\d+$/.test(text)) return text.length === 12 && /(^|_)account|registry|target_?id/i.test(key);
  return true;
}

const NOTHING = new RegExp(
  [
    "true|false|null",
    "[-+]?\\d+[.,:/-][\\d.,:/-]*|[-+]\\d+", // decimals, ranges of ports, addresses; whole numbers are looked at apart
    "\\d{4}-\\d\\d-\\d\\d([T ].*)?", // times
    "[A-Z][a-z]{2} \\d{1,2}, \\d{4} .*", // times as IAM writes them
    "(?=[0-9a-f]{0,4}:)[0-9a-f:.]{2,45}/\\d{1,3}", // blocks of addresses of IPv6
    "[a-z]{2}(-[a-z]+){1,3}-\\d[a-z]?", // regions and their zones
    "\\*+",
    "HIDDEN_DUE_TO_SECURITY_REASONS|<?sensitiveDataRemoved>?|\\*{3,}.*",
  ]
    .map((pattern) => `^(?:${pattern})$`)
    .join("|"),
  "i",
);
