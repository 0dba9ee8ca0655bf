/** Sentences with values: `${actor.name} opened ${resource.address}.` `$${` is a `${` that stands for itself. */
import type { Budget } from "../cel/budget.ts";
import type { CelProblem } from "../cel/failure.ts";
import { compileExpression, type Expression, type Subject } from "../cel/language.ts";
import { newRun } from "../cel/run.ts";
import { type CelMap, writtenValue } from "../cel/values.ts";

/** Texts as they are, expressions at their offsets. */
type Piece = string | { readonly expression: Expression; readonly offset: number };

export interface Template {
  readonly pieces: readonly Piece[];
}

export type CompiledTemplate =
  | { readonly ok: true; readonly template: Template }
  | { readonly ok: false; readonly problem: CelProblem };

const LONGEST_VALUE = 200;
const LONGEST_SENTENCE = 1000;

export function compileTemplate(text: string, subject: Subject): CompiledTemplate {
  const pieces: Piece[] = [];
  let at = 0;
  while (at < text.length) {
    const next = text.indexOf("${", at);
    if (next < 0) break;
    if (text[next - 1] === "$" && next > at) {
      pieces.push(text.slice(at, next - 1), "${");
      at = next + 2;
      continue;
    }
    pieces.push(text.slice(at, next));
    const offset = next + 2;
    const end = endOfExpression(text, offset);
    if (end === undefined)
      return { ok: false, problem: { message: "“${” is never closed; $${ writes one", offset: next } };
    const compiled = compileExpression(text.slice(offset, end), "text", subject);
    if (!compiled.ok) {
      const { message, offset: inside } = compiled.problem;
      return { ok: false, problem: { message, offset: offset + inside } };
    }
    pieces.push({ expression: compiled.expression, offset });
    at = end + 1;
  }
  pieces.push(text.slice(at));
  return { ok: true, template: { pieces: pieces.filter((piece) => piece !== "") } };
}

/**
 * The sentence. A value that cannot be evaluated is left out as “?”, and told by `failed`: the sentence says less then, and the rule
 * has fired all the same.
 */
export function fillTemplate(
  { pieces }: Template,
  variables: CelMap,
  budget: Budget,
  failed: (thrown: unknown, offset: number) => void,
): string {
  let sentence = "";
  for (const piece of pieces) {
    if (typeof piece === "string") sentence += piece;
    else {
      try {
        sentence += writtenValue(piece.expression.evaluate(newRun(variables, budget)), LONGEST_VALUE);
      } catch (thrown) {
        failed(thrown, piece.offset);
        sentence += "?";
      }
    }
  }
  const line = /\s\s|[^\S ]|^ | $/.test(sentence) ? sentence.replace(/\s+/g, " ").trim() : sentence;
  return line.length > LONGEST_SENTENCE ? `${line.slice(0, LONGEST_SENTENCE).toWellFormed()}…` : line;
}

export function readsNow({ pieces }: Template): boolean {
  return pieces.some((piece) => typeof piece !== "string" && piece.expression.readsNow);
}

/** Where the `}` stands that closes it: maps have braces, and texts may hold some. */
function endOfExpression(text: string, from: number): number | undefined {
  let depth = 0;
  let quote: string | undefined;
  for (let at = from; at < text.length; at++) {
    const character = text[at];
    if (quote !== undefined) {
      if (character === "\\") at++;
      else if (character === quote) quote = undefined;
    } else if (character === '"' || character === "'") quote = character;
    else if (character === "{") depth++;
    else if (character === "}" && depth-- === 0) return at;
  }
  return undefined;
}
