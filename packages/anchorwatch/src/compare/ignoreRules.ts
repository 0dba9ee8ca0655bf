import { configAddress, type ResourceAddress } from "../domain/address.ts";
import { formatPath, type Path } from "../domain/path.ts";
import { type Glob, matchesGlob, parseGlob } from "./glob.ts";
import { type FlatStep, flatSteps, matchesPath, type PathPattern, parsePathPattern } from "./pathPattern.ts";

/**
 * A rule of `anchorwatch.yaml` or the command line. What is absent matches everything; `*` stands for any characters.
 * The last rule that matches wins.
 */
export interface IgnoreRule {
  readonly type?: string;
  /** With or without instance keys: `module.net.aws_instance.web`. */
  readonly address?: string;
  /** Absent: the whole resource, also when it was deleted. */
  readonly path?: string;
  /** Takes back what the rules before it ignore. */
  readonly negate: boolean;
  readonly reason?: string;
  /** `anchorwatch.yaml:12` or `--ignore`. */
  readonly origin: string;
}

/** A rule of any origin, ready to match. */
export interface CompiledRule {
  readonly type?: Glob;
  readonly address?: Glob;
  /** Import id, as `.driftignore` files name resources. */
  readonly id?: Glob;
  readonly path?: PathPattern;
  readonly negate: boolean;
  /** The rule in the words of the file that holds it, with its place. */
  readonly label: string;
}

export interface IgnoreSubject {
  readonly type: string;
  readonly address: ResourceAddress;
  readonly id?: string;
}

/** @throws AnchorwatchError `path_pattern_invalid`, naming the rule's origin */
export function compileIgnoreRules(rules: readonly IgnoreRule[]): readonly CompiledRule[] {
  return rules.map(({ type, address, path, negate, reason, origin }) => ({
    ...(type === undefined ? {} : { type: parseGlob(type) }),
    ...(address === undefined ? {} : { address: parseGlob(address) }),
    ...(path === undefined ? {} : { path: parsePathPattern(path, origin) }),
    negate,
    label: labelOf(origin, `${address ?? type ?? "*"}${path === undefined ? "" : `:${path}`}`, reason),
  }));
}

/** `lifecycle.ignore_changes` of one resource as rules: the first in order, so that a negation can take it back. */
export function rulesOfIgnoreChanges(
  ignoreChanges: "all" | readonly Path[] | undefined,
  origin = "lifecycle.ignore_changes",
): readonly CompiledRule[] {
  if (ignoreChanges === undefined) return [];
  if (ignoreChanges === "all")
    return [{ path: { text: "*", steps: [{ kind: "any" }] }, negate: false, label: labelOf(origin, "all") }];
  return ignoreChanges.map((path) => ({
    path: patternOf(path),
    negate: false,
    label: labelOf(origin, formatPath(path)),
  }));
}

/** The rules that speak of this resource, in order. */
export function rulesFor(subject: IgnoreSubject, rules: readonly CompiledRule[]): readonly CompiledRule[] {
  return rules.filter((rule) => speaksOf(rule, subject));
}

/** The rule that silences a path of the resource; undefined where none does, or a later one takes it back. */
export function ignoredBy(
  path: Path | readonly FlatStep[],
  rules: readonly CompiledRule[],
): string | undefined {
  return lastWord(rules, (rule) => rule.path === undefined || matchesPath(rule.path, path));
}

/** The rule that silences the whole resource, also when it was deleted. */
export function resourceIgnoredBy(rules: readonly CompiledRule[]): string | undefined {
  return lastWord(rules, (rule) => rule.path === undefined);
}

function lastWord(
  rules: readonly CompiledRule[],
  matches: (rule: CompiledRule) => boolean,
): string | undefined {
  const last = rules.findLast(matches);
  return last === undefined || last.negate ? undefined : last.label;
}

function speaksOf(rule: CompiledRule, { type, address, id }: IgnoreSubject): boolean {
  if (rule.type !== undefined && !matchesGlob(rule.type, type)) return false;
  if (rule.id !== undefined && (id === undefined || !matchesGlob(rule.id, id))) return false;
  if (rule.address === undefined) return true;
  return matchesGlob(rule.address, address) || matchesGlob(rule.address, configAddress(address));
}

function labelOf(origin: string, rule: string, reason?: string): string {
  return `${origin}: ${rule}${reason === undefined ? "" : ` (${reason})`}`;
}

/** A path of code is literal: a `*` in a map key is a star. */
function patternOf(path: Path): PathPattern {
  const steps = flatSteps(path).map((step) =>
    typeof step === "number"
      ? ({ kind: "position", position: step } as const)
      : ({ kind: "name", glob: { pieces: [String(step)] } } as const),
  );
  return { text: formatPath(path), steps };
}
