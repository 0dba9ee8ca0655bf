import type { Change } from "../domain/check.ts";
import type { Path } from "../domain/path.ts";
import type { AttributeShape, DeclaredAttributes } from "../domain/shape.ts";
import { isEmpty, type Value } from "../domain/value.ts";
import { isComputedOnly } from "./access.ts";

/**
 * Who has the say over an attribute that differs, which decides what may silence the difference.
 * - `declared`: the code sets it. The provider's plan may say that both values are one (rung 5).
 * - `unset`: the code may set it and does not, and the cloud has no say either. A plan would take it back.
 * - `unsetComputed`: the code may set it and does not, so a plan accepts whatever is there. Only another resource that
 *   declares the same explains it (rung 7). Nested blocks that the code does not have are here too, since a provider's
 *   schema does not tell which blocks the cloud may fill; {@link import("./settle.ts").settle} learns it from the plan.
 * - `computedOnly`: nobody can set it. Informational (rung 6).
 */
export type Standing = "declared" | "unset" | "unsetComputed" | "computedOnly";

/** One place where recorded and live differ, before anything but their spelling has been considered. */
export interface Difference {
  readonly path: Path;
  readonly op: Change["op"];
  readonly recorded?: Value;
  readonly live?: Value;
  /** The element of a set that was added (live) or removed (recorded). */
  readonly element?: Value;
  /** The whole strings where `path` steps into JSON, or where they are one document in two spellings. */
  readonly recordedJson?: string;
  readonly liveJson?: string;
  /** Both strings are the same JSON document. */
  readonly jsonEqual?: true;
  readonly standing: Standing;
  /** The deepest place that means the same in the recorded, the live and the planned value: no set, no moved list. */
  readonly settleAt: Path;
  /** The outermost object around `path` that is an element of a list or map: what belongs together (a rule). */
  readonly enclosing?: Enclosing;
}

/** An element of a list or map, and where it lies. */
export interface Enclosing {
  readonly path: Path;
  readonly recorded: Value;
  readonly live: Value;
}

/** What the code says of one place: all of it, a nested block with some attributes, or nothing. */
export type Declared = true | DeclaredAttributes | undefined;

export function declaredBelow(declared: Declared, name: string): Declared {
  return declared === true ? true : declared?.get(name);
}

/**
 * An attribute counts as set when the code names it and the record is not null there: `policy = var.maybe` that came
 * out as null sets nothing. Where the cloud has a say too, an empty record is none either: providers plan "no change"
 * for an empty list in an optional and computed attribute, whatever is there, and a dynamic block may have made none.
 */
export function isSet(attribute: AttributeShape, declared: Declared, recorded: Value): boolean {
  if (declared === undefined) return attribute.required && recorded !== null;
  if (attribute.block || attribute.computed || declared !== true) return !isEmpty(recorded);
  return recorded !== null;
}

/** Of an attribute inside something of standing `outer`; only inside what the code sets can it set anything. */
export function standingOf(
  attribute: AttributeShape,
  declared: Declared,
  recorded: Value,
  outer: Standing,
): Standing {
  if (isComputedOnly(attribute)) return "computedOnly";
  if (outer !== "declared") return outer;
  if (isSet(attribute, declared, recorded)) return "declared";
  return attribute.block || attribute.computed ? "unsetComputed" : "unset";
}
