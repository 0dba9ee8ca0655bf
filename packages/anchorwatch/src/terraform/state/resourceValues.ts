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

/** @param address as code writes it in its module: `aws_vpc.main`, `data.aws_region.current` */
export function resourceValue(state: StateFile, module: string, address: string): KnownResource | undefined {
  const [, data, type, name] = REFERENCE.exec(address) ?? [];
  if (type === undefined || name === undefined) return undefined;
  const parts: AddressParts = { module, mode: data === undefined ? "managed" : "data", type, name };
  const instances = state
    .instancesOf(configAddress(formatAddress(parts)))
    .filter((instance) => instance.module === module && instance.deposed === undefined);
  if (instances.length === 0) return undefined;
  const sensitive = instances.some(({ sensitivePaths }) => sensitivePaths.length > 0);
  return { value: seenAs(instances), sensitive };
}

function seenAs(instances: readonly StateInstance[]): Value {
  const [first] = instances as readonly [StateInstance];
  if (first.key === undefined) return first.parseAttributes();
  if (typeof first.key === "string") {
    return objectOf(instances.map((instance) => [String(instance.key), instance.parseAttributes()]));
  }
  const sorted = [...instances].sort((a, b) => Number(a.key) - Number(b.key));
  return sorted.map((instance) => instance.parseAttributes());
}
