/** What a resource says, laid out so that another resource's element can be looked for in it. */
import type { AttributeShape, ObjectShape, Shape } from "../domain/shape.ts";
import { isArray, isObject, type Value } from "../domain/value.ts";
import { isComputedOnly } from "./access.ts";
import { isNumber, type NumberValue } from "./number.ts";
import { tellingWords } from "./words.ts";

export type Scalar = string | boolean | NumberValue;

export interface Leaf {
  /** Name of the attribute, or key of the map, that holds the value or the list with it. */
  readonly key: string;
  /** Words of all names on the way to it. */
  readonly words: readonly string[];
  readonly value: Scalar;
  /** How many names deep: 1 at the top of the resource. */
  readonly depth: number;
  /**
   * Where people write what they like, a value stands for nothing but itself: a description only for a description,
   * an entry of a map (tags) only for the same entry of another map.
   */
  readonly free: Freedom;
}

export type Freedom = "no" | "text" | "map";

/**
 * A part of a resource that belongs together: one element of each list of several objects, with everything around it.
 * Values from two different rules of one resource are never taken together.
 */
export interface View {
  readonly own: readonly Leaf[];
  readonly outer: View | undefined;
}

/** All views of a resource, the widest first. */
export function viewsOf(value: Value, shape: ObjectShape | undefined): readonly View[] {
  const views: View[] = [];
  addView(value, shape, { words: [], depth: 0, free: "no" }, undefined, views);
  return views;
}

/** The leaves of a view and of all that is around it. */
export function* leavesOf(view: View): Generator<Leaf> {
  for (let current: View | undefined = view; current !== undefined; current = current.outer)
    yield* current.own;
}

export function isScalar(value: Value | undefined): value is Scalar {
  return typeof value === "string" || typeof value === "boolean" || isNumber(value);
}

type Place = Pick<Leaf, "words" | "depth" | "free">;

interface Found {
  readonly leaves: Leaf[];
  readonly several: { readonly element: Value; readonly shape: Shape | undefined; readonly place: Place }[];
}

function addView(
  value: Value,
  shape: Shape | undefined,
  place: Place,
  outer: View | undefined,
  views: View[],
): void {
  const found: Found = { leaves: [], several: [] };
  collectMembers(value, shape, place, found);
  const view: View = { own: found.leaves, outer };
  views.push(view);
  for (const part of found.several) addView(part.element, part.shape, part.place, view, views);
}

function collectMembers(value: Value, shape: Shape | undefined, place: Place, found: Found): void {
  if (!isObject(value)) return;
  for (const [key, member] of Object.entries(value)) {
    const attribute = shape?.kind === "object" ? shape.attributes.get(key) : undefined;
    // What only the cloud fills is nobody's declaration; identities are needed all the same.
    if (attribute !== undefined && isComputedOnly(attribute) && !IDENTITIES.has(key)) continue;
    const free = shape?.kind === "map" ? "map" : freedomOf(key, attribute, place.free);
    const here = { words: [...place.words, ...tellingWords(key)], depth: place.depth + 1, free };
    collect(key, member, attribute?.shape ?? mapElement(shape), here, found);
  }
}

function collect(key: string, value: Value, shape: Shape | undefined, place: Place, found: Found): void {
  if (isScalar(value)) found.leaves.push({ key, value, ...place });
  else if (isObject(value)) collectMembers(value, shape, place, found);
  else if (isArray(value)) {
    const element = shape?.kind === "list" || shape?.kind === "set" ? shape.element : undefined;
    const objects = value.filter(isObject);
    for (const scalar of value.filter(isScalar)) found.leaves.push({ key, value: scalar, ...place });
    if (objects.length === 1) collectMembers(objects[0] ?? null, element, place, found);
    else found.several.push(...objects.map((object) => ({ element: object, shape: element, place })));
  }
}

function mapElement(shape: Shape | undefined): Shape | undefined {
  return shape?.kind === "map" ? shape.element : undefined;
}

const IDENTITIES: ReadonlySet<string> = new Set(["id", "arn"]);
const FREE_TEXT: ReadonlySet<string> = new Set([
  "description",
  "comment",
  "comments",
  "note",
  "notes",
  "display_name",
]);
const FREE_MAPS: ReadonlySet<string> = new Set([
  "tags",
  "tags_all",
  "labels",
  "annotations",
  "metadata",
  "variables",
]);

/** Of what an attribute holds. `outer` is that of what it lies in. */
export function freedomOf(key: string, attribute: AttributeShape | undefined, outer: Freedom): Freedom {
  if (outer === "map" || FREE_MAPS.has(key) || attribute?.shape.kind === "map") return "map";
  return FREE_TEXT.has(key) ? "text" : outer;
}
