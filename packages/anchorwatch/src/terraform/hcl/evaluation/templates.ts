import type { TemplateExpression, TemplatePart } from "tfprovider/hcl";
import { EvaluationFailure } from "../failure.ts";
import { convert } from "../values/convert.ts";
import { BOOL, STRING } from "../values/type.ts";
import { marked, reasonsOf, type Typed, text, unknownOf } from "../values/typed.ts";
import type { Evaluation } from "./evaluation.ts";
import { iterationsOf, namesOf } from "./iteration.ts";
import { type Scope, withNames } from "./scope.ts";

const MAX_TEMPLATE = 8_000_000;

/** `"${x}"` is x itself, of whatever type; every other template is text. */
export function evaluateTemplate(
  evaluation: Evaluation,
  { parts, heredoc }: TemplateExpression,
  scope: Scope,
): Typed {
  const [only] = parts;
  if (parts.length === 1 && only?.kind === "interpolation" && !heredoc)
    return evaluation.evaluate(only.expression, scope);
  return joined(evaluation, parts, scope);
}

function joined(evaluation: Evaluation, parts: readonly TemplatePart[], scope: Scope): Typed {
  const pieces = parts.map((part) => evaluatePart(evaluation, part, scope));
  const secret = pieces.some((piece) => piece.sensitive);
  if (pieces.some((piece) => piece.kind === "unknown"))
    return marked(unknownOf(STRING, reasonsOf(pieces)), secret);
  const written = pieces.map((piece) => (piece.kind === "string" ? piece.text : ""));
  evaluation.budget.spend(pieces.reduce((sum, piece) => sum + piece.weight, 0));
  return marked(text(written.join("")), secret);
}

function evaluatePart(evaluation: Evaluation, part: TemplatePart, scope: Scope): Typed {
  evaluation.budget.spend(1);
  switch (part.kind) {
    case "text":
      return text(part.text);
    case "interpolation": {
      const value = convert(evaluation.evaluate(part.expression, scope), STRING);
      if (value.kind === "null") throw new EvaluationFailure("a template cannot show null");
      return value;
    }
    case "if":
      return evaluateIf(evaluation, part, scope);
    case "for":
      return evaluateTemplateFor(evaluation, part, scope);
  }
}

function evaluateIf(
  evaluation: Evaluation,
  part: Extract<TemplatePart, { kind: "if" }>,
  scope: Scope,
): Typed {
  const condition = convert(evaluation.evaluate(part.condition, scope), BOOL);
  if (condition.kind === "unknown") return marked(unknownOf(STRING, condition.reasons), condition.sensitive);
  if (condition.kind !== "bool") throw new EvaluationFailure("a condition must not be null");
  const chosen = joined(evaluation, condition.bool ? part.whenTrue : part.whenFalse, scope);
  return marked(chosen, condition.sensitive);
}

function evaluateTemplateFor(
  evaluation: Evaluation,
  part: Extract<TemplatePart, { kind: "for" }>,
  scope: Scope,
): Typed {
  const collection = evaluation.evaluate(part.collection, scope);
  if (collection.kind === "unknown")
    return marked(unknownOf(STRING, collection.reasons), collection.sensitive);
  let total = 0;
  const rounds = iterationsOf(collection).map((iteration) => {
    const round = joined(
      evaluation,
      part.body,
      withNames(evaluation.budget, scope, namesOf(part, iteration)),
    );
    // Checked as it grows: the last join would come too late.
    total += round.kind === "string" ? round.text.length : 0;
    if (total > MAX_TEMPLATE)
      throw new EvaluationFailure("a template writes more than 8 MB", { limit: true });
    return round;
  });
  const secret = collection.sensitive || rounds.some((round) => round.sensitive);
  if (rounds.some((round) => round.kind === "unknown"))
    return marked(unknownOf(STRING, reasonsOf(rounds)), secret);
  return marked(text(rounds.map((round) => (round.kind === "string" ? round.text : "")).join("")), secret);
}
