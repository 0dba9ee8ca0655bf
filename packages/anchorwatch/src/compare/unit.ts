import { formatPath, type Path } from "../domain/path.ts";
import type { ObjectShape, Shape } from "../domain/shape.ts";
import type { Value } from "../domain/value.ts";
import { shapeAt, valueAt } from "./access.ts";
import { canonicalDynamic } from "./canonical.ts";
import type { Difference } from "./difference.ts";
import { type Claim, claimsOf } from "./elements.ts";

/**
 * What has to be explained as a whole: an element of a set, a list's element (a rule) however deep in it something
 * differs, a JSON document, a map's entry, or a value. Parts of one rule must not be explained by different rules.
 */
export interface Unit {
  /** Equal for differences that are parts of one unit. */
  readonly key: string;
  /** The attribute of the resource that it lies in. */
  readonly attribute: string;
  /** Something stood in the same place before. */
  readonly replaces: boolean;
  readonly recorded: readonly Claim[];
  readonly live: readonly Claim[];
  /** What the whole set says on either side: elements are merged and split, and only what is new or gone counts. */
  readonly set?: { readonly recorded: readonly Claim[]; readonly live: readonly Claim[] };
}

export interface UnitSource {
  readonly shape: ObjectShape;
  readonly recorded: Value;
  readonly live: Value;
}

export function unitOf(difference: Difference, source: UnitSource): Unit {
  const { path, enclosing, recordedJson, liveJson, element, op } = difference;
  if (enclosing !== undefined) {
    const place = path.slice(0, path.findIndex((step) => typeof step === "number") + 1);
    return unit(place, source.shape, { replaces: true, ...enclosing });
  }
  if (recordedJson !== undefined && liveJson !== undefined) {
    const place = path.filter((step) => typeof step !== "object");
    return unit(place, source.shape, { replaces: true, recorded: recordedJson, live: liveJson });
  }
  if (element !== undefined) {
    const side = op === "add" ? { live: element } : { recorded: element };
    const whole = unit([...path, 0], source.shape, { replaces: false, ...side });
    const set = unit(path, source.shape, {
      replaces: false,
      recorded: valueAt(source.recorded, path) ?? null,
      live: valueAt(source.live, path) ?? null,
    });
    return { ...whole, key: `${whole.key} ${op} ${canonicalDynamic(element)}`, set };
  }
  const { recorded = null, live = null } = difference;
  const whole = unit(path, source.shape, { replaces: op === "replace", recorded, live });
  return { ...whole, key: `${whole.key} ${op}` };
}

/** Equal for claims that say the same, with all that stands beside. */
export function claimKey(claim: Claim): string {
  const beside = claim.beside.map(({ list, members }) => `${list}(${members.map(factsKey).sort()})`).sort();
  return `${factsKey(claim.facts)} ${beside}`;
}

export function factsKey(facts: Claim["facts"]): string {
  return facts
    .filter(({ value }) => value !== "")
    .map(({ key, value }) => `${JSON.stringify(key)}=${canonicalDynamic(value)}`)
    .sort()
    .join();
}

interface Sides {
  readonly replaces: boolean;
  readonly recorded?: Value;
  readonly live?: Value;
}

function unit(path: Path, shape: ObjectShape, { replaces, recorded, live }: Sides): Unit {
  const names = path.filter((step) => typeof step === "string");
  const claims = (value: Value | undefined) =>
    value === undefined
      ? []
      : claimsOf(names.at(-1) ?? "", value, shapeAt(shape, path), isInMap(path, shape) ? "map" : "no");
  return {
    key: formatPath(path),
    attribute: names[0] ?? "",
    replaces,
    recorded: claims(recorded),
    live: claims(live),
  };
}

function isInMap(path: Path, shape: Shape): boolean {
  return path.some((_, i) => shapeAt(shape, path.slice(0, i))?.kind === "map");
}
