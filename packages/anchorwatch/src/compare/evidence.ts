import type { ResourceAddress } from "../domain/address.ts";
import type { ObjectShape } from "../domain/shape.ts";
import type { Value } from "../domain/value.ts";
import { memberOf } from "./access.ts";
import { type Claim, claimsOf } from "./elements.ts";
import { type Holder, holdsClaim } from "./holds.ts";
import { type Identifier, identifiersOf } from "./identifiers.ts";
import { type Candidate, holderOf } from "./references.ts";
import { siblingsOf, sideOf } from "./siblings.ts";
import { claimKey } from "./unit.ts";

export interface EvidenceSource {
  readonly type: string;
  readonly shape: ObjectShape;
  readonly recorded: Value;
  readonly live: Value;
  readonly candidates: readonly Candidate[];
}

/** Who declares what is claimed of an attribute. Undefined: at least one claim has nobody. */
export interface Evidence {
  /** For what is there now. */
  ofLive(attribute: string, claims: readonly Claim[]): ReadonlySet<ResourceAddress> | undefined;
  /** For what is gone: those who declared it must have lost it. */
  ofRecorded(attribute: string, claims: readonly Claim[]): ReadonlySet<ResourceAddress> | undefined;
}

export function evidenceFrom(source: EvidenceSource): Evidence {
  // The live names may be chosen by whoever changed the resource.
  const identifiers = identifiersOf(source.recorded, source.type);
  const holders = source.candidates.flatMap((candidate) => sidesOf(candidate, source.type, identifiers));
  const used = new Map<string, Set<ResourceAddress>>();
  const among = new Map<string, readonly Sides[]>();

  function entitled(attribute: string): readonly Sides[] {
    const known = among.get(attribute) ?? holders.map((sides) => entitledSides(sides, attribute, source));
    among.set(attribute, known);
    return known;
  }

  /** Of two equal elements, each needs somebody of its own. */
  function witness(key: string, sides: readonly Sides[]): Sides | undefined {
    const taken = used.get(key) ?? new Set();
    used.set(key, taken);
    const free = sides.find(({ candidate }) => !taken.has(candidate.address));
    if (free !== undefined) taken.add(free.candidate.address);
    return free;
  }

  function all(
    side: "live" | "recorded",
    attribute: string,
    claims: readonly Claim[],
    holds: (sides: Sides, claim: Claim) => boolean,
  ): ReadonlySet<ResourceAddress> | undefined {
    const by = new Set<ResourceAddress>();
    for (const claim of claims) {
      const willing = entitled(attribute).filter((sides) => holds(sides, claim));
      const found = witness(`${side} ${attribute} ${claimKey(claim)}`, willing);
      if (found === undefined) return undefined;
      by.add(found.candidate.address);
    }
    return by;
  }

  return {
    ofLive: (attribute, claims) => all("live", attribute, claims, holdsNow),
    ofRecorded: (attribute, claims) => all("recorded", attribute, claims, lost),
  };
}

interface Sides {
  readonly candidate: Candidate;
  readonly recorded: Holder | undefined;
  readonly live: Holder | undefined;
  /** The live side also where it may not speak for the attribute in question. */
  readonly liveAsRead: Holder | undefined;
}

function sidesOf(candidate: Candidate, type: string, identifiers: readonly Identifier[]): readonly Sides[] {
  const recorded = holderOf(candidate.recorded, candidate, { type, identifiers });
  const live = holderOf(candidate.live, candidate, { type, identifiers });
  return recorded === undefined && live === undefined
    ? []
    : [{ candidate, recorded, live, liveAsRead: live }];
}

/** Once a candidate has been read, what it is counts, not what it was. */
function holdsNow({ candidate, recorded, live }: Sides, claim: Claim): boolean {
  const now = candidate.live === undefined ? recorded : live;
  return now !== undefined && holdsClaim(now, claim);
}

/** Only a candidate that has been read can have lost something: else the loss would be shown nowhere. */
function lost({ candidate, recorded, liveAsRead }: Sides, claim: Claim): boolean {
  if (candidate.live === undefined || recorded === undefined || !holdsClaim(recorded, claim)) return false;
  return liveAsRead === undefined || !holdsClaim(liveAsRead, claim);
}

/** Takes from a candidate what may belong to a sibling attribute. */
function entitledSides(sides: Sides, attribute: string, source: EvidenceSource): Sides {
  const siblings = siblingsOf(attribute, source.shape);
  const may = (holder: Holder | undefined) =>
    holder !== undefined &&
    siblings.every((sibling) => isFor(holder, sides.candidate, attribute, sibling, source))
      ? holder
      : undefined;
  return { ...sides, recorded: may(sides.recorded), live: may(sides.live) };
}

function isFor(
  holder: Holder,
  { type }: Candidate,
  attribute: string,
  sibling: string,
  { shape, recorded, live }: EvidenceSource,
): boolean {
  const side = sideOf(attribute, sibling, { type, views: holder.views });
  if (side !== "open") return side === "attribute";
  const siblingShape = shape.attributes.get(sibling)?.shape;
  const theirs = [recorded, live].flatMap((value) =>
    claimsOf(sibling, memberOf(value, sibling), siblingShape),
  );
  return !theirs.some((claim) => holdsClaim(holder, claim));
}
