/** What the state knows of the resources that code refers to: `aws_vpc.main.id` in a provider block or an argument. */
import { type AddressParts, configAddress, formatAddress } from "../../domain/address.ts";
import { objectOf, type Value } from "../../domain/value.ts";
import type { StateInstance } from "./instance.ts";
import type { StateFile } from "./stateFile.ts";

export interface KnownResource {
  /** One object, an array by `count`, or an object by `for_each`, as expressions see the resource. */
  readonly value: Value;
  /** Some of it is marked as sensitive, so all of it is treated so. */
  readonly sensitive: boolean;
}

const REFERENCE = /^(data\.)?([^.]+)\.([^.]+)$/;

/**
 * @param address as code writes it in its module: `aws_vpc.main`, `data.aws_region.current`
 * @returns undefined when the state does not have the resource, or not all of it
 */
export function resourceValue(state: StateFile, module: string, address: string): KnownResource | undefined {
  const [, data, type, name] = REFERENCE.exec(address) ?? [];
  if (type === undefined || name === undefined) return undefined;
  const parts: AddressParts = { module, mode: data === undefined ? "managed" : "data", type, name };
  const instances = state
    .instancesOf(configAddress(formatAddress(parts)))
    .filter((instance) => instance.module === module && instance.deposed === undefined);
  const value = seenAs(instances);
  if (value === undefined) return undefined;
  return { value, sensitive: instances.some(({ sensitivePaths }) => sensitivePaths.length > 0) };
}

/** Undefined where the state does not know all of it: after an apply that failed half-way, or `terraform state rm`. */
function seenAs(instances: readonly StateInstance[]): Value | undefined {
  const kinds = new Set(instances.map(({ key }) => typeof key));
  const [first] = instances;
  if (first === undefined || kinds.size > 1) return undefined;
  if (first.key === undefined) return first.parseAttributes();
  if (typeof first.key === "string") {
    return objectOf(instances.map((instance) => [String(instance.key), instance.parseAttributes()]));
  }
  const sorted = [...instances].sort((a, b) => Number(a.key) - Number(b.key));
  // With a gap, every later one would be taken for its neighbour.
  if (sorted.some(({ key }, index) => key !== index)) return undefined;
  return sorted.map((instance) => instance.parseAttributes());
}
