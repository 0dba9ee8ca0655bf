import { type CliBody, type CliItem, type CliValue, invalidCliConfig } from "./cliValue.ts";

/**
 * The JSON form of the CLI configuration, `.tfrc.json`.
 *
 * @throws ProviderError `find_cli_config_invalid`, which never quotes the text: it may hold a token
 */
export function parseCliJson(text: string, file: string): CliBody {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // The reason quotes the text, which may be a token.
    throw invalidCliConfig(file, 0, "expected JSON, since the file begins with `{`");
  }
  return bodyOf(parsed as object);
}

/** A list of objects is a block that occurs several times. */
function bodyOf(object: object): CliBody {
  const items = Object.entries(object).flatMap(([key, value]: [string, unknown]) => {
    const blocks = Array.isArray(value) && value.length > 0 && value.every(isPlainObject);
    const values: readonly unknown[] = blocks ? value : [value];
    return values.map((one): CliItem => ({ key, labels: [], value: toValue(one), line: 0 }));
  });
  return { items };
}

function toValue(value: unknown): CliValue {
  if (Array.isArray(value)) return value.map(toValue);
  if (isPlainObject(value)) return bodyOf(value);
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  return "";
}

function isPlainObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
