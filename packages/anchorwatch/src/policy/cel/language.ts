/** Expressions in CEL: parsed and type-checked by a library, evaluated by us (`compile.ts`), within bounds. */
import { type ASTNode, TypeError as CelTypeError, Environment, ParseError } from "@marcbachmann/cel-js";
import { compileNode } from "./compile.ts";
import type { CelProblem } from "./failure.ts";
import { CelFailure, problemOf } from "./failure.ts";
import type { Evaluate } from "./run.ts";
import { ADJUSTMENT_VARIABLES, OBJECT_TYPES, OWN_FUNCTIONS, VARIABLES } from "./vocabulary.ts";

/** What an expression may be about: rules of a drift, or adjustments, which also see what was said so far. */
export type Subject = "rule" | "adjustment";

/** `bool`: nothing else will do. `text`: whatever can be written in a sentence. */
export type Wanted = "bool" | "text";

export interface Expression {
  readonly text: string;
  readonly evaluate: Evaluate;
  /** Its value may be another one as time passes. */
  readonly readsNow: boolean;
}

export type CompiledExpression =
  | { readonly ok: true; readonly expression: Expression }
  | { readonly ok: false; readonly problem: CelProblem };

const LONGEST_EXPRESSION = 4000;

/** Parses, checks the types, and makes it ready to be evaluated. */
export function compileExpression(text: string, wanted: Wanted, subject: Subject): CompiledExpression {
  if (text.length > LONGEST_EXPRESSION)
    return refused(`is longer than ${LONGEST_EXPRESSION} characters`, LONGEST_EXPRESSION);
  try {
    const parsed = environmentOf(subject).parse(text);
    const checked = parsed.check();
    if (!checked.valid) return { ok: false, problem: problemOfLibrary(checked.error, text) };
    const type = checked.type ?? "dyn";
    if (wanted === "bool" && type !== "bool" && type !== "dyn")
      return refused(`is of type ${plainType(type)}; expected bool, a condition`, startOf(parsed.ast));
    const { evaluate, readsNow } = compileNode(parsed.ast);
    return { ok: true, expression: { text, evaluate, readsNow } };
  } catch (error) {
    if (error instanceof CelFailure) return { ok: false, problem: problemOf(error) };
    return { ok: false, problem: problemOfLibrary(error, text) };
  }
}

function refused(message: string, offset: number): CompiledExpression {
  return { ok: false, problem: { message, offset } };
}

const environments = new Map<Subject, Environment>();

function environmentOf(subject: Subject): Environment {
  const known = environments.get(subject);
  if (known !== undefined) return known;
  const made = newEnvironment(subject);
  environments.set(subject, made);
  return made;
}

function newEnvironment(subject: Subject): Environment {
  const environment = new Environment({
    enableOptionalTypes: true,
    homogeneousAggregateLiterals: false,
    limits: {
      maxAstNodes: 2000,
      maxDepth: 60,
      maxListElements: 500,
      maxMapEntries: 100,
      maxCallArguments: 5,
    },
  });
  for (const [name, fields] of Object.entries(OBJECT_TYPES))
    environment.registerType(name, { fields: { ...fields } });
  const variables = subject === "rule" ? VARIABLES : { ...VARIABLES, ...ADJUSTMENT_VARIABLES };
  for (const [name, { type }] of Object.entries(variables)) environment.registerVariable(name, type);
  // The library only checks their types: nothing is ever evaluated by it.
  for (const { signature } of OWN_FUNCTIONS) environment.registerFunction(signature, neverCalled);
  return environment;
}

function neverCalled(): never {
  throw new CelFailure("is evaluated by the wrong one");
}

function problemOfLibrary(error: unknown, text: string): CelProblem {
  if (error instanceof ParseError || error instanceof CelTypeError) {
    const offset = Math.min(error.range?.start ?? 0, text.length);
    return { message: inOurWords(error.summary), offset };
  }
  return problemOf(error);
}

/** The library's words are for those who know CEL's grammar. */
function inOurWords(summary: string): string {
  const unknown = /^Unknown variable: (.*)$/s.exec(summary)?.[1];
  if (unknown !== undefined) return `there is no variable “${unknown}”`;
  const key = /^No such key: (.*)$/s.exec(summary)?.[1];
  if (key !== undefined) return `it has no member “${key}”`;
  if (summary.startsWith("Unexpected token: EOF")) return "ends too early";
  const words = summary
    .replaceAll("google.protobuf.Timestamp", "timestamp")
    .replaceAll("google.protobuf.Duration", "duration")
    .replace(/^found no matching overload for '(.*)'$/s, "there is no function $1")
    .replace(/^no such overload: (.*)$/s, "the types do not fit: $1");
  return words.charAt(0).toLowerCase() + words.slice(1);
}

function plainType(type: string): string {
  return type
    .replaceAll("google.protobuf.Timestamp", "timestamp")
    .replaceAll("google.protobuf.Duration", "duration");
}

function startOf(node: ASTNode): number {
  return node.start;
}
