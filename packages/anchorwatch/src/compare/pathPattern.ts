/** Patterns for paths, as people write them: `ingress[*].cidr_blocks`, `tags["a.b"]`, `tags.*`, `tags.kube*`. */
import { AnchorwatchError } from "../domain/errors.ts";
import type { Path } from "../domain/path.ts";
import { type Glob, matchesGlob, parseGlob } from "./glob.ts";

export interface PathPattern {
  readonly text: string;
  readonly steps: readonly StepPattern[];
}

/** One step: anything at all, a position, or a name (of an attribute, a map key, or a position written as a name). */
export type StepPattern =
  | { readonly kind: "any" }
  | { readonly kind: "position"; readonly position: number }
  | { readonly kind: "name"; readonly glob: Glob };

const HINT = 'Write it as ingress[*].cidr_blocks, tags.Owner, tags["a.b"] or tags.*.';

/**
 * @param origin where the pattern stands, for people: `anchorwatch.yaml:12`
 * @throws AnchorwatchError `path_pattern_invalid`
 */
export function parsePathPattern(text: string, origin?: string): PathPattern {
  const refuse = (position: number, expected: string): AnchorwatchError =>
    new AnchorwatchError(
      "path_pattern_invalid",
      `${origin === undefined ? "" : `${origin}: `}“${text}”: expected ${expected} at character ${position + 1}`,
      { hint: HINT },
    );
  const steps: StepPattern[] = [];
  let position = 0;
  while (position < text.length) {
    if (text[position] === "[") {
      const { step, end } = bracketStep(text, position, refuse);
      steps.push(step);
      position = end;
      continue;
    }
    if (steps.length > 0) {
      if (text[position] !== ".") throw refuse(position, "“.” or “[”");
      position += 1;
    }
    const name = /^[^.[\]"\s]+/.exec(text.slice(position, position + MAX_NAME))?.[0];
    if (name === undefined) throw refuse(position, "a name");
    steps.push(nameStep(name));
    position += name.length;
  }
  if (steps.length === 0) throw refuse(0, "a path");
  return { text, steps };
}

const MAX_NAME = 1024;

type Refuse = (position: number, expected: string) => AnchorwatchError;

function nameStep(name: string): StepPattern {
  return name === "*" ? { kind: "any" } : { kind: "name", glob: parseGlob(name) };
}

function bracketStep(text: string, start: number, refuse: Refuse): { step: StepPattern; end: number } {
  const quoted = /^\["((?:[^"\\]|\\.)*)"\]/.exec(text.slice(start));
  if (quoted !== null) {
    const end = start + quoted[0].length;
    return { step: { kind: "name", glob: parseGlob(unquote(quoted[1] ?? "")) }, end };
  }
  const plain = /^\[(\*|[0-9]{1,9})\]/.exec(text.slice(start, start + 12));
  if (plain === null) throw refuse(start + 1, "a position, * or a quoted key, closed by “]”");
  const inside = plain[1] ?? "";
  const step: StepPattern = inside === "*" ? { kind: "any" } : { kind: "position", position: Number(inside) };
  return { step, end: start + plain[0].length };
}

function unquote(text: string): string {
  return text.replace(/\\(.)/gs, "$1");
}

/** A step of a path, or an element of a set, which has no position: only `[*]` speaks of it. */
export type FlatStep = string | number | typeof ELEMENT;

export const ELEMENT = Symbol("element of a set");

/** A path with its steps into JSON in line. */
export function flatSteps(path: Path): readonly FlatStep[] {
  return path.flatMap((step) => (typeof step === "object" ? [...step.json] : [step]));
}

/** Whether the pattern names the path or something that it lies in. */
export function matchesPath(pattern: PathPattern, path: Path | readonly FlatStep[]): boolean {
  const steps = path.flatMap((step) => (typeof step === "object" ? [...step.json] : [step]));
  return (
    pattern.steps.length <= steps.length &&
    pattern.steps.every((step, i) => matchesStep(step, steps[i] as FlatStep))
  );
}

/** What is left of the pattern below the path; undefined where it does not reach below it. */
export function remainderBelow(
  pattern: PathPattern,
  path: readonly FlatStep[],
): readonly StepPattern[] | undefined {
  const reaches =
    pattern.steps.length > path.length &&
    path.every((step, i) => matchesStep(pattern.steps[i] as StepPattern, step));
  return reaches ? pattern.steps.slice(path.length) : undefined;
}

export function matchesStep(pattern: StepPattern, step: FlatStep): boolean {
  if (pattern.kind === "any") return true;
  if (step === ELEMENT) return false;
  if (pattern.kind === "position") return step === pattern.position;
  return matchesGlob(pattern.glob, String(step));
}
