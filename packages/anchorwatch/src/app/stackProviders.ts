/** The provider configurations that a stack reads with, to be asked for more than the stack's own resources. */
import { hash } from "node:crypto";
import type { ProviderReader } from "tfprovider";
import type { ResourceAddress } from "../domain/address.ts";
import { AnchorwatchError } from "../domain/errors.ts";
import { canonical, type Value } from "../domain/value.ts";
import type { EvaluatedBlock, OpenProvider } from "../terraform/provider/open.ts";
import type { ProviderReference } from "../terraform/state/providerReference.ts";
import { surroundingsOf } from "./checkLoaded.ts";
import type { LoadedStack } from "./loadedStack.ts";

export interface StackProvider {
  /** `registry.terraform.io/hashicorp/aws` */
  readonly source: string;
  /** Equal for what reads in the same way, of whichever stack; keeps nothing of what is in it. */
  readonly configuration: string;
  /** As its configuration or environment says. */
  readonly region: string | undefined;
  /** Takes the stack's secrets out of what it tells. */
  readonly scrub: (text: string) => string;
  /** Gives the provider back when the work is done. @throws ProviderError and AnchorwatchError when it cannot be started; what the work throws */
  use<Result>(signal: AbortSignal, work: (reader: ProviderReader) => Promise<Result>): Promise<Result>;
}

export interface StackProviders {
  readonly providers: readonly StackProvider[];
  /** Codes of why others cannot be told: an argument that only an apply knows, or a provider that the operator does not allow. */
  readonly refused: readonly string[];
}

const CALLS_AT_ONCE = 8;

/** Once each, of all managed resources that the state has. */
export function stackProviders(loaded: LoadedStack, open: OpenProvider): StackProviders {
  const found = new Map<string, StackProvider>();
  const refused = new Set<string>();
  for (const reference of referencesOf(loaded)) {
    try {
      const provider = providerOf(loaded, reference, open);
      found.set(provider.configuration, provider);
    } catch (error) {
      if (!(error instanceof AnchorwatchError)) throw error;
      refused.add(error.code);
    }
  }
  return { providers: [...found.values()], refused: [...refused] };
}

function referencesOf({ stack }: LoadedStack): Iterable<ProviderReference> {
  const managed = stack.state.instances.filter(({ mode }) => mode === "managed");
  return new Map(
    managed.map(({ provider }) => {
      const { source, module, alias, key } = provider;
      return [JSON.stringify([source, module, alias ?? null, key ?? null]), provider];
    }),
  ).values();
}

function providerOf(loaded: LoadedStack, reference: ProviderReference, open: OpenProvider): StackProvider {
  const { source } = reference;
  const block = loaded.blocks.providerBlock(reference);
  const { environment } = loaded.access.provider;
  const { region } = block.values;
  return {
    source,
    configuration: configurationOf(loaded, source, block),
    region: textOf(region) ?? environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"],
    scrub: loaded.secrets.scrub,
    async use(signal, work) {
      const { reader } = await open(source, block, surroundingsOf(loaded, CALLS_AT_ONCE, signal));
      try {
        return await work(reader);
      } finally {
        await reader.close();
      }
    },
  };
}

function textOf(value: Value | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** What is kept of it must be no oracle for a weak password: without a key, nothing that may be one goes into it. */
function configurationOf(
  { access: { provider }, request }: LoadedStack,
  source: string,
  { values }: EvaluatedBlock,
): string {
  const { credentials, environment } = provider;
  const { role = null, externalId = null, profile = null } = credentials;
  if (request.fingerprint === undefined) {
    return hash("sha256", JSON.stringify([source, Object.keys(values).sort(), role, profile]));
  }
  const surroundings = Object.entries(environment).sort(([a], [b]) => (a < b ? -1 : 1));
  const all = JSON.stringify([canonical(values), role, externalId, profile, surroundings]);
  // Of no stack: those of several may be the same.
  const nobody = { name: "", kind: "terraform", path: "" } as const;
  const address = `provider ${source}` as ResourceAddress;
  return request.fingerprint({ stack: nobody, address, path: [] }, all);
}
