import type { ResourceAddress } from "../domain/address.ts";
import type { ObjectShape } from "../domain/shape.ts";
import type { Value } from "../domain/value.ts";
import type { Holder } from "./holds.ts";
import { canName, type Identifier, isWorldwide } from "./identifiers.ts";
import { type Leaf, viewsOf } from "./leaves.ts";

/** Another resource of the watched stacks that may declare what is seen here. */
export interface Candidate {
  readonly address: ResourceAddress;
  readonly type: string;
  readonly recorded?: Value;
  /** Absent while it has not been read; null when it was deleted. */
  readonly live?: Value;
  /** Tells maps from objects. Without it the usual names of free-form maps must do. */
  readonly shape?: ObjectShape;
}

/** A candidate's recorded or live value in views; undefined where it does not refer to the resource in question. */
export function holderOf(
  value: Value | undefined,
  candidate: Candidate,
  target: { readonly type: string; readonly identifiers: readonly Identifier[] },
): Holder | undefined {
  if (value === undefined || value === null) return undefined;
  const views = viewsOf(value, candidate.shape);
  const leaves = views.flatMap(({ own }) => own);
  const references = leaves.filter((leaf) => refers(leaf, target));
  if (references.length === 0) return undefined;
  const own = leaves.filter(isOwnName);
  return {
    views,
    names: new Set([...references, ...own].map((leaf) => leaf.value)),
    refersTwice: new Set(references.map(({ key }) => key)).size > 1,
  };
}

/** A resource's own names: a plain one can be that of the resource in question by accident only. */
const OWN_NAMES: ReadonlySet<string> = new Set(["id", "arn", "name"]);

function isOwnName({ depth, key }: Leaf): boolean {
  return depth === 1 && OWN_NAMES.has(key);
}

function refers(
  leaf: Leaf,
  { type, identifiers }: { readonly type: string; readonly identifiers: readonly Identifier[] },
): boolean {
  if (leaf.free !== "no") return false;
  // What names one thing in the world is no accident: a topic's policy has the topic's ARN for its own.
  if (isOwnName(leaf)) return identifiers.some(({ text }) => text === leaf.value && isWorldwide(text));
  return identifiers.some(({ text, unique }) => text === leaf.value && (unique || canName(leaf.key, type)));
}
