/** Drifted places remembered by fingerprints, and found again in a newer record. */
import type { DriftMark, MarkStanding } from "../domain/driftMark.ts";
import { formatPath, type Path } from "../domain/path.ts";
import type { DeclaredAttributes, ObjectShape, Shape } from "../domain/shape.ts";
import type { Value } from "../domain/value.ts";
import { elementsOf, holdsUnknown, shapeAt, shapeBelow, valueAt } from "./access.ts";
import { canonicalByShape, DYNAMIC, elementShape } from "./canonical.ts";
import { type Declared, declaredBelow } from "./difference.ts";
import type { Fingerprint } from "./fingerprints.ts";
import { canBe } from "./loose.ts";

export interface DriftedValues {
  readonly shape: ObjectShape;
  /** The whole resource, not masked. */
  readonly recorded: Value;
  readonly live: Value;
  /** How the mark of that place is made. */
  readonly at: (place: Path) => Printing;
}

export interface Printing {
  /** Address that the fingerprints are bound to. */
  readonly madeAt: string;
  readonly fingerprint: Fingerprint;
}

/** @param paths of the changes that are drift; several of one place are one mark */
export function marksOf(paths: readonly Path[], values: DriftedValues): readonly DriftMark[] {
  const places = new Map(paths.map(placeOf).map((path) => [formatPath(path), path]));
  return [...places.values()].map((path) => markOf(path, values));
}

/**
 * The mark of a place that drifts now, where the record holds what drifted there before: what was recorded before all of it is what
 * puts it right, and not the stranger that was recorded meanwhile. Both are made at the same address.
 */
export function markSince(first: DriftMark, now: DriftMark): DriftMark {
  if (first.kind === "value" && now.kind === "value") return { ...now, recorded: first.recorded };
  if (first.kind !== "members" || now.kind !== "members") return first;
  const together = (one: readonly string[], other: readonly string[], without: readonly string[]) => [
    ...new Set([...one, ...other.filter((print) => !without.includes(print))]),
  ];
  return {
    ...now,
    added: together(first.added, now.added, first.removed),
    removed: together(first.removed, now.removed, first.added),
  };
}

export interface NewerRecord {
  readonly shape: ObjectShape;
  /** The whole resource as it is recorded now. */
  readonly recorded: Value;
  /** What the code sets, and to what; undefined where the code does not have the resource. */
  readonly declared: DeclaredAttributes | undefined;
  readonly declaredValues: Value;
  /** Whether another resource declares that member of the set. */
  readonly isDeclaredElsewhere: (set: Path, member: Value) => boolean;
  readonly fingerprint: Fingerprint;
}

export function standingOfMark(mark: DriftMark, newer: NewerRecord): MarkStanding {
  const restored = mark.kind === "value" ? isValueRestored(mark, newer) : areMembersRestored(mark, newer);
  if (restored) return "restored";
  const said = saidByCode(mark.path, newer);
  if (said !== "stranger" || mark.kind === "value") return said;
  const strangers = strangersOf(mark, newer);
  const lost = lostOf(mark, newer);
  const isExplained =
    lost.length === 0 && strangers.every((one) => newer.isDeclaredElsewhere(mark.path, one));
  return isExplained ? "declared" : "stranger";
}

/** Up to the first list, set or document on the way. */
function placeOf(path: Path): Path {
  const end = path.findIndex((step) => typeof step !== "string");
  return end < 0 ? path : path.slice(0, end);
}

function markOf(path: Path, { shape, recorded, live, at }: DriftedValues): DriftMark {
  const { madeAt, fingerprint } = at(path);
  const given = { shape, fingerprint };
  if (shapeAt(shape, path)?.kind !== "set") {
    return {
      kind: "value",
      path,
      madeAt,
      recorded: printOf(path, valueAt(recorded, path), given),
      live: printOf(path, valueAt(live, path), given),
    };
  }
  const before = memberPrints(path, recorded, given);
  const now = memberPrints(path, live, given);
  return {
    kind: "members",
    path,
    madeAt,
    added: [...now.keys()].filter((print) => !before.has(print)),
    removed: [...before.keys()].filter((print) => !now.has(print)),
  };
}

type Printed = Pick<NewerRecord, "shape" | "fingerprint">;

function printOf(path: Path, value: Value | undefined, { shape, fingerprint }: Printed): string {
  return fingerprint(path, canonicalByShape(value ?? null, shapeAt(shape, path) ?? DYNAMIC));
}

/** The members of a set by their fingerprints. */
function memberPrints(path: Path, resource: Value, { shape, fingerprint }: Printed): Map<string, Value> {
  const member = elementShape(shapeAt(shape, path) ?? DYNAMIC, 0);
  const members = elementsOf(valueAt(resource, path));
  return new Map(members.map((value) => [fingerprint(path, canonicalByShape(value, member)), value]));
}

function isValueRestored(mark: Extract<DriftMark, { kind: "value" }>, newer: NewerRecord): boolean {
  return printOf(mark.path, valueAt(newer.recorded, mark.path), newer) === mark.recorded;
}

type MembersMark = Extract<DriftMark, { kind: "members" }>;

function areMembersRestored(mark: MembersMark, newer: NewerRecord): boolean {
  return strangersOf(mark, newer).length === 0 && lostOf(mark, newer).length === 0;
}

/** Members that came by drift and are recorded now. */
function strangersOf({ path, added }: MembersMark, newer: NewerRecord): readonly Value[] {
  const now = memberPrints(path, newer.recorded, newer);
  return added.flatMap((print) => (now.has(print) ? [now.get(print) as Value] : []));
}

/** Members that went by drift and are not recorded any more. */
function lostOf({ path, removed }: MembersMark, newer: NewerRecord): readonly string[] {
  const now = memberPrints(path, newer.recorded, newer);
  return removed.filter((print) => !now.has(print));
}

/** What the code sets to exactly what is recorded, it says. A key that its map lacks, it says to be absent. */
function saidByCode(path: Path, newer: NewerRecord): Exclude<MarkStanding, "restored"> {
  if (!isSetByCode(path, newer)) return "stranger";
  const wanted = valueAt(newer.declaredValues, path);
  const recorded = valueAt(newer.recorded, path);
  if (wanted === undefined) return recorded === undefined ? "declared" : "stranger";
  if (holdsUnknown(wanted)) return "undecided";
  return canBe(wanted, recorded ?? null, shapeAt(newer.shape, path) ?? DYNAMIC) ? "declared" : "stranger";
}

function isSetByCode(path: Path, { declared, shape }: NewerRecord): boolean {
  let said: Declared = declared;
  let around: Shape | undefined = shape;
  for (const step of path) {
    // The code sets a map as a whole.
    if (around?.kind !== "object" || typeof step !== "string") return said !== undefined;
    said = declaredBelow(said, step);
    if (said === undefined) return false;
    around = shapeBelow(around, step);
  }
  return true;
}
