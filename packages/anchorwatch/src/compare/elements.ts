/** What must be held, together, for an element to be declared by somebody. */
import type { Shape } from "../domain/shape.ts";
import { isArray, isObject, type Value } from "../domain/value.ts";
import { isComputedOnly, memberOf } from "./access.ts";
import { type Freedom, freedomOf, isScalar, type Scalar } from "./leaves.ts";

export interface Fact {
  readonly key: string;
  readonly value: Scalar;
  /** An entry of a map, which only the same entry of another map can hold. */
  readonly entry: boolean;
}

export interface Claim {
  /** One resource must hold all of them, in one place. */
  readonly facts: readonly Fact[];
  /** The other lists of the same element. */
  readonly beside: readonly Beside[];
}

/**
 * A list beside the one that a claim is about. Lists may be alternatives (sources of traffic, declared by a resource
 * each) or belong together (methods and origins, where each method is allowed from each origin): a resource that says
 * anything about the other list must hold all of it.
 */
export interface Beside {
  readonly list: string;
  readonly members: readonly (readonly Fact[])[];
}

/**
 * The claims of an element: its scalars together with each member of its lists, or alone where it has no lists. A cloud
 * merges rules, so `{22, tcp, [10/8, 192.168/16]}` may be declared by two resources: each claim asks for one.
 * Empty when the element says nothing (null, "", false, 0 and lists of nothing).
 * @param key name of the attribute or map key that holds the element
 */
export function claimsOf(
  key: string,
  value: Value,
  shape: Shape | undefined,
  free: Freedom = "no",
): readonly Claim[] {
  if (isScalar(value))
    return isNothing(value) ? [] : [{ facts: [{ key, value, entry: free === "map" }], beside: [] }];
  if (isArray(value)) return value.flatMap((element) => claimsOf(key, element, elementOf(shape), free));
  if (!isObject(value)) return [];
  const claims = objectClaims(value, shape, free);
  return claims.some(({ facts }) => facts.some((fact) => !isNothing(fact.value))) ? claims : [];
}

/** null, "", false and 0: what a provider writes where there is nothing. */
export function isNothing(value: Scalar): boolean {
  return value === "" || value === false || value === 0;
}

interface Parts {
  readonly scalars: Fact[];
  readonly members: Member[];
}

interface Member extends Claim {
  readonly list: string;
}

function objectClaims(value: Value, shape: Shape | undefined, free: Freedom): readonly Claim[] {
  const { scalars, members }: Parts = { scalars: [], members: [] };
  collect(value, shape, free, { scalars, members });
  if (members.length === 0) return [{ facts: scalars, beside: [] }];
  const lists = Map.groupBy(members, ({ list }) => list);
  return members.map(({ list, facts, beside }) => {
    const others = [...lists].filter(([name]) => name !== list);
    return {
      facts: [...scalars, ...facts],
      beside: [...beside, ...others.map(([name, of]) => ({ list: name, members: of.map((m) => m.facts) }))],
    };
  });
}

function collect(value: Value, shape: Shape | undefined, outer: Freedom, parts: Parts): void {
  if (!isObject(value)) return;
  for (const key of Object.keys(value)) {
    const attribute = shape?.kind === "object" ? shape.attributes.get(key) : undefined;
    // What only the cloud fills, nobody declares.
    if (attribute !== undefined && isComputedOnly(attribute)) continue;
    const free = shape?.kind === "map" ? "map" : freedomOf(key, attribute, outer);
    collectMember(key, memberOf(value, key), attribute?.shape ?? elementOf(shape), free, parts);
  }
}

function collectMember(
  key: string,
  value: Value,
  shape: Shape | undefined,
  free: Freedom,
  parts: Parts,
): void {
  const entry = free === "map";
  if (isScalar(value)) {
    // `self` is a source of traffic beside the lists of sources, not a property of the rule.
    if (key === "self") addMember(key, value === true ? [{ key, value, entry }] : [], parts);
    else parts.scalars.push({ key, value, entry });
  } else if (isObject(value)) collect(value, shape, free, parts);
  else if (isArray(value)) {
    const objects = value.filter(isObject);
    if (objects.length === 1) collect(objects[0] ?? null, elementOf(shape), free, parts);
    else
      for (const object of objects)
        for (const claim of objectClaims(object, elementOf(shape), free))
          parts.members.push({ list: key, ...claim });
    for (const scalar of value.filter(isScalar)) addMember(key, [{ key, value: scalar, entry }], parts);
  }
}

function addMember(list: string, facts: readonly Fact[], parts: Parts): void {
  if (facts.length > 0) parts.members.push({ list, facts, beside: [] });
}

function elementOf(shape: Shape | undefined): Shape | undefined {
  return shape?.kind === "list" || shape?.kind === "set" || shape?.kind === "map" ? shape.element : undefined;
}
