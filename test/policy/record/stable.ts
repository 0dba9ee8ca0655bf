/** Facts that are the same whenever they are recorded: ids and times that the cloud invents get names of their own. */
import type { JsonValue } from "../../../packages/anchorwatch/src/domain/jsonValue.ts";

/** In the order in which they are tried. What stays is what tells one thing of a kind from another. */
const INVENTED: readonly {
  readonly pattern: RegExp;
  readonly name: (number: number, found: string) => string;
}[] = [
  {
    pattern: /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g,
    name: (n) => `00000000-0000-4000-8000-${digits(n, 12)}`,
  },
  {
    pattern: /\b(?:[a-z]{1,10}-)[0-9a-f]{8,17}\b/g,
    name: (n, found) => `${found.slice(0, found.lastIndexOf("-"))}-${digits(n, 17)}`,
  },
  {
    pattern: /\b(?:AKIA|AIDA|AROA|ANPA|AIPA|AGPA|LKIA|ASIA)[A-Z0-9]{12,17}\b/g,
    name: (n, found) => `${found.slice(0, 4)}${digits(n, 16)}`,
  },
  { pattern: /(?<=secret:[A-Za-z0-9/_+=.@-]+-)[A-Za-z0-9]{6}\b/g, name: (n) => digits(n, 6) },
  {
    pattern: /(?<=(?:app|net|listener|targetgroup)\/[A-Za-z0-9/-]+\/)[0-9a-f]{16}\b/g,
    name: (n) => digits(n, 16),
  },
  {
    pattern:
      /\b[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:?[0-9]{2}|\b)/g,
    name: () => "2026-01-01T00:00:00Z",
  },
  { pattern: /127\.0\.0\.1:[0-9]{2,5}/g, name: () => "127.0.0.1:4566" },
];

/** Attributes whose values are invented as a whole. */
const INVENTED_ATTRIBUTES =
  /^(?:etag|caller_reference|lock_token|unique_id|last_updated|latest_restorable_time|version_id|revision_id|code_sha256|source_code_hash|public_ip|private_ip|private_dns|public_dns|private_dns_name|mac_address|dns_name|encrypted_secret|ses_smtp_password_v4|domain_id|root_resource_id)$/;

/** The same texts get the same names within one value. */
export function stable<T>(value: T): T {
  const names = new Map<string, string>();
  return renamed(value as JsonValue, names) as T;
}

function renamed(value: JsonValue | undefined, names: Map<string, string>): JsonValue {
  if (typeof value === "string") return renamedText(value, names);
  if (value === undefined || value === null || typeof value !== "object") return value ?? null;
  if (Array.isArray(value)) return value.map((item: JsonValue) => renamed(item, names));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      renamedText(key, names),
      INVENTED_ATTRIBUTES.test(key) && typeof item === "string" && item !== ""
        ? nameOf(`${key} ${item}`, (n) => `${key}-${n}`, names)
        : renamed(item, names),
    ]),
  );
}

function renamedText(text: string, names: Map<string, string>): string {
  return INVENTED.reduce(
    (said, { pattern, name }) =>
      said.replace(pattern, (found) => nameOf(found, (n) => name(n, found), names)),
    text,
  );
}

function nameOf(found: string, name: (number: number) => string, names: Map<string, string>): string {
  if ([...names.values()].includes(found)) return found;
  const known = names.get(found) ?? name(names.size + 1);
  names.set(found, known);
  return known;
}

function digits(number: number, length: number): string {
  return String(number).padStart(length, "0");
}
