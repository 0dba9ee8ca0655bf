/**
 * Which of the things that exist some stack has as its own. What a stack only speaks of is not its own, and what is called the same in
 * another account is another thing.
 */

import { parseArn } from "./arn.ts";
import { isAws } from "./listed.ts";
import { canBe, referenceOf } from "./terraformTypes.ts";
import { GLOBAL, type Thing, type ThingName } from "./thing.ts";

/** What the states of all stacks say of a name. */
export interface FoundName {
  readonly identifier: string;
  readonly address: string;
  readonly kind: "own" | "reference";
  readonly stackId: string;
}

/** Where a stack has resources, as far as its state tells; undefined: it does not. */
export type PlacesOf = (stackId: string) => StackPlaces | undefined;

export interface StackPlaces {
  readonly accounts: ReadonlySet<string>;
  readonly regions: ReadonlySet<string>;
}

export interface Owner {
  readonly stackId: string;
  readonly address: string;
  /** The name is anybody's, and the stack does not tell in which account it is. */
  readonly isGuess: boolean;
}

/** In whose account the things are. */
export interface MatchingPlace {
  readonly account: string;
  readonly placesOf: PlacesOf;
}

/** Every name of every thing, once. */
export function namesOf(things: readonly Thing[]): readonly string[] {
  return [...new Set(things.flatMap(({ names }) => names.map(({ text }) => text)))];
}

/** The stack that has it, of several the one with the surest name; undefined: none has. @param found by identifier */
export function ownerOf(
  thing: Thing,
  found: ReadonlyMap<string, readonly FoundName[]>,
  place: MatchingPlace,
): Owner | undefined {
  let guess: Owner | undefined;
  for (const name of thing.names) {
    for (const candidate of found.get(name.text) ?? []) {
      if (candidate.kind !== "own" || !isOfType(typeOfAddress(candidate.address), thing)) continue;
      const certainty = certaintyOf(name, candidate, thing, place);
      const { stackId, address } = candidate;
      if (certainty === "sure") return { stackId, address, isGuess: false };
      if (certainty === "guess") guess ??= { stackId, address, isGuess: true };
    }
  }
  return guess;
}

/** What a provider lists it calls as states do. */
function isOfType(terraformType: string, thing: Thing): boolean {
  return thing.provider === undefined || isAws(thing.provider)
    ? canBe(terraformType, thing)
    : terraformType === thing.type;
}

function certaintyOf(
  { isUnique }: ThingName,
  { stackId }: FoundName,
  { region, provider, readBy }: Thing,
  { account, placesOf }: MatchingPlace,
): "sure" | "guess" | "no" {
  if (isUnique || readBy?.has(stackId) === true) return "sure";
  // Accounts and regions of AWS say nothing of where it is.
  if (provider !== undefined && !isAws(provider)) return "guess";
  const places = placesOf(stackId);
  if (places === undefined || places.accounts.size === 0) return "guess";
  if (!places.accounts.has(account)) return "no";
  return region === GLOBAL || places.regions.size === 0 || places.regions.has(region) ? "sure" : "no";
}

/** `module.net["a.b"].aws_vpc.main[0]`: `aws_vpc`. */
export function typeOfAddress(address: string): string {
  const plain = address.replace(/\[(?:[0-9]+|"(?:[^"\\]|\\.)*")\]/g, "");
  const parts = plain.split(".");
  return parts.at(-2) ?? "";
}

/** In which accounts and regions a state has resources: what the ARNs of its own say. An ARN that it only speaks of says nothing. */
export function placesIn(
  identifiers: Iterable<Pick<FoundName, "identifier" | "address" | "kind">>,
): StackPlaces {
  const accounts = new Set<string>();
  const regions = new Set<string>();
  for (const { identifier, address, kind } of identifiers) {
    if (kind !== "own" || !identifier.startsWith("arn:")) continue;
    const arn = parseArn(identifier);
    const reference = referenceOf(identifier);
    if (arn === undefined || reference === undefined || !canBe(typeOfAddress(address), reference)) continue;
    if (/^[0-9]{12}$/.test(arn.account)) accounts.add(arn.account);
    if (arn.region !== "") regions.add(arn.region);
  }
  return { accounts, regions };
}
