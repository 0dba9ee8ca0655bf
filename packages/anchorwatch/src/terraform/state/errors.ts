/** What is wrong with a state, in words that name the place and say what to do. */
import type { ErrorCode } from "../../domain/error-codes.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import { placeOf } from "./json/place.ts";
import { MAX_DEPTH } from "./json/scanner.ts";
import type { JsonFault } from "./json/types.ts";

/** The bytes of a state and where they came from: a path, or an address without credentials. */
export interface StateBytes {
  readonly bytes: Buffer;
  readonly origin: string;
}

/** Characters of a message. */
const MAX_MESSAGE = 500;

const FETCH_AGAIN = "Fetch the state again, for instance with `terraform state pull > state.json`.";

/** An error at a byte of the state. */
export function stateError(
  { bytes, origin }: StateBytes,
  code: ErrorCode,
  offset: number,
  message: string,
  hint: string,
): AnchorwatchError {
  const { line, column } = placeOf(bytes, offset);
  return new AnchorwatchError(code, `${origin}:${line}:${column}: ${message}`, {
    hint,
    location: { file: origin, line, column },
  });
}

/** An error about the state as a whole. */
export function wholeStateError(
  origin: string,
  code: ErrorCode,
  message: string,
  hint: string,
  address?: string,
): AnchorwatchError {
  const location = { file: origin, ...(address === undefined ? {} : { address }) };
  return new AnchorwatchError(code, `${origin} ${message}`, { hint, location });
}

export function faultError(state: StateBytes, fault: JsonFault): AnchorwatchError {
  const { origin, bytes } = state;
  switch (fault.kind) {
    case "end":
      return wholeStateError(
        origin,
        "state_truncated",
        `ends at byte ${bytes.length} in the middle of a value (expected ${fault.expected}): it is cut off`,
        `A copy or download may be incomplete. ${FETCH_AGAIN}`,
      );
    case "depth":
      return stateError(
        state,
        "state_too_deep",
        fault.offset,
        `values are nested deeper than ${MAX_DEPTH} levels`,
        `No provider makes such values: the file may have been tampered with. ${FETCH_AGAIN}`,
      );
    case "unexpected":
      return stateError(
        state,
        "state_not_json",
        fault.offset,
        `this is not JSON: expected ${fault.expected}, found ${shown(bytes[fault.offset])} (byte ${fault.offset})`,
        `The file was damaged, or is something other than a state. ${FETCH_AGAIN}`,
      );
  }
}

/** A part of a version 4 state is not what Terraform writes. */
export function malformed(state: StateBytes, offset: number, message: string): AnchorwatchError {
  // It quotes the state, in which a name or number may have megabytes.
  const shown = message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE)}…` : message;
  return stateError(
    state,
    "state_malformed",
    offset,
    shown,
    `The state was not written by Terraform or OpenTofu, or was edited. ${FETCH_AGAIN}`,
  );
}

function shown(byte: number | undefined): string {
  if (byte === undefined) return "the end";
  if (byte === 0) return "a zero byte";
  return byte > 0x20 && byte < 0x7f
    ? `'${String.fromCharCode(byte)}'`
    : `byte 0x${byte.toString(16).padStart(2, "0")}`;
}
