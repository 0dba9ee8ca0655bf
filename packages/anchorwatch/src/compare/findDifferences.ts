import type { Path } from "../domain/path.ts";
import type { DeclaredAttributes, ObjectShape, Shape } from "../domain/shape.ts";
import { isArray, isEmpty, isObject, type Value } from "../domain/value.ts";
import { elementsOf, hasMember, keysOf, memberOf } from "./access.ts";
import { canonicalByShape, DYNAMIC, elementShape, sameValue } from "./canonical.ts";
import {
  type Declared,
  type Difference,
  declaredBelow,
  type Enclosing,
  type Standing,
  standingOf,
} from "./difference.ts";
import { sameWhenUnset } from "./fold.ts";
import { parseJsonDocument } from "./json.ts";
import { diffJson } from "./jsonDiff.ts";
import { alignLists } from "./sequence.ts";
import { changedElements } from "./setElements.ts";

export interface Comparison {
  readonly shape: ObjectShape;
  readonly recorded: Value;
  readonly live: Value;
  readonly declared: DeclaredAttributes;
}

/** Exist in state and code alone, or name the resource: they never drift. */
const NEVER_DRIFT: ReadonlySet<string> = new Set(["id", "timeouts"]);

/**
 * Every difference between a recorded and a live value that is more than a spelling: rungs 3, 4 and 6, and the grounds
 * for 5 and 7. In the order of the shape's attributes.
 */
export function findDifferences({ shape, recorded, live, declared }: Comparison): readonly Difference[] {
  const differences: Difference[] = [];
  const attributes = new Map([...shape.attributes].filter(([name]) => !NEVER_DRIFT.has(name)));
  const root: Place = { path: [], settleAt: [], frozen: false, standing: "declared" };
  compareObject({ kind: "object", attributes }, { recorded, live }, declared, root, differences);
  return differences;
}

interface Place {
  readonly path: Path;
  readonly settleAt: Path;
  /** Below a set or a moved list: `settleAt` stays where it is. */
  readonly frozen: boolean;
  readonly standing: Standing;
  readonly enclosing?: Enclosing;
}

interface Sides {
  readonly recorded: Value;
  readonly live: Value;
}

function below(place: Place, step: string | number): Place {
  const settleAt = place.frozen ? place.settleAt : [...place.settleAt, step];
  return { ...place, path: [...place.path, step], settleAt };
}

function compareObject(
  shape: ObjectShape,
  sides: Sides,
  declared: Declared,
  place: Place,
  out: Difference[],
): void {
  for (const [name, attribute] of shape.attributes) {
    // A write-only value is never answered: null in both, whatever it is.
    if (attribute.writeOnly) continue;
    const here = { recorded: memberOf(sides.recorded, name), live: memberOf(sides.live, name) };
    if (sameValue(here.recorded, here.live, attribute.shape)) continue;
    const inside = declaredBelow(declared, name);
    const standing = standingOf(attribute, inside, here.recorded, place.standing);
    if (standing !== "declared" && sameWhenUnset(here.recorded, here.live, attribute.shape)) continue;
    compareValue(attribute.shape, here, inside, { ...below(place, name), standing }, out);
  }
}

function compareValue(shape: Shape, sides: Sides, declared: Declared, place: Place, out: Difference[]): void {
  const { recorded, live } = sides;
  if (sameValue(recorded, live, shape)) return;
  const nothing = isEmpty(recorded) && isEmpty(live);
  const arrays = !nothing && areBoth(isArray, recorded, live);
  const objects = !nothing && areBoth(isObject, recorded, live);
  if (arrays && shape.kind === "set") compareSet(shape.element, sides, declared, place, out);
  else if (arrays) compareList(shape, sides, declared, place, out);
  else if (objects && shape.kind !== "object") compareMap(shape, sides, declared, place, out);
  else if (objects && recorded !== null && live !== null && shape.kind === "object")
    compareObject(shape, sides, declared, place, out);
  else compareWhole(sides, place, out);
}

/** A missing list is compared as an empty one, so that what came into it is shown element by element. */
function areBoth(is: (value: Value) => boolean, recorded: Value, live: Value): boolean {
  return (recorded === null || is(recorded)) && (live === null || is(live));
}

function groundsOf(place: Place): Pick<Difference, "path" | "settleAt" | "standing" | "enclosing"> {
  const { path, settleAt, standing, enclosing } = place;
  return { path, settleAt, standing, ...(enclosing === undefined ? {} : { enclosing }) };
}

function compareWhole({ recorded, live }: Sides, place: Place, out: Difference[]): void {
  const documents = documentsIn(recorded, live);
  if (documents === undefined) out.push({ ...groundsOf(place), op: "replace", recorded, live });
  else compareDocuments(documents, place, out);
}

