/** Readings of a check, each made once: a resource may be asked for in its turn, and to explain another one before. */
import type { ProviderReader } from "tfprovider";
import type { StateInstance } from "../state/instance.ts";
import { type Reading, type ReadLimits, readInstance } from "./reading.ts";

export interface ReadObject {
  readonly reader: ProviderReader;
  readonly reading: Reading;
}

export interface Readings {
  /** @throws what opening the provider or reading the object threw */
  of(instance: StateInstance): Promise<ReadObject>;
  /** Lets a failed reading be made again. */
  forget(instance: StateInstance): void;
}

export function createReadings(
  readerOf: (instance: StateInstance) => Promise<ProviderReader>,
  limitsOf: (instance: StateInstance) => ReadLimits,
): Readings {
  const made = new Map<StateInstance, Promise<ReadObject>>();

  async function read(instance: StateInstance): Promise<ReadObject> {
    const reader = await readerOf(instance);
    return { reader, reading: await readInstance(instance, reader, limitsOf(instance)) };
  }

  return {
    of(instance) {
      const known = made.get(instance);
      if (known !== undefined) return known;
      const reading = read(instance);
      made.set(instance, reading);
      return reading;
    },
    forget: (instance) => made.delete(instance),
  };
}
