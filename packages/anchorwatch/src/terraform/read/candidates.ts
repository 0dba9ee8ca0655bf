/** Other resources of the state that refer to one, with their recorded and live values. */
import { decodeCty } from "tfprovider";
import { identifiersOf } from "../../compare/identifiers.ts";
import { type Candidate, holderOf } from "../../compare/references.ts";
import type { Value } from "../../domain/value.ts";
import { shapeOf } from "../provider/shape.ts";
import { fromCty } from "../provider/value.ts";
import type { StateInstance } from "../state/instance.ts";
import type { StateFile } from "../state/stateFile.ts";
import type { Readings } from "./readings.ts";

/** Those whose record names the resource, each read: what it is now counts for more than what it was. */
export async function candidatesFor(
  instance: StateInstance,
  values: { readonly recorded: Value; readonly live: Value },
  state: StateFile,
  readings: Readings,
): Promise<readonly Candidate[]> {
  const identifiers = [values.recorded, values.live].flatMap((value) => identifiersOf(value, instance.type));
  const holders = state.holdersOf(identifiers.map(({ text }) => text));
  const others = new Set([...state.referrersOf(instance), ...holders]);
  others.delete(instance);
  const target = { type: instance.type, identifiers };
  const candidates = [...others].flatMap((other) => {
    const recorded = other.parseAttributes();
    const candidate: Candidate = { address: other.address, type: other.type, recorded };
    return holderOf(recorded, candidate, target) === undefined ? [] : [{ other, candidate }];
  });
  return Promise.all(candidates.map(({ other, candidate }) => withLive(other, candidate, readings)));
}

async function withLive(other: StateInstance, candidate: Candidate, readings: Readings): Promise<Candidate> {
  try {
    const { reader, reading } = await readings.of(other);
    const { recorded } = candidate;
    const schema = reader.schemas.resource(other.type);
    const shape = shapeOf(schema);
    if (reading.kind === "same")
      return { ...candidate, shape, ...(recorded === undefined ? {} : { live: recorded }) };
    return { ...candidate, shape, live: fromCty(decodeCty(reading.live, schema.type)) };
  } catch {
    // That it cannot be read is said at the candidate itself; here its record has to do.
    return candidate;
  }
}
