import type { ConfigAddress, ResourceAddress } from "../../domain/address.ts";
import type { Value } from "../../domain/value.ts";
import { wholeStateError } from "./errors.ts";
import { HolderIndex } from "./holderIndex.ts";
import type { StateInstance } from "./instance.ts";

export interface SensitiveOutput {
  readonly name: string;
  readonly value: Value;
}

/** What a state says of itself. */
export interface StateHeader {
  readonly terraformVersion: string | undefined;
  readonly lineage: string | undefined;
  readonly serial: number;
}

/** A state of version 4: a list of places in its bytes, which it keeps. Indexes are made when first asked. */
export class StateFile {
  /** Where it came from, as errors name it: a path, or an address without credentials. */
  readonly origin: string;
  readonly bytes: Buffer;
  readonly terraformVersion: string | undefined;
  readonly lineage: string | undefined;
  readonly serial: number;
  /** Managed resources and data sources, deposed objects too, in the order of the file. */
  readonly instances: readonly StateInstance[];
  /** Values of outputs that are marked as sensitive: secrets, to be masked wherever they turn up. */
  readonly sensitiveOutputs: readonly SensitiveOutput[];
  readonly #current: ReadonlyMap<ResourceAddress, StateInstance>;
  #byConfig: ReadonlyMap<ConfigAddress, readonly StateInstance[]> | undefined;
  #referrers: ReadonlyMap<string, readonly StateInstance[]> | undefined;
  #holders: HolderIndex | undefined;

  /** @throws AnchorwatchError `state_duplicate_address` */
  constructor(
    { origin, bytes }: { readonly origin: string; readonly bytes: Buffer },
    header: StateHeader,
    instances: readonly StateInstance[],
    sensitiveOutputs: readonly SensitiveOutput[],
  ) {
    this.origin = origin;
    this.bytes = bytes;
    this.terraformVersion = header.terraformVersion;
    this.lineage = header.lineage;
    this.serial = header.serial;
    this.instances = instances;
    this.sensitiveOutputs = sensitiveOutputs;
    this.#current = byAddress(instances, origin);
  }

  /** The current object of the address; deposed ones are found in {@link instances} alone. */
  find(address: ResourceAddress): StateInstance | undefined {
    return this.#current.get(address);
  }

  /** All objects of the resource that the code declares at this address, deposed ones too. */
  instancesOf(address: ConfigAddress): readonly StateInstance[] {
    this.#byConfig ??= grouped(this.instances, (instance) => [instance.configAddress]);
    return this.#byConfig.get(address) ?? [];
  }

  /** Managed objects whose recorded dependencies name the resource of this one, itself left out. */
  referrersOf(instance: StateInstance): readonly StateInstance[] {
    this.#referrers ??= grouped(managed(this.instances), (referrer) => new Set(referrer.dependencies));
    return this.#referrers.get(instance.configAddress)?.filter((referrer) => referrer !== instance) ?? [];
  }

  /** Managed objects in whose value one of the strings stands as a whole string, in the order of the file. */
  holdersOf(strings: readonly string[]): readonly StateInstance[] {
    this.#holders ??= new HolderIndex(this.bytes, managed(this.instances));
    return this.#holders.holdersOf(strings);
  }
}

function managed(instances: readonly StateInstance[]): readonly StateInstance[] {
  return instances.filter(({ mode }) => mode === "managed");
}

function byAddress(
  instances: readonly StateInstance[],
  origin: string,
): ReadonlyMap<ResourceAddress, StateInstance> {
  const current = new Map<ResourceAddress, StateInstance>();
  const deposed = new Set<string>();
  for (const instance of instances) {
    const { address } = instance;
    const key = instance.deposed === undefined ? undefined : `${address} ${instance.deposed}`;
    if (key === undefined ? current.has(address) : deposed.has(key)) throw duplicate(origin, instance);
    if (key === undefined) current.set(address, instance);
    else deposed.add(key);
  }
  return current;
}

function duplicate(origin: string, { address, deposed }: StateInstance) {
  const which = deposed === undefined ? "" : ` (deposed object ${deposed})`;
  return wholeStateError(
    origin,
    "state_duplicate_address",
    `holds ${address}${which} twice`,
    "Only one of the two can be meant. Remove the wrong one, or fetch the state again with `terraform state pull`.",
    address,
  );
}

function grouped<Key>(
  instances: readonly StateInstance[],
  keysOf: (instance: StateInstance) => Iterable<Key>,
): ReadonlyMap<Key, readonly StateInstance[]> {
  const groups = new Map<Key, StateInstance[]>();
  for (const instance of instances) {
    for (const key of keysOf(instance)) {
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [instance]);
      else group.push(instance);
    }
  }
  return groups;
}
