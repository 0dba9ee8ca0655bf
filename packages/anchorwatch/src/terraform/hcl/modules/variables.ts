/** The values of input variables. */
import { type Block, type Expression, isSyntaxError, literalOf } from "tfprovider/hcl";
import type { Evaluator } from "../evaluation/evaluator.ts";
import { EMPTY_SCOPE } from "../evaluation/noReferences.ts";
import { EvaluationFailure, failureAt } from "../failure.ts";
import { fromValue } from "../values/domain.ts";
import { isPrimitive } from "../values/type.ts";
import { marked, type Typed, text, unknownOf } from "../values/typed.ts";
import type { GivenValue } from "./inputs.ts";
import { attributeNamed } from "./readModule.ts";
import { type Constraint, constrain, parseConstraint, plainType } from "./typeConstraint.ts";

/** Of the root module: what was given, else the default, else unknown. */
export function rootVariable(block: Block, given: GivenValue | undefined, evaluator: Evaluator): Typed {
  const constraint = constraintOf(block, evaluator);
  if (given === undefined)
    return fromDefault(block, constraint, evaluator) ?? withoutValue(block, constraint);
  try {
    const value = read(given, takesText(block, constraint), evaluator);
    return finished(block, value, constraint, evaluator);
  } catch (error) {
    if (!(error instanceof EvaluationFailure)) throw error;
    const name = block.labels[0] ?? "";
    const why = isSensitive(block) ? "it does not fit (the variable is sensitive)" : error.message;
    throw new EvaluationFailure(`the value of variable "${name}" from ${given.origin}: ${why}`, {
      at: block.range,
      limit: error.limit,
    });
  }
}

/** Of a child module: what the call passes, else the default. */
export function childVariable(block: Block, passed: (() => Typed) | undefined, evaluator: Evaluator): Typed {
  const constraint = constraintOf(block, evaluator);
  if (passed === undefined) return fromDefault(block, constraint, evaluator) ?? notPassed(block);
  try {
    return finished(block, passed(), constraint, evaluator);
  } catch (error) {
    if (error instanceof EvaluationFailure) throw failureAt(error, block.range);
    throw error;
  }
}

function notPassed(block: Block): never {
  const name = block.labels[0] ?? "";
  throw new EvaluationFailure(`the module's call does not give variable "${name}", which has no default`, {
    at: block.range,
  });
}

function finished(block: Block, value: Typed, constraint: Constraint, evaluator: Evaluator): Typed {
  const nullable = flag(block, "nullable") ?? true;
  const fallback = value.kind === "null" && !nullable ? fromDefault(block, constraint, evaluator) : undefined;
  return fallback ?? marked(constrain(value, constraint), isSensitive(block));
}

function fromDefault(block: Block, constraint: Constraint, evaluator: Evaluator): Typed | undefined {
  const attribute = attributeNamed(block.body, "default");
  if (attribute === undefined) return undefined;
  return marked(
    constrain(evaluator.evaluate(attribute.expression, EMPTY_SCOPE), constraint),
    isSensitive(block),
  );
}

function withoutValue(block: Block, constraint: Constraint): Typed {
  const { file, line } = block.range;
  const reason = `variable "${block.labels[0] ?? ""}" has no value: give it with --var, in terraform.tfvars or as TF_VAR_${block.labels[0] ?? ""}`;
  return marked(unknownOf(plainType(constraint), [{ reason, file, line }]), isSensitive(block));
}

function isSensitive(block: Block): boolean {
  return flag(block, "sensitive") === true;
}

function flag(block: Block, name: string): boolean | undefined {
  const attribute = attributeNamed(block.body, name);
  const value = attribute === undefined ? undefined : literalOf(attribute.expression);
  return typeof value === "boolean" ? value : undefined;
}

/** Without a type, anything goes. A type that is none is Terraform's to complain about: here anything goes as well. */
function constraintOf(block: Block, evaluator: Evaluator): Constraint {
  const any: Constraint = { kind: "plain", type: { kind: "dynamic" } };
  const expression = typeExpression(block, evaluator);
  if (expression === undefined) return any;
  try {
    return parseConstraint(expression, (fallback) => evaluator.evaluate(fallback, EMPTY_SCOPE));
  } catch (error) {
    if (error instanceof EvaluationFailure && !error.limit) return any;
    throw error;
  }
}

/** In JSON, and in code older than Terraform 0.12, the type stands in quotes. */
function typeExpression(block: Block, evaluator: Evaluator): Expression | undefined {
  const expression = attributeNamed(block.body, "type")?.expression;
  if (expression?.kind !== "literal" || typeof expression.value !== "string") return expression;
  const { range } = expression;
  const inner = evaluator.parser.parseExpression(expression.value, range.file, range);
  return isSyntaxError(inner) ? undefined : inner;
}

function read(given: GivenValue, asText: boolean, evaluator: Evaluator): Typed {
  if (given.kind === "value") return fromValue(given.value);
  if (given.kind === "expression") return evaluator.evaluate(given.expression, EMPTY_SCOPE);
  if (asText) return text(given.text);
  const expression = evaluator.parser.parseExpression(given.text, given.origin);
  // The parser's message would quote the value, which may be a secret.
  if (isSyntaxError(expression))
    throw new EvaluationFailure('the text is not HCL; a text needs quotes here, such as ["a", "b"]');
  return evaluator.evaluate(expression, EMPTY_SCOPE);
}

/** The text itself is meant for texts, numbers and bools, and where no type is given; all else, `any` too, is written in HCL. */
function takesText(block: Block, constraint: Constraint): boolean {
  if (attributeNamed(block.body, "type") === undefined) return true;
  return constraint.kind === "plain" && isPrimitive(constraint.type);
}
