/** Resources that a state has no more: whether they run all the same, and whether the code still has them. */
import { NULL_VALUE, ProviderError } from "tfprovider";
import { configAddress } from "../../domain/address.ts";
import type { ProviderReference } from "../state/providerReference.ts";
import type { StateFile } from "../state/stateFile.ts";
import type { Providers } from "./providers.ts";
import type { ReadLimits } from "./reading.ts";
import type { StackCode } from "./stackCode.ts";

/** As it was when the state had it. */
export interface OutsideResource {
  readonly address: string;
  readonly type: string;
  /** Source address. */
  readonly provider: string;
  readonly id: string;
}

/** `unseen`: it could not be found out. */
export type OutsideSight =
  | { readonly kind: "left_the_state"; readonly exists: boolean; readonly declared: boolean }
  | { readonly kind: "unseen" };

export interface OutsideCase {
  readonly state: StateFile;
  readonly code: StackCode | undefined;
  readonly providers: Providers;
  readonly limits: ReadLimits;
}

export async function lookOutside(
  resource: OutsideResource,
  { state, code, providers, limits }: OutsideCase,
): Promise<OutsideSight> {
  const declared = code?.resource(configAddress(resource.address)) !== undefined;
  try {
    const { reader } = await providers.open(referenceFor(resource, state));
    const [found] = await reader.import(resource.type, resource.id, limits);
    if (found === undefined) return { kind: "left_the_state", exists: false, declared };
    const { value } = await reader.read(found.type, found.value, found.private, limits);
    return { kind: "left_the_state", exists: Buffer.compare(value, NULL_VALUE) !== 0, declared };
  } catch (error) {
    limits.signal.throwIfAborted();
    if (!(error instanceof ProviderError)) throw error;
    // Some say “not found”, some that they are not allowed to look: only the former would be an answer, and nothing tells them apart.
    return { kind: "unseen" };
  }
}

/** The configuration that the state reads its other resources of that kind with. */
function referenceFor({ type, provider }: OutsideResource, state: StateFile): ProviderReference {
  const ofProvider = state.instances.filter((instance) => instance.provider.source === provider);
  const like = ofProvider.find((instance) => instance.type === type) ?? ofProvider[0];
  return like?.provider ?? { source: provider, module: "" };
}
