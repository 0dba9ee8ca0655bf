/** What a provider says of one object: the same as recorded, or two values that differ. */
import type { ProviderReader } from "tfprovider";
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
  const { type, schemaVersion } = instance;
  const recorded = await reader.upgrade(type, schemaVersion, instance.recorded(), limits);
  const live = await reader.read(type, recorded, instance.private, limits);
  // Nothing is decoded for what is in sync: this is where nearly every object ends.
  if (Buffer.compare(recorded, live.value) === 0) return SAME;
  return { kind: "differs", recorded, live: live.value, private: live.private };
}
