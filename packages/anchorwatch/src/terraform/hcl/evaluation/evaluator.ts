import { type Expression, type HclParser, isSyntaxError } from "tfprovider/hcl";
import { Budget } from "../budget.ts";
import { EvaluationFailure, failureAt, reasonOf } from "../failure.ts";
import type { FileAccess } from "../functions/define.ts";
import { fromLiteral } from "../values/literal.ts";
import { DYNAMIC } from "../values/type.ts";
import { type Typed, unknownOf } from "../values/typed.ts";
import { evaluateCall } from "./calls.ts";
import { evaluateObject, evaluateTuple } from "./constructors.ts";
import type { Evaluation } from "./evaluation.ts";
import { evaluateFor } from "./forExpression.ts";
import { evaluateBinary, evaluateConditional, evaluateUnary } from "./operators.ts";
import type { Scope } from "./scope.ts";
import { evaluateTemplate } from "./templates.ts";
import { evaluateGetAttr, evaluateIndex, evaluateSplat, evaluateVariable } from "./traversals.ts";

/** Deep enough for any chain of locals, shallow enough for the stack. */
const MAX_DEPTH = 600;

/** Characters: about a second of reading. */
const MAX_TEMPLATE = 500_000;

/** Evaluates the expressions of one configuration, within one budget. */
export class Evaluator implements Evaluation {
  readonly parser: HclParser;
  readonly files: FileAccess;
  readonly budget: Budget;
  readonly #templates = new Map<string, Expression>();
  #depth = 0;

  constructor(parser: HclParser, files: FileAccess, budget = new Budget()) {
    this.parser = parser;
    this.files = files;
    this.budget = budget;
  }

  /** @throws EvaluationFailure with its place */
  evaluate(expression: Expression, scope: Scope): Typed {
    this.budget.spend(1);
    if (this.#depth >= MAX_DEPTH)
      throw new EvaluationFailure("expressions refer to each other through too many steps", {
        at: expression.range,
        limit: true,
      });
    this.#depth++;
    try {
      return this.#evaluate(expression, scope);
    } catch (error) {
      if (error instanceof EvaluationFailure) throw failureAt(error, expression.range);
      throw error;
    } finally {
      this.#depth--;
    }
  }

  template(text: string, file: string): Expression {
    if (text.length > MAX_TEMPLATE)
      throw new EvaluationFailure(`a template is longer than ${MAX_TEMPLATE} characters`, { limit: true });
    this.budget.spend(text.length >> 6);
    const key = JSON.stringify([file, text]);
    const known = this.#templates.get(key);
    if (known !== undefined) return known;
    // The parser takes about as long for a character as a step takes.
    this.budget.spend(text.length);
    const expression = this.parser.parseTemplate(text, file);
    if (isSyntaxError(expression)) throw new EvaluationFailure(expression.message);
    this.#templates.set(key, expression);
    return expression;
  }

  /** What cannot be evaluated is unknown, and says why and where. */
  evaluateOrUnknown(expression: Expression, scope: Scope): Typed {
    try {
      return this.evaluate(expression, scope);
    } catch (error) {
      if (error instanceof EvaluationFailure) return unknownOf(DYNAMIC, [reasonOf(error, expression.range)]);
      throw error;
    }
  }

  #evaluate(expression: Expression, scope: Scope): Typed {
    switch (expression.kind) {
      case "literal":
        return fromLiteral(expression.value);
      case "parentheses":
        return this.evaluate(expression.inner, scope);
      case "template":
        return evaluateTemplate(this, expression, scope);
      case "tuple":
        return evaluateTuple(this, expression.elements, scope);
      case "object":
        return evaluateObject(this, expression.items, scope);
      case "variable":
        return evaluateVariable(expression.name, scope);
      case "splatItem":
        return scope.item ?? unknownOf(DYNAMIC, []);
      case "getAttr":
        return evaluateGetAttr(this, expression, scope);
      case "index":
        return evaluateIndex(this, expression, scope);
      case "splat":
        return evaluateSplat(this, expression, scope);
      case "call":
        return evaluateCall(this, expression, scope);
      case "unary":
        return evaluateUnary(expression.operator, this.evaluate(expression.operand, scope));
      case "binary":
        return evaluateBinary(this, expression, scope);
      case "conditional":
        return evaluateConditional(this, expression, scope);
      case "for":
        return evaluateFor(this, expression, scope);
    }
  }
}
