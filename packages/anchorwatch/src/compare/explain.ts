import type { ResourceAddress } from "../domain/address.ts";
import type { Path } from "../domain/path.ts";
import type { ObjectShape } from "../domain/shape.ts";
import type { Value } from "../domain/value.ts";
import type { Difference } from "./difference.ts";
import { type Evidence, evidenceFrom } from "./evidence.ts";
import { mirrored } from "./mirror.ts";
import type { Candidate } from "./references.ts";
import { claimKey, factsKey, type Unit, unitsOf } from "./unit.ts";

export interface ExplainContext {
  readonly type: string;
  readonly shape: ObjectShape;
  readonly recorded: Value;
  readonly live: Value;
  /**
   * There is no code, and what the record holds counts as set. Then an attribute in which the cloud has a say may as
   * well have been filled by it: what is left of a difference there after the plan can be explained, too.
   */
  readonly declaredByRecord?: boolean;
  /** Resources of the watched stacks that may refer to this one; those that do not are passed over. */
  readonly candidates: readonly Candidate[];
}

/** A difference, and why it is not drift of this resource where something tells. */
export interface Finding {
  readonly difference: Difference;
  readonly explanation?: Explanation;
}

export type Explanation =
  /** Declared by these resources, and shown there. Nobody, where elements were only grouped in another way. */
  | { readonly kind: "declaredElsewhere"; readonly by: readonly ResourceAddress[] }
  /** Another attribute of this resource says the same, and is shown. */
  | { readonly kind: "mirror"; readonly of: Path };

/**
 * Rung 7: what the code does not set and the cloud may is drift, unless another resource that refers to this one
 * declares exactly that. When in doubt it is drift.
 *
 * What is there now must be held by what a declaring resource is now; what was there before, by what a declaring
 * resource was and no longer is. A value that replaced another needs only the first: what runs in that place is the
 * declaring resource's, which says itself whether it is as deployed, and the older record (a cloud's default) is stale.
 */
export function explain(differences: readonly Difference[], context: ExplainContext): readonly Finding[] {
  if (!differences.some((difference) => isExplainable(difference, context)))
    return differences.map((difference) => ({ difference }));
  const evidence = evidenceFrom(context);
  const unitOf = unitsOf(context);
  const explained = new Map<string, Explanation | undefined>();
  return differences.map((difference) => {
    if (!isExplainable(difference, context)) return { difference };
    const of = mirrored(difference, differences);
    if (of !== undefined) return { difference, explanation: { kind: "mirror", of } };
    const unit = unitOf(difference);
    if (!explained.has(unit.key)) explained.set(unit.key, explainUnit(unit, evidence));
    const explanation = explained.get(unit.key);
    return explanation === undefined ? { difference } : { difference, explanation };
  });
}

function isExplainable({ standing, path }: Difference, { shape, declaredByRecord }: ExplainContext): boolean {
  if (standing !== "declared" || !declaredByRecord) return standing === "unsetComputed";
  const attribute = shape.attributes.get(String(path[0]));
  return attribute !== undefined && (attribute.block || (attribute.computed && attribute.optional));
}

function explainUnit(unit: Unit, evidence: Evidence): Explanation | undefined {
  // Something that says nothing (false, 0) came or went: nobody can declare that.
  if (unit.live.length + unit.recorded.length === 0) return undefined;
  const came = unit.live.filter((claim) => !unit.said.has(claimKey(claim)));
  const went = unit.recorded.filter(({ facts }) => !unit.saidStill.has(factsKey(facts)));
  const now = evidence.ofLive(unit.attribute, came);
  if (now === undefined) return undefined;
  if (unit.replaces && came.length > 0) return declaredBy(now);
  const before = evidence.ofRecorded(unit.attribute, went);
  return before === undefined ? undefined : declaredBy(new Set([...now, ...before]));
}

function declaredBy(by: ReadonlySet<ResourceAddress>): Explanation {
  return { kind: "declaredElsewhere", by: [...by].sort() };
}
