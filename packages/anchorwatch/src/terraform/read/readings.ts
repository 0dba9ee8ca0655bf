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
  /** One for each provider stands for all that came back the same: of 50,000 nearly all do. */
  const same = new Map<ProviderReader, Promise<ReadObject>>();

  async function read(instance: StateInstance): Promise<ReadObject> {
    const reader = await readerOf(instance);
    const reading = await readInstance(instance, reader, limitsOf(instance));
    const object = { reader, reading };
    if (reading.kind === "same") made.set(instance, sharedBy(object));
    return object;
  }

  function sharedBy(object: ReadObject): Promise<ReadObject> {
    const known = same.get(object.reader) ?? Promise.resolve(object);
    same.set(object.reader, known);
    return known;
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
