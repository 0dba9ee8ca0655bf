/** The paths that a state marks as sensitive. What is not understood marks more, never less. */
import type { Path, PathStep } from "../../domain/path.ts";
import { isArray, isObject, type Value } from "../../domain/value.ts";

/**
 * `sensitive_attributes` in the forms of all versions: lists of `{type: "get_attr", value}` and
 * `{type: "index", value: {value, type}}`, lists of plain names and positions, and plain names. A step that is none of
 * these ends its path there, so that everything below is sensitive; an empty path is the whole resource.
 */
export function parseSensitivePaths(value: Value): readonly Path[] {
  if (value === null) return [];
  if (!isArray(value)) return [[]];
  return value.map((path) => (isArray(path) ? stepsOf(path) : stepsOf([path])));
}

function stepsOf(steps: readonly Value[]): Path {
  const path: PathStep[] = [];
  for (const step of steps) {
    const parsed = stepOf(step);
    if (parsed === undefined) break;
    path.push(parsed);
  }
  return path;
}

function stepOf(step: Value): string | number | undefined {
  if (typeof step === "string" || typeof step === "number") return step;
  if (!isObject(step)) return undefined;
  const { type, value } = step;
  if (type === "get_attr" && typeof value === "string") return value;
  if (type !== "index") return undefined;
  const index = isObject(value) ? value["value"] : value;
  return typeof index === "string" || typeof index === "number" ? index : undefined;
}
