import type { CallExpression, Expression } from "tfprovider/hcl";
import { EvaluationFailure } from "../failure.ts";
import { MARK_FUNCTIONS } from "../functions/conversion.ts";
import { callFunction, type FunctionContext } from "../functions/define.ts";
import { FUNCTIONS, UNKNOWABLE } from "../functions/registry.ts";
import { DYNAMIC } from "../values/type.ts";
import { bool, marked, reasonsOf, type Typed, unknownOf } from "../values/typed.ts";
import type { Evaluation } from "./evaluation.ts";
import type { References, Scope } from "./scope.ts";

type Call = CallExpression & Pick<Expression, "range">;

export function evaluateCall(evaluation: Evaluation, call: Call, scope: Scope): Typed {
  const name = call.name.replace(/^core::/, "");
  if (name === "try") return evaluateTry(evaluation, call.args, scope);
  if (name === "can") return evaluateCan(evaluation, call.args, scope);
  const unknowable = name.includes("::") ? `\`${name}\` is a function of a provider` : UNKNOWABLE.get(name);
  if (unknowable !== undefined) return unknownAt(unknowable, call);
  const args = argumentsOf(evaluation, call, scope);
  if (args.kind === "unknown") return args.value;
  try {
    return callNamed(evaluation, name, args.values);
  } catch (error) {
    if (error instanceof EvaluationFailure && error.at === undefined)
      throw new EvaluationFailure(`\`${name}\`: ${error.message}`, { at: call.range, limit: error.limit });
    throw error;
  }
}

function callNamed(evaluation: Evaluation, name: string, args: readonly Typed[]): Typed {
  const mark = Object.hasOwn(MARK_FUNCTIONS, name) ? MARK_FUNCTIONS[name] : undefined;
  const [only] = args;
  if (mark !== undefined && only !== undefined && args.length === 1) return mark(only);
  const definition = FUNCTIONS.get(name);
  if (definition === undefined) throw new EvaluationFailure("there is no function of that name");
  return callFunction(definition, args, contextOf(evaluation));
}

function unknownAt(reason: string, call: Call): Typed {
  return unknownOf(DYNAMIC, [{ reason, file: call.range.file, line: call.range.line }]);
}

type Arguments =
  | { readonly kind: "known"; readonly values: readonly Typed[] }
  | { readonly kind: "unknown"; readonly value: Typed };

/** `f(a, list...)` spreads the list. */
function argumentsOf(evaluation: Evaluation, call: Call, scope: Scope): Arguments {
  const values = call.args.map((arg) => evaluation.evaluate(arg, scope));
  const last = values.at(-1);
  if (!call.expand || last === undefined) return { kind: "known", values };
  if (last.kind === "unknown")
    return { kind: "unknown", value: marked(unknownOf(DYNAMIC, reasonsOf([last])), holdSecret(values)) };
  if (!("items" in last)) throw new EvaluationFailure("only a list can be spread with `...`");
  const spread = last.items.map((item) => marked(item, last.sensitive));
  return { kind: "known", values: [...values.slice(0, -1), ...spread] };
}

function holdSecret(values: readonly Typed[]): boolean {
  return values.some((value) => value.holdsSensitive);
}

/** The first argument that can be evaluated. One that depends on something unknown may still fail: unknown as well. */
function evaluateTry(evaluation: Evaluation, args: readonly Expression[], scope: Scope): Typed {
  for (const arg of args) {
    const value = attempt(evaluation, arg, scope);
    if (value !== undefined) return value;
  }
  throw new EvaluationFailure("`try`: no argument can be evaluated");
}

function evaluateCan(evaluation: Evaluation, args: readonly Expression[], scope: Scope): Typed {
  const [only] = args;
  if (only === undefined || args.length !== 1) throw new EvaluationFailure("`can` takes one argument");
  const value = attempt(evaluation, only, scope);
  if (value === undefined) return bool(false);
  return value.wholeKnown ? bool(true) : unknownOf({ kind: "bool" }, reasonsOf([value]));
}

function attempt(evaluation: Evaluation, expression: Expression, scope: Scope): Typed | undefined {
  try {
    return evaluation.evaluate(expression, scope);
  } catch (error) {
    // What a limit stopped is no answer to `try`.
    if (error instanceof EvaluationFailure && !error.limit) return undefined;
    throw error;
  }
}

function contextOf(evaluation: Evaluation): FunctionContext {
  return {
    budget: evaluation.budget,
    files: evaluation.files,
    renderTemplate: (template, file, names) =>
      evaluation.evaluate(evaluation.template(template, file), { names, references: TEMPLATE_REFERENCES }),
  };
}

/** A template sees the values that it is given, and nothing of the module. */
const TEMPLATE_REFERENCES: References = {
  attribute: (root) => noReference(root),
  data: () => noReference("data"),
  moduleOutput: () => noReference("module"),
};

function noReference(root: string): never {
  throw new EvaluationFailure(`the template was not given \`${root}\``);
}
