/**
 * What in a repeated resource's body is the same for every instance: evaluated once, it need not be evaluated for each of
 * ten thousand.
 */
import type { Body } from "tfprovider/hcl";
import { effectiveType } from "./body.ts";

export interface InstanceParts {
  readonly shared: Body;
  /** Speaks of `count` or `each`. */
  readonly own: Body;
}

const INSTANCE_NAMES: ReadonlySet<unknown> = new Set(["count", "each"]);

/** Blocks of one type stay together: their order is the order of a list. */
export function instanceParts(body: Body): InstanceParts {
  const ownBlocks = new Set(body.blocks.filter(namesInstance).map(effectiveType));
  const isOwn = Map.groupBy(body.attributes, namesInstance);
  const blocks = Map.groupBy(body.blocks, (block) => ownBlocks.has(effectiveType(block)));
  return {
    shared: { attributes: isOwn.get(false) ?? [], blocks: blocks.get(false) ?? [] },
    own: { attributes: isOwn.get(true) ?? [], blocks: blocks.get(true) ?? [] },
  };
}

/** Anywhere in a piece of syntax; a name that a `for` binds itself counts too, which costs time and nothing else. */
function namesInstance(syntax: unknown): boolean {
  if (typeof syntax !== "object" || syntax === null) return false;
  const { kind, name } = syntax as { readonly kind?: unknown; readonly name?: unknown };
  if (kind === "variable" && INSTANCE_NAMES.has(name)) return true;
  return Object.values(syntax).some(namesInstance);
}
