import { formatPath, type Path } from "../domain/path.ts";
import type { ObjectShape, Shape } from "../domain/shape.ts";
import type { Value } from "../domain/value.ts";
import { shapeAt, valueAt } from "./access.ts";
import { canonicalDynamic } from "./canonical.ts";
import type { Difference } from "./difference.ts";
import { type Claim, claimsOf } from "./elements.ts";

/**
 * What has to be explained as a whole: an element of a set, an object in a list or map (a rule) however deep in it
 * something differs, a JSON document, a map's entry, or a value. Parts of one rule must not be explained by different rules.
 */
export interface Unit extends Unchanged {
  /** Equal for differences that are parts of one unit. */
  readonly key: string;
  /** The attribute of the resource that it lies in. */
  readonly attribute: string;
  /** Something stood in the same place before. */
  readonly replaces: boolean;
  readonly recorded: readonly Claim[];
  readonly live: readonly Claim[];
}

/** Of a set it is what any of its elements says: elements are merged and split, and only what is new or gone counts. */
interface Unchanged {
  /** {@link claimKey} of what was said before: it did not come. */
  readonly said: ReadonlySet<string>;
  /** {@link factsKey} of what is still said, whatever now stands beside it: it did not go. */
  readonly saidStill: ReadonlySet<string>;
}

export interface UnitSource {
  readonly shape: ObjectShape;
  readonly recorded: Value;
  readonly live: Value;
}

/** Tells the unit of each difference. What a set says as a whole is gathered once for all of its elements. */
export function unitsOf(source: UnitSource): (difference: Difference) => Unit {
  const { shape } = source;
  const sets = new Map<string, Unchanged>();

  function unchangedIn(set: Path): Unchanged {
    const key = formatPath(set);
    const known = sets.get(key) ?? unchanged(set, source);
    sets.set(key, known);
    return known;
  }

  return ({ path, enclosing, recordedJson, liveJson, element, op, recorded = null, live = null }) => {
    if (enclosing !== undefined) return unit(enclosing.path, shape, { replaces: true, ...enclosing });
    if (recordedJson !== undefined && liveJson !== undefined) {
      const place = path.filter((step) => typeof step !== "object");
      return unit(place, shape, { replaces: true, recorded: recordedJson, live: liveJson });
    }
    if (element !== undefined) {
      const side = op === "add" ? { live: element } : { recorded: element };
      const whole = unit([...path, 0], shape, { replaces: false, ...side });
      return { ...whole, key: `${whole.key} ${op} ${canonicalDynamic(element)}`, ...unchangedIn(path) };
    }
    const whole = unit(path, shape, { replaces: op === "replace", recorded, live });
    return { ...whole, key: `${whole.key} ${op}` };
  };
}

/** Equal for claims that say the same, with all that stands beside. */
export function claimKey(claim: Claim): string {
  const beside = claim.beside.map(({ list, members }) => `${list}(${members.map(factsKey).sort()})`).sort();
  return `${factsKey(claim.facts)} ${beside}`;
}

/** Equal for facts that say the same; an empty text says nothing. */
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

function unit(path: Path, shape: ObjectShape, sides: Sides): Unit {
  const live = claimsAt(path, shape, sides.live);
  return {
    key: formatPath(path),
    attribute: namesIn(path)[0] ?? "",
    replaces: sides.replaces,
    recorded: claimsAt(path, shape, sides.recorded),
    live,
    said: new Set(),
    saidStill: new Set(live.map(({ facts }) => factsKey(facts))),
  };
}

function unchanged(set: Path, { shape, recorded, live }: UnitSource): Unchanged {
  const before = claimsAt(set, shape, valueAt(recorded, set));
  const now = claimsAt(set, shape, valueAt(live, set));
  return { said: new Set(before.map(claimKey)), saidStill: new Set(now.map(({ facts }) => factsKey(facts))) };
}

function claimsAt(path: Path, shape: ObjectShape, value: Value | undefined): readonly Claim[] {
  if (value === undefined) return [];
  const name = namesIn(path).at(-1) ?? "";
  return claimsOf(name, value, shapeAt(shape, path), isInMap(path, shape) ? "map" : "no");
}

function namesIn(path: Path): readonly string[] {
  return path.filter((step) => typeof step === "string");
}

function isInMap(path: Path, shape: Shape): boolean {
  return path.some((_, i) => shapeAt(shape, path.slice(0, i))?.kind === "map");
}
