/** The providers of a check: one process for each distinct configuration, started when the first resource needs it. */

import type { ReadIdentity } from "../../domain/check.ts";
import { canonical } from "../../domain/value.ts";
import type { EvaluatedBlock, OpenedProvider } from "../provider/open.ts";
import type { ProviderReference } from "../state/providerReference.ts";
import type { StackCode } from "./stackCode.ts";

export interface Providers {
  /** The same process for every reference that comes to the same configuration. */
  open(reference: ProviderReference): Promise<OpenedProvider>;
  /** Those that were opened, in the order in which they were asked for; failed ones left out. */
  opened(): Promise<readonly (OpenedProvider & { readonly source: string })[]>;
  close(): Promise<void>;
}

export function createProviders(
  code: Pick<StackCode, "providerBlock">,
  openOne: (source: string, block: EvaluatedBlock) => Promise<OpenedProvider>,
  onStart: (source: string) => void,
): Providers {
  const byReference = new Map<string, Promise<OpenedProvider>>();
  const byConfiguration = new Map<
    string,
    { readonly source: string; readonly opened: Promise<OpenedProvider> }
  >();

  async function start(reference: ProviderReference): Promise<OpenedProvider> {
    const { source } = reference;
    const block = code.providerBlock(reference);
    const key = `${source} ${canonical(block.values)}`;
    const running = byConfiguration.get(key);
    if (running !== undefined) return running.opened;
    onStart(source);
    const opened = openOne(source, block);
    byConfiguration.set(key, { source, opened });
    return opened;
  }

  async function opened() {
    const all = [...byConfiguration.values()].map(async ({ source, opened }) => ({
      source,
      ...(await opened),
    }));
    const outcomes = await Promise.allSettled(all);
    return outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
  }

  return {
    opened,
    open(reference) {
      const key = JSON.stringify([reference.source, reference.module, reference.alias, reference.key]);
      const known = byReference.get(key);
      if (known !== undefined) return known;
      const starting = start(reference);
      byReference.set(key, starting);
      return starting;
    },
    async close() {
      await Promise.all((await opened()).map(({ reader }) => reader.close()));
    },
  };
}

export function identitiesOf(
  opened: readonly (OpenedProvider & { readonly source: string })[],
): readonly ReadIdentity[] {
  return opened.map(({ source, identity }) => ({ provider: source, description: identity }));
}
