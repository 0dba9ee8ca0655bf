/** What JSON text holds. A number that a double cannot hold is a string of its digits: see `number.ts`. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json;
}

export function isJsonObject(json: Json | undefined): json is JsonObject {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

export function isJsonArray(json: Json | undefined): json is readonly Json[] {
  return Array.isArray(json);
}

/** Equal texts for equal values: the keys of objects are sorted. */
export function canonicalJson(json: Json): string {
  if (isJsonArray(json)) return `[${json.map(canonicalJson).join()}]`;
  if (!isJsonObject(json)) return JSON.stringify(json);
  const members = Object.keys(json)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(json[key] as Json)}`);
  return `{${members.join()}}`;
}

/**
 * Parses JSON and keeps every digit: numbers that a double cannot hold become strings.
 * @throws SyntaxError
 */
export function parseExactJson(text: string): Json {
  // The slow way through a reviver is only taken where a long number may be; ids in strings have many digits too.
  if (!/[:,[]\s*-?[0-9.]+(?:[eE]|(?<=[0-9.]{16}))/.test(text)) return JSON.parse(text) as Json;
  return JSON.parse(text, exactNumber) as Json;
}

function exactNumber(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== "number" || context?.source === undefined) return value;
  return String(value) === context.source ? value : context.source;
}