interface Documents {
  readonly recordedJson: string;
  readonly liveJson: string;
  readonly recorded: Value;
  readonly live: Value;
}

function documentsIn(recordedJson: Value, liveJson: Value): Documents | undefined {
  if (typeof recordedJson !== "string" || typeof liveJson !== "string") return undefined;
  const [recorded, live] = [parseJsonDocument(recordedJson), parseJsonDocument(liveJson)];
  if (recorded === undefined || live === undefined || isArray(recorded) !== isArray(live)) return undefined;
  return { recordedJson, liveJson, recorded, live };
}

/** Where the code sets nothing, another spelling of a document is none; elsewhere the provider has the last word. */
function compareDocuments(
  { recordedJson, liveJson, ...documents }: Documents,
  place: Place,
  out: Difference[],
): void {
  const whole = { ...groundsOf(place), recordedJson, liveJson };
  const changes = diffJson(documents.recorded, documents.live);
  for (const { steps, ...change } of changes) {
    out.push({ ...whole, ...change, path: [...place.path, { json: steps }] });
  }
  if (changes.length === 0 && place.standing === "declared")
    out.push({ ...whole, op: "replace", recorded: recordedJson, live: liveJson, jsonEqual: true });
}

function compareList(shape: Shape, sides: Sides, declared: Declared, place: Place, out: Difference[]): void {
  const [recorded, live] = [elementsOf(sides.recorded), elementsOf(sides.live)];
  const texts = (list: readonly Value[]) => list.map((e, i) => canonicalByShape(e, elementShape(shape, i)));
  const changes = alignLists(texts(recorded), texts(live));
  const still = changes.every((change) => change.kind === "changed" && change.recorded === change.live);
  const list: Place = { ...place, frozen: place.frozen || !still };
  for (const change of changes) {
    if (change.kind === "added") {
      out.push({ ...groundsOf(below(list, change.live)), op: "add", live: live[change.live] ?? null });
      continue;
    }
    const was = recorded[change.recorded] ?? null;
    const here = below(list, change.recorded);
    if (change.kind === "removed") out.push({ ...groundsOf(here), op: "remove", recorded: was });
    else {
      const pair = { recorded: was, live: live[change.live] ?? null };
      compareElement(elementShape(shape, change.recorded), pair, declared, here, out);
    }
  }
}

function compareElement(
  shape: Shape,
  sides: Sides,
  declared: Declared,
  place: Place,
  out: Difference[],
): void {
  const unset = place.standing !== "declared";
  if (unset && sameWhenUnset(sides.recorded, sides.live, shape)) return;
  const enclosing =
    place.enclosing ?? (isObject(sides.recorded) ? { path: place.path, ...sides } : undefined);
  compareValue(shape, sides, declared, enclosing === undefined ? place : { ...place, enclosing }, out);
}

function compareMap(shape: Shape, sides: Sides, declared: Declared, place: Place, out: Difference[]): void {
  const { recorded, live } = sides;
  const element = shape.kind === "map" ? shape.element : DYNAMIC;
  for (const key of new Set([...keysOf(recorded), ...keysOf(live)])) {
    const here = below(place, key);
    const pair = { recorded: memberOf(recorded, key), live: memberOf(live, key) };
    if (pair.recorded === null && pair.live === null && place.standing !== "declared") continue;
    if (!hasMember(live, key)) out.push({ ...groundsOf(here), op: "remove", recorded: pair.recorded });
    else if (!hasMember(recorded, key)) out.push({ ...groundsOf(here), op: "add", live: pair.live });
    else compareElement(element, pair, declared, here, out);
  }
}

function compareSet(shape: Shape, sides: Sides, declared: Declared, place: Place, out: Difference[]): void {
  const set: Place = { ...place, frozen: true };
  const { removed, added, paired } = changedElements(
    shape,
    elementsOf(sides.recorded),
    elementsOf(sides.live),
    set.standing === "declared" ? declared : undefined,
  );
  const push = (op: "add" | "remove", element: Value, standing: Standing) =>
    out.push({ ...groundsOf(set), standing, op, element });
  for (const pair of paired) {
    const inside: Difference[] = [];
    compareElement(shape, pair, declared, below(set, 0), inside);
    const standing = strongest(inside);
    if (standing === undefined) continue;
    push("remove", pair.recorded, standing);
    push("add", pair.live, standing);
  }
  for (const element of removed) push("remove", element, place.standing);
  for (const element of added) push("add", element, place.standing);
}

/**
 * An element differs as its weightiest difference does. What only another resource can explain outweighs what a plan
 * may settle: a plan's "no change" must not cover it.
 */
const WEIGHT: readonly Standing[] = ["unsetComputed", "unset", "declared", "computedOnly"];

function strongest(differences: readonly Difference[]): Standing | undefined {
  return WEIGHT.find((standing) => differences.some((difference) => difference.standing === standing));
}
