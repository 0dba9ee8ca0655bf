/** Rules as written → rules that can be evaluated. One that is wrong is told with its place, and the others go on. */

import { type Glob, parseGlob } from "../../compare/glob.ts";
import type { RuleProblem } from "../../domain/classification.ts";
import type { CelProblem } from "../cel/failure.ts";
import { compileExpression, type Expression } from "../cel/language.ts";
import type { AdjustmentSource, RuleSource, SourceText } from "./source.ts";
import { compileTemplate, type Template } from "./template.ts";

export interface CompiledRule {
  readonly source: RuleSource;
  readonly types?: readonly Glob[];
  readonly when: Expression;
  readonly explain: Template;
  readonly remedy?: Template;
}

export interface CompiledAdjustment {
  readonly source: AdjustmentSource;
  readonly when: Expression;
  readonly because: Template;
}

/** A rule that is not evaluated, since it is wrong. What it could have said is not known to be untrue. */
export interface BrokenRule {
  readonly problem: RuleProblem;
  /** Absent: what is broken is a whole file, or an adjustment. */
  readonly source?: RuleSource;
}

export interface CompiledRules {
  readonly rules: readonly CompiledRule[];
  readonly adjustments: readonly CompiledAdjustment[];
  readonly broken: readonly BrokenRule[];
}

export const NO_RULES: CompiledRules = { rules: [], adjustments: [], broken: [] };

/** @param taken ids of other origins, with where they stand */
export function compileRules(
  rules: readonly RuleSource[],
  adjustments: readonly AdjustmentSource[],
  taken: ReadonlyMap<string, string> = new Map(),
): CompiledRules {
  const known = new Map(taken);
  const broken: BrokenRule[] = [];
  const isTaken = (source: RuleSource | AdjustmentSource): boolean => {
    const before = known.get(source.id);
    if (before === undefined) known.set(source.id, `${source.file}:${source.at.line}`);
    else broken.push({ problem: problemAt(source, source.at, `the id is already taken (${before})`) });
    return before !== undefined;
  };
  const compiledRules = rules.flatMap((source): CompiledRule[] => {
    if (isTaken(source)) return [];
    const found: RuleProblem[] = [];
    const compiled = compileRule(source, found);
    if (compiled !== undefined) return [compiled];
    broken.push(...found.map((problem) => ({ problem, source })));
    return [];
  });
  const compiledAdjustments = adjustments.flatMap((source): CompiledAdjustment[] => {
    if (isTaken(source)) return [];
    const found: RuleProblem[] = [];
    const when = expressionOf(source.when, "when", source, found);
    const because = templateOf(source.because, "because", source, found);
    if (when !== undefined && because !== undefined) return [{ source, when, because }];
    broken.push(...found.map((problem) => ({ problem })));
    return [];
  });
  return { rules: compiledRules, adjustments: compiledAdjustments, broken };
}

/** Those of several origins, in order; their ids are distinct already. */
export function joinRules(parts: readonly CompiledRules[]): CompiledRules {
  return {
    rules: parts.flatMap(({ rules }) => rules),
    adjustments: parts.flatMap(({ adjustments }) => adjustments),
    broken: parts.flatMap(({ broken }) => broken),
  };
}

/** Where each id stands. */
export function takenIds({ rules, adjustments }: CompiledRules): ReadonlyMap<string, string> {
  const sources = [...rules, ...adjustments].map(({ source }) => source);
  return new Map(
    sources.map(({ id, origin, file, at }) => [
      id,
      origin === "builtin" ? "it is built in" : `${file}:${at.line}`,
    ]),
  );
}

/** At run time: where in the file an expression failed. */
export function problemIn(
  source: RuleSource | AdjustmentSource,
  text: SourceText,
  { message, offset }: CelProblem,
): RuleProblem {
  return problemAt(source, text.place(offset), message);
}

function compileRule(source: RuleSource, problems: RuleProblem[]): CompiledRule | undefined {
  const when = expressionOf(source.when, "when", source, problems);
  const explain = templateOf(source.explain, "explain", source, problems);
  const remedy =
    source.remedy === undefined ? undefined : templateOf(source.remedy.text, "remedy.text", source, problems);
  if (when === undefined || explain === undefined) return undefined;
  if (source.remedy !== undefined && remedy === undefined) return undefined;
  const types = source.types?.map((type) => parseGlob(type));
  return {
    source,
    when,
    explain,
    ...(types === undefined ? {} : { types }),
    ...(remedy === undefined ? {} : { remedy }),
  };
}

function expressionOf(
  text: SourceText,
  member: string,
  source: RuleSource | AdjustmentSource,
  problems: RuleProblem[],
): Expression | undefined {
  const compiled = compileExpression(text.text, "bool", subjectOf(source));
  if (compiled.ok) return compiled.expression;
  problems.push(problemIn(source, text, within(member, compiled.problem)));
  return undefined;
}

function templateOf(
  text: SourceText,
  member: string,
  source: RuleSource | AdjustmentSource,
  problems: RuleProblem[],
): Template | undefined {
  const compiled = compileTemplate(text.text, subjectOf(source));
  if (compiled.ok) return compiled.template;
  problems.push(problemIn(source, text, within(member, compiled.problem)));
  return undefined;
}

function subjectOf(source: RuleSource | AdjustmentSource): "rule" | "adjustment" {
  return "effect" in source ? "adjustment" : "rule";
}

function within(member: string, { message, offset }: CelProblem): CelProblem {
  return { message: `${member}: ${message}`, offset };
}

function problemAt(
  { id, file }: RuleSource | AdjustmentSource,
  { line, column }: { readonly line: number; readonly column: number },
  message: string,
): RuleProblem {
  return { rule: id, file, line, column, message };
}
