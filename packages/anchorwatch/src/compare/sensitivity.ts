import type { Path } from "../domain/path.ts";
import type { ObjectShape, Shape } from "../domain/shape.ts";
import { shapeBelow } from "./access.ts";
import { type Glob, matchesGlob, parseGlob } from "./glob.ts";
import {
  ELEMENT,
  type FlatStep,
  flatSteps,
  matchesStep,
  type PathPattern,
  parsePathPattern,
  type StepPattern,
} from "./pathPattern.ts";

/** A rule of `anchorwatch.yaml` that calls values secret beyond what schema and state do. */
export interface SensitiveRule {
  readonly type?: string;
  readonly path: string;
  readonly origin: string;
}

export interface CompiledSensitiveRule {
  readonly type?: Glob;
  readonly path: PathPattern;
}

/** What is secret in one resource, by its schema, by the marks of its state and by rules. */
export interface Sensitivity {
  readonly shape: ObjectShape;
  readonly paths: readonly Path[];
  readonly patterns: readonly PathPattern[];
}

/** @throws AnchorwatchError `path_pattern_invalid`, naming the rule's origin */
export function compileSensitiveRules(rules: readonly SensitiveRule[]): readonly CompiledSensitiveRule[] {
  return rules.map(({ type, path, origin }) => ({
    ...(type === undefined ? {} : { type: parseGlob(type) }),
    path: parsePathPattern(path, origin),
  }));
}

/** @param paths `sensitive_attributes` of the state, as paths */
export function sensitivityOf(
  resource: { readonly type: string; readonly shape: ObjectShape; readonly paths: readonly Path[] },
  rules: readonly CompiledSensitiveRule[],
): Sensitivity {
  const spoken = rules.filter(({ type }) => type === undefined || matchesGlob(type, resource.type));
  return { shape: resource.shape, paths: resource.paths, patterns: spoken.map(({ path }) => path) };
}

/** How many steps of the path lead to the first thing that is secret; undefined where nothing on the way is. */
export function sensitiveDepth(path: Path, sensitivity: Sensitivity): number | undefined {
  const steps = flatSteps(path);
  const depths = [
    depthByShape(path, sensitivity.shape),
    ...sensitivity.paths.map((secret) => depthByMark(steps, flatSteps(secret))),
    ...sensitivity.patterns.map((pattern) => depthByPattern(steps, pattern)),
  ].filter((depth) => depth !== undefined);
  return depths.length === 0 ? undefined : Math.min(...depths);
}

/** Whether something below the path is called secret by a mark or a rule: a text there may hold it. */
export function hidesBelow(path: Path, { paths, patterns }: Sensitivity): boolean {
  const steps = flatSteps(path);
  const isOnTheWay = (length: number, matches: (i: number) => boolean) =>
    length > steps.length && steps.every((_, i) => matches(i));
  return (
    paths.map(flatSteps).some((secret) => isOnTheWay(secret.length, (i) => isSame(steps[i], secret[i]))) ||
    patterns.some((p) => isOnTheWay(p.steps.length, (i) => fits(p, i, steps[i])))
  );
}

function depthByShape(path: Path, shape: ObjectShape): number | undefined {
  let current: Shape | undefined = shape;
  for (const [i, step] of path.entries()) {
    if (current === undefined || typeof step === "object") return undefined;
    const attribute =
      current.kind === "object" && typeof step === "string" ? current.attributes.get(step) : undefined;
    if (attribute?.sensitive || attribute?.writeOnly) return i + 1;
    current = shapeBelow(current, step);
  }
  return undefined;
}

function depthByMark(steps: readonly FlatStep[], secret: readonly FlatStep[]): number | undefined {
  const isAbove = secret.length <= steps.length && secret.every((step, i) => isSame(steps[i], step));
  return isAbove ? secret.length : undefined;
}

function depthByPattern(steps: readonly FlatStep[], pattern: PathPattern): number | undefined {
  const isAbove =
    pattern.steps.length <= steps.length && pattern.steps.every((_, i) => fits(pattern, i, steps[i]));
  return isAbove ? pattern.steps.length : undefined;
}

/** Positions move and sets have none, so a mark or rule for one element covers all: rather too much than a leak. */
function isSame(step: FlatStep | undefined, mark: FlatStep | undefined): boolean {
  return step === mark || (typeof step === "number" && typeof mark === "number");
}

function fits(pattern: PathPattern, index: number, step: FlatStep | undefined): boolean {
  const wanted = pattern.steps[index];
  if (wanted === undefined || step === undefined) return false;
  const isPosition = typeof step === "number" || step === ELEMENT;
  return isPosition && namesPosition(wanted) ? true : matchesStep(wanted, step);
}

/** `rule[3]`, or `rule.3` as other tools write it. */
function namesPosition(pattern: StepPattern): boolean {
  if (pattern.kind !== "name") return pattern.kind === "position";
  const [text = "", ...more] = pattern.glob.pieces;
  return more.length === 0 && /^[0-9]+$/.test(text);
}
