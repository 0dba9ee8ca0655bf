import type { Path, PathStep } from "../domain/path.ts";

/** Order of paths for people: names by alphabet, positions by number, what contains before what is contained. */
export function comparePaths(left: Path, right: Path): number {
  for (let i = 0; i < Math.min(left.length, right.length); i += 1) {
    const order = compareSteps(left[i] as PathStep, right[i] as PathStep);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function compareSteps(left: PathStep, right: PathStep): number {
  if (typeof left === "object" && typeof right === "object") return comparePaths(left.json, right.json);
  if (typeof left === "number" && typeof right === "number") return left - right;
  if (typeof left === "string" && typeof right === "string") return left < right ? -1 : left > right ? 1 : 0;
  return rank(left) - rank(right);
}

function rank(step: PathStep): number {
  if (typeof step === "number") return 0;
  return typeof step === "string" ? 1 : 2;
}
