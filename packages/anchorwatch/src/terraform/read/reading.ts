/** What a provider says of one object: the same as recorded, or two values that differ. */
import { type EncodedState, encodeRecorded, ProviderError, type ProviderReader } from "tfprovider";
import type { StateInstance } from "../state/instance.ts";
import { isThrottled } from "./failure.ts";

/** Values are encoded by the type's schema. `private` is what the provider keeps for itself beside the live value. */
export type Reading =
  | { readonly kind: "same" }
  | {
      readonly kind: "differs";
      readonly recorded: Uint8Array;
      readonly live: Uint8Array;
      readonly private: Uint8Array;
    };

export interface ReadLimits {
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  /** Resolves after so many milliseconds. */
  readonly sleep: (milliseconds: number) => Promise<void>;
}

const SAME: Reading = { kind: "same" };
/** The provider has tried for a while by itself before it says that it is throttled. */
const THROTTLE_PAUSES_MS = [1000, 4000];

/** @throws ProviderError when the object cannot be read */
export async function readInstance(
  instance: StateInstance,
  reader: ProviderReader,
  limits: ReadLimits,
): Promise<Reading> {
  for (const pause of THROTTLE_PAUSES_MS) {
    try {
      return await readOnce(instance, reader, limits);
    } catch (error) {
      if (!isThrottled(error)) throw error;
      await limits.sleep(pause);
    }
  }
  return readOnce(instance, reader, limits);
}

async function readOnce(
  instance: StateInstance,
  reader: ProviderReader,
  limits: ReadLimits,
): Promise<Reading> {
  const asked = await readAsRecorded(instance, reader, limits);
  if (asked?.kind === "same") return SAME;
  const recorded = await reader.upgrade(instance.type, instance.schemaVersion, instance.recorded(), limits);
  if (asked !== undefined && Buffer.compare(asked.recorded, recorded) === 0) {
    if (asked.kind === "refused") throw asked.error;
    return asked;
  }
  return readingOf(recorded, await reader.read(instance.type, recorded, instance.private, limits));
}

type Refused = { readonly kind: "refused"; readonly recorded: Uint8Array; readonly error: ProviderError };

/**
 * Reads without having the record upgraded, where it needs none: live bytes that equal the record as it stands are in
 * sync, whatever an upgrade would make of it. All else is for the caller to ask about once more.
 */
async function readAsRecorded(
  instance: StateInstance,
  reader: ProviderReader,
  limits: ReadLimits,
): Promise<Reading | Refused | undefined> {
  const recorded = recordedOf(instance, reader);
  if (recorded === undefined) return undefined;
  try {
    return readingOf(recorded, await reader.read(instance.type, recorded, instance.private, limits));
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return { kind: "refused", recorded, error };
  }
}

function recordedOf(instance: StateInstance, reader: ProviderReader): Uint8Array | undefined {
  const schema = reader.schemas.resource(instance.type);
  const recorded = instance.recorded();
  if (schema.version !== instance.schemaVersion || !("json" in recorded)) return undefined;
  return encodeRecorded(recorded.json, schema);
}

/** Nothing is decoded for what is in sync: this is where nearly every object ends. */
function readingOf(recorded: Uint8Array, { value, private: kept }: EncodedState): Reading {
  if (Buffer.compare(recorded, value) === 0) return SAME;
  return { kind: "differs", recorded, live: value, private: kept };
}

/** The provider's answer, and not that there was none. */
function isRefusal(error: unknown): error is ProviderError {
  return error instanceof ProviderError && error.code === "provider_diagnostics";
}
