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
    const known = among.get(attribute) ?? entitledTo(attribute, holders, source);
    among.set(attribute, known);
    return known;
  }

  /** Of two equal elements, each needs somebody of its own. */
  function witness(
    key: string,
    sides: readonly Sides[],
    holds: (sides: Sides) => boolean,
  ): ResourceAddress | undefined {
    const taken = used.get(key) ?? new Set();
    used.set(key, taken);
    const free = sides.find((those) => !taken.has(those.candidate.address) && holds(those));
    if (free === undefined) return undefined;
    taken.add(free.candidate.address);
    return free.candidate.address;
  }

  function all(
    side: "live" | "recorded",
    attribute: string,
    claims: readonly Claim[],
    holds: (sides: Sides, claim: Claim) => boolean,
  ): ReadonlySet<ResourceAddress> | undefined {
    const by = new Set<ResourceAddress>();
    for (const claim of claims) {
      const key = `${side} ${attribute} ${claimKey(claim)}`;
      const found = witness(key, entitled(attribute), (sides) => holds(sides, claim));
      if (found === undefined) return undefined;
      by.add(found);
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

/** An attribute of the same shape, and what it says on either side. */
interface Sibling {
  readonly name: string;
  readonly claims: readonly Claim[];
}

/** Takes from the candidates what may belong to a sibling attribute. */
function entitledTo(
  attribute: string,
  holders: readonly Sides[],
  { shape, recorded, live }: EvidenceSource,
): readonly Sides[] {
  const siblings = siblingsOf(attribute, shape).map((name): Sibling => {
    const own = shape.attributes.get(name)?.shape;
    return { name, claims: [recorded, live].flatMap((value) => claimsOf(name, memberOf(value, name), own)) };
  });
  return holders.map((sides) => {
    const { type } = sides.candidate;
    const may = (holder: Holder | undefined) =>
      holder !== undefined && siblings.every((sibling) => isFor(attribute, sibling, holder, type))
        ? holder
        : undefined;
    return { ...sides, recorded: may(sides.recorded), live: may(sides.live) };
  });
}

function isFor(attribute: string, sibling: Sibling, holder: Holder, type: string): boolean {
  const side = sideOf(attribute, sibling.name, { type, views: holder.views });
  if (side !== "open") return side === "attribute";
  return !sibling.claims.some((claim) => holdsClaim(holder, claim));
}
