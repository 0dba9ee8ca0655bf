import type { Value } from "../../../domain/value.ts";
import { checkEncoding } from "../encoding.ts";
import { faultError } from "../errors.ts";
import { JsonScanner } from "./scanner.ts";
import { readValue } from "./value.ts";

/**
 * A small JSON file as a value. Whole states are scanned instead.
 * @throws AnchorwatchError `state_not_json`, `state_truncated`, `state_encoding`, `state_too_deep`
 */
export function parseJson(bytes: Buffer, origin: string): Value {
  const state = { bytes, origin };
  const range = { start: checkEncoding(state), end: bytes.length };
  const scanner = new JsonScanner(bytes, (fault) => faultError(state, fault), range);
  // First all of it, which limits the depth; building values recurses.
  scanner.value();
  scanner.finish();
  scanner.offset = range.start;
  return readValue(scanner);
}
