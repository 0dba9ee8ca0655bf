import type { Path } from "../domain/path.ts";
import type { Value } from "../domain/value.ts";
import { canonicalDynamic } from "./canonical.ts";
import type { Difference } from "./difference.ts";

/**
 * The difference that another one of the same resource repeats: `tags_all` beside `tags`. The names must say so too,
 * since the same stranger in `ingress` and in `egress` is two strangers.
 */
export function mirrored(difference: Difference, all: readonly Difference[]): Path | undefined {
  return all.find((other) => isReported(other) && isRepeatedBy(other, difference))?.path;
}

function isReported({ standing }: Difference): boolean {
  return standing === "declared" || standing === "unset";
}

function isRepeatedBy(original: Difference, copy: Difference): boolean {
  return (
    original.op === copy.op &&
    differInOneName(original.path, copy.path) &&
    same(original.recorded, copy.recorded) &&
    same(original.live, copy.live) &&
    same(original.element, copy.element)
  );
}

function differInOneName(original: Path, copy: Path): boolean {
  if (original.length !== copy.length) return false;
  const others = original.flatMap((step, i) =>
    JSON.stringify(step) === JSON.stringify(copy[i]) ? [] : [[step, copy[i]] as const],
  );
  const [name, extended] = others[0] ?? [];
  return (
    others.length === 1 &&
    typeof name === "string" &&
    typeof extended === "string" &&
    extended.startsWith(`${name}_`)
  );
}

function same(left: Value | undefined, right: Value | undefined): boolean {
  if (left === undefined || right === undefined) return left === right;
  return canonicalDynamic(left) === canonicalDynamic(right);
}
