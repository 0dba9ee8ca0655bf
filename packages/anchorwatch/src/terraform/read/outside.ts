/** Resources that a state has no more: whether they run all the same, and whether the code still has them. */
import { NULL_VALUE, ProviderError } from "tfprovider";
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
  // What no state ever had, no code has either.
  const isDeclared =
    resource.address !== "" && code !== undefined ? code.hasInstance(resource.address) : false;
  const sights = await Promise.all(
    referencesFor(resource, state).map((reference) => isThere(resource, reference, { providers, limits })),
  );
  if (sights.includes(true)) return { kind: "left_the_state", exists: true, declared: isDeclared === true };
  const isKnown = sights.length > 0 && !sights.includes(undefined);
  // Whether somebody deleted it or a deployment did, the code alone tells; and a code that cannot be told says neither.
  return isKnown && isDeclared !== undefined
    ? { kind: "left_the_state", exists: false, declared: isDeclared }
    : { kind: "unseen" };
}

/** Undefined when it could not be found out. */
async function isThere(
  { type, id }: OutsideResource,
  reference: ProviderReference,
  { providers, limits }: Pick<OutsideCase, "providers" | "limits">,
): Promise<boolean | undefined> {
  try {
    const { reader } = await providers.open(reference);
    const [found] = await reader.import(type, id, limits);
    if (found === undefined) return false;
    const { value } = await reader.read(found.type, found.value, found.private, limits);
    return Buffer.compare(value, NULL_VALUE) !== 0;
  } catch (error) {
    limits.signal.throwIfAborted();
    if (!(error instanceof ProviderError)) throw error;
    // Some say “not found”, some that they are not allowed to look: only the former would be an answer, and nothing tells them apart.
    return undefined;
  }
}

/**
 * The configurations that the state reads its other resources of that kind with; the state does not tell any more which one it was.
 * Where one of them has another resource of that name, what it would find is that one.
 */
function referencesFor(
  { type, provider, id }: OutsideResource,
  { instances }: StateFile,
): readonly ProviderReference[] {
  const ofProvider = instances.filter((instance) => instance.provider.source === provider);
  if (ofProvider.length === 0) return [{ source: provider, module: "" }];
  const ofType = ofProvider.filter((instance) => instance.type === type);
  const all = distinct((ofType.length > 0 ? ofType : ofProvider).map((instance) => instance.provider));
  const taken = ofType.filter((instance) => instance.id === id).map((instance) => keyOf(instance.provider));
  return all.filter((reference) => !taken.includes(keyOf(reference)));
}

function distinct(references: readonly ProviderReference[]): readonly ProviderReference[] {
  return [...new Map(references.map((reference) => [keyOf(reference), reference])).values()];
}

function keyOf({ source, module, alias, key }: ProviderReference): string {
  return JSON.stringify([source, module, alias ?? null, key ?? null]);
}
