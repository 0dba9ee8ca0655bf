/** Which provider block configures a resource, through all the modules that pass providers on. */
import type { ModuleCall, ModuleConfig, ProviderBlock } from "./moduleConfig.ts";
import { defaultSource, type ProviderName, providerKey } from "./providerNames.ts";

export interface ResolvedProvider {
  /** The module that the configuration belongs to. */
  readonly config: ModuleConfig;
  /** Full source address. */
  readonly source: string;
  readonly alias: string | undefined;
  /** Undefined: no block anywhere, so the configuration is empty. */
  readonly block: ProviderBlock | undefined;
}

/** The modules from the root to one of them, each with the call that leads to it. */
export type ModuleChain = readonly { readonly config: ModuleConfig; readonly call: ModuleCall | undefined }[];

export function chainTo(root: ModuleConfig, path: readonly string[]): ModuleChain | undefined {
  const chain: { config: ModuleConfig; call: ModuleCall | undefined }[] = [{ config: root, call: undefined }];
  for (const name of path) {
    const call = chain.at(-1)?.config.calls.get(name);
    if (call?.child === undefined) return undefined;
    chain.push({ config: call.child, call });
  }
  return chain;
}

/** @param name in the words of the last module of the chain */
export function resolveProvider(
  chain: ModuleChain,
  name: ProviderName,
  defaultHost: string,
): ResolvedProvider {
  const { config, call } = chain.at(-1) as ModuleChain[number];
  const source = sourceOf(config, name.name, defaultHost);
  const block = config.providers.find((own) => providerKey(own) === providerKey(name));
  const parents = chain.slice(0, -1);
  const outer = parents.at(-1)?.config;
  // A block of its own counts, unless the call passes another one in for it.
  const passed = call?.providers?.get(providerKey(name));
  if (passed !== undefined && outer !== undefined) return resolveProvider(parents, passed, defaultHost);
  if (block !== undefined || outer === undefined) return { config, source, alias: name.alias, block };
  // Only default configurations are inherited without being passed, and by their source, not by their name.
  if (name.alias !== undefined) return { config, source, alias: name.alias, block: undefined };
  return resolveProvider(parents, { name: localName(outer, source, defaultHost) }, defaultHost);
}

/** The block of the configuration that a state names by source and alias. */
export function providerBySource(
  chain: ModuleChain,
  { source, alias }: { readonly source: string; readonly alias?: string },
  defaultHost: string,
): ResolvedProvider {
  const { config } = chain.at(-1) as ModuleChain[number];
  const name = localName(config, source, defaultHost);
  return resolveProvider(chain, alias === undefined ? { name } : { name, alias }, defaultHost);
}

function sourceOf(config: ModuleConfig, name: string, defaultHost: string): string {
  return config.requiredProviders.get(name) ?? defaultSource(name, defaultHost);
}

/** What a module calls a provider; without `required_providers` the last part of its source. */
function localName(config: ModuleConfig, source: string, defaultHost: string): string {
  for (const [name, required] of config.requiredProviders) if (required === source) return name;
  const used = config.providers.find((own) => sourceOf(config, own.name, defaultHost) === source);
  return used?.name ?? source.slice(source.lastIndexOf("/") + 1);
}
