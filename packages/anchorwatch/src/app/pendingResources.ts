import { type ConfigAddress, configAddress, type ResourceAddress } from "../domain/address.ts";
import type { PendingChange } from "../domain/check.ts";
import type { Configuration } from "../terraform/hcl/index.ts";
import type { StateFile } from "../terraform/state/index.ts";

/**
 * A resource that the code declares and the state does not know was never created; one that only the state knows was
 * taken out of the code. How many instances there should be is Terraform's to say: see `--pending`.
 */
export function pendingResources(configuration: Configuration, state: StateFile): readonly PendingChange[] {
  // What could not be read may declare anything.
  if (configuration.warnings.length > 0) return [];
  const managed = state.instances.filter(({ mode, deposed }) => mode === "managed" && deposed === undefined);
  const recorded = new Set<ConfigAddress>(managed.map((instance) => instance.configAddress));
  const renamed = renamedBy(configuration);
  const created = [...configuration.resources.values()].filter(
    ({ address, mode, module, repetition }) =>
      mode === "managed" &&
      !recorded.has(address) &&
      !renamed(address) &&
      // A count of zero, here or of a module around, creates nothing.
      repetition === undefined &&
      module.length === 0,
  );
  const deleted = managed.filter(
    (instance) => !configuration.resources.has(instance.configAddress) && !renamed(instance.configAddress),
  );
  return [
    ...created.map(({ address, source }) => ({ ...pending(address, "create"), source })),
    ...deleted.map(({ address }) => pending(address, "delete")),
  ];
}

/** `moved`, `removed` and `import` blocks say that an address is neither made nor destroyed. */
function renamedBy({ refactorings }: Configuration): (address: ConfigAddress) => boolean {
  const named = refactorings.flatMap(({ from, to }) => [from, to].filter((address) => address !== undefined));
  const addresses = new Set(named.map((address) => configAddress(address)));
  return (address) => [...addresses].some((known) => address === known || address.startsWith(`${known}.`));
}

function pending(address: string, action: PendingChange["action"]): PendingChange {
  return { address: address as ResourceAddress, action, changes: [], alreadyLive: false };
}
