import type { BinaryOperator, Expression, UnaryOperator } from "tfprovider/hcl";
import { EvaluationFailure } from "../failure.ts";
import {
  add,
  type BigFloat,
  compare,
  divide,
  modulo,
  multiply,
  negate,
  subtract,
} from "../values/bigFloat.ts";
import { convert } from "../values/convert.ts";
import { equal } from "../values/equality.ts";
import { BOOL, DYNAMIC, NUMBER, type Type, typeName } from "../values/type.ts";
import {
  bool,
  FALSE,
  marked,
  number,
  reasonsOf,
  TRUE,
  type Typed,
  typeOf,
  unknownOf,
} from "../values/typed.ts";
import { unify } from "../values/unify.ts";
import type { Evaluation } from "./evaluation.ts";
import type { Scope } from "./scope.ts";

export function evaluateUnary(operator: UnaryOperator, operand: Typed): Typed {
  const type = operator === "-" ? NUMBER : BOOL;
  const value = operandAs(operand, type);
  if (value.kind === "unknown") return marked(unknownOf(type, value.reasons), operand.sensitive);
  if (value.kind === "number") return marked(number(negate(value.number)), operand.sensitive);
  return marked(bool(value.kind === "bool" && !value.bool), operand.sensitive);
}

type Binary = Extract<Expression, { kind: "binary" }>;

export function evaluateBinary(
  evaluation: Evaluation,
  { operator, left, right }: Binary,
  scope: Scope,
): Typed {
  const a = evaluation.evaluate(left, scope);
  const b = evaluation.evaluate(right, scope);
  const secret = a.holdsSensitive || b.holdsSensitive;
  evaluation.budget.spend(a.weight + b.weight);
  if (operator === "==" || operator === "!=") return marked(compareEqual(operator, a, b), secret);
  if (operator === "&&" || operator === "||") return marked(logical(operator, a, b), secret);
  return marked(arithmetic(operator, a, b), secret);
}

function compareEqual(operator: "==" | "!=", a: Typed, b: Typed): Typed {
  const same = equal(a, b);
  return same === undefined ? unknownOf(BOOL, reasonsOf([a, b])) : bool(same === (operator === "=="));
}

/** A known operand may decide alone. */
function logical(operator: "&&" | "||", a: Typed, b: Typed): Typed {
  const [left, right] = [operandAs(a, BOOL), operandAs(b, BOOL)];
  const deciding = operator === "||";
  const decides = (value: Typed): boolean => value.kind === "bool" && value.bool === deciding;
  if (decides(left) || decides(right)) return deciding ? TRUE : FALSE;
  if (left.kind === "unknown" || right.kind === "unknown") return unknownOf(BOOL, reasonsOf([left, right]));
  return deciding ? FALSE : TRUE;
}

type Calculation = Exclude<BinaryOperator, "==" | "!=" | "&&" | "||">;

function arithmetic(operator: Calculation, a: Typed, b: Typed): Typed {
  const [left, right] = [operandAs(a, NUMBER), operandAs(b, NUMBER)];
  const compares = operator === "<" || operator === "<=" || operator === ">" || operator === ">=";
  if (left.kind !== "number" || right.kind !== "number")
    return unknownOf(compares ? BOOL : NUMBER, reasonsOf([left, right]));
  return compares
    ? bool(ordered(operator, compare(left.number, right.number)))
    : number(calculate(operator, left.number, right.number));
}

function ordered(operator: "<" | "<=" | ">" | ">=", order: number): boolean {
  switch (operator) {
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
  }
}

function calculate(operator: "+" | "-" | "*" | "/" | "%", a: BigFloat, b: BigFloat): BigFloat {
  switch (operator) {
    case "+":
      return add(a, b);
    case "-":
      return subtract(a, b);
    case "*":
      return multiply(a, b);
    case "/":
      return divide(a, b);
    case "%":
      return modulo(a, b);
  }
}

function operandAs(value: Typed, type: Type): Typed {
  if (value.kind === "null") throw new EvaluationFailure("an operand is null");
  return convert(value, type);
}

type Conditional = Extract<Expression, { kind: "conditional" }>;

/** Both branches are evaluated for their types, but only the chosen one may fail. */
export function evaluateConditional(
  evaluation: Evaluation,
  { condition, whenTrue, whenFalse }: Conditional,
  scope: Scope,
): Typed {
  const test = operandAs(evaluation.evaluate(condition, scope), BOOL);
  if (test.kind !== "bool") return undecided(evaluation, [whenTrue, whenFalse], scope, test);
  const chosen = evaluation.evaluate(test.bool ? whenTrue : whenFalse, scope);
  const other = branchType(evaluation, test.bool ? whenFalse : whenTrue, scope);
  evaluation.budget.spend(chosen.weight + (other?.weight ?? 0));
  return marked(convert(chosen, resultType(chosen, other)), test.sensitive);
}

/** A value for the type of a branch that is not taken, or nothing where it cannot be told. */
function branchType(evaluation: Evaluation, branch: Expression, scope: Scope): Typed | undefined {
  try {
    return evaluation.evaluate(branch, scope);
  } catch (error) {
    // Even a limit: the chosen branch is within all of them.
    if (error instanceof EvaluationFailure) return undefined;
    throw error;
  }
}

function resultType(chosen: Typed, other: Typed | undefined): Type {
  const type = typeOf(chosen);
  if (other === undefined) return DYNAMIC;
  const otherType = typeOf(other);
  if (chosen.kind === "null" && type.kind === "dynamic") return otherType;
  if (type.kind === "dynamic" || otherType.kind === "dynamic") return DYNAMIC;
  const joined = unify([type, otherType]);
  if (joined === undefined)
    throw new EvaluationFailure(
      `both results of a condition must be of one type, and these are ${typeName(type)} and ${typeName(otherType)}`,
    );
  return joined;
}

function undecided(
  evaluation: Evaluation,
  branches: readonly Expression[],
  scope: Scope,
  test: Typed,
): Typed {
  const values = branches.map((branch) => branchType(evaluation, branch, scope));
  const types = values.flatMap((value) => (value === undefined ? [] : [typeOf(value)]));
  const type = types.length === values.length ? unify(types) : undefined;
  const secret = test.sensitive || values.some((value) => value?.holdsSensitive === true);
  return marked(unknownOf(type ?? DYNAMIC, reasonsOf([test])), secret);
}
