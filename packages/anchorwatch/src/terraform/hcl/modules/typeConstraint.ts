/** Type constraints of input variables: `list(object({ a = optional(string, "x") }))`. */
import type { Expression } from "tfprovider/hcl";
import { EvaluationFailure } from "../failure.ts";
import { convert } from "../values/convert.ts";
import { BOOL, DYNAMIC, NUMBER, STRING, type Type } from "../values/type.ts";
import { marked, nullOf, object, type Typed, tuple } from "../values/typed.ts";

export type Constraint =
  | { readonly kind: "plain"; readonly type: Type }
  | { readonly kind: "list" | "set" | "map"; readonly element: Constraint }
  | { readonly kind: "tuple"; readonly elements: readonly Constraint[] }
  | { readonly kind: "object"; readonly attributes: ReadonlyMap<string, ConstrainedAttribute> };

interface ConstrainedAttribute {
  readonly constraint: Constraint;
  readonly optional: boolean;
  readonly fallback: Typed | undefined;
}

const ANY: Constraint = { kind: "plain", type: DYNAMIC };

const WORDS: Readonly<Record<string, Constraint>> = {
  string: { kind: "plain", type: STRING },
  number: { kind: "plain", type: NUMBER },
  bool: { kind: "plain", type: BOOL },
  any: ANY,
  // Bare, as Terraform 0.12 still took them.
  list: { kind: "list", element: ANY },
  set: { kind: "set", element: ANY },
  map: { kind: "map", element: ANY },
};

/**
 * @param evaluate for the defaults of optional attributes
 * @throws EvaluationFailure where it is no type
 */
export function parseConstraint(
  expression: Expression,
  evaluate: (expression: Expression) => Typed,
): Constraint {
  if (expression.kind === "parentheses") return parseConstraint(expression.inner, evaluate);
  if (expression.kind === "variable" && Object.hasOwn(WORDS, expression.name))
    return WORDS[expression.name] ?? ANY;
  if (expression.kind === "call") return parseCall(expression, evaluate);
  throw new EvaluationFailure("this is no type", { at: expression.range });
}

function parseCall(
  call: Extract<Expression, { kind: "call" }>,
  evaluate: (expression: Expression) => Typed,
): Constraint {
  const [arg] = call.args;
  if (arg === undefined || call.args.length !== 1)
    throw new EvaluationFailure(`\`${call.name}\` takes one type`, { at: call.range });
  switch (call.name) {
    case "list":
    case "set":
    case "map":
      return { kind: call.name, element: parseConstraint(arg, evaluate) };
    case "tuple":
      if (arg.kind !== "tuple") break;
      return { kind: "tuple", elements: arg.elements.map((element) => parseConstraint(element, evaluate)) };
    case "object":
      if (arg.kind !== "object") break;
      return {
        kind: "object",
        attributes: new Map(
          arg.items.map((item) => [keyOf(item.key), parseAttribute(item.value, evaluate)] as const),
        ),
      };
  }
  throw new EvaluationFailure(`\`${call.name}(…)\` is no type`, { at: call.range });
}

function keyOf(key: Expression): string {
  if (key.kind === "literal" && typeof key.value === "string") return key.value;
  throw new EvaluationFailure("an attribute's name must be plain", { at: key.range });
}

function parseAttribute(
  expression: Expression,
  evaluate: (expression: Expression) => Typed,
): ConstrainedAttribute {
  if (expression.kind !== "call" || expression.name !== "optional")
    return { constraint: parseConstraint(expression, evaluate), optional: false, fallback: undefined };
  const [type, fallback] = expression.args;
  if (type === undefined) throw new EvaluationFailure("`optional` takes a type", { at: expression.range });
  return {
    constraint: parseConstraint(type, evaluate),
    optional: true,
    fallback: fallback === undefined ? undefined : evaluate(fallback),
  };
}

/** The value with the defaults of optional attributes, as the type. @throws EvaluationFailure where it does not fit */
export function constrain(value: Typed, constraint: Constraint): Typed {
  return convert(withDefaults(value, constraint), plainType(constraint));
}

export function plainType(constraint: Constraint): Type {
  switch (constraint.kind) {
    case "plain":
      return constraint.type;
    case "tuple":
      return { kind: "tuple", elements: constraint.elements.map(plainType) };
    case "object":
      return {
        kind: "object",
        attributes: new Map(
          [...constraint.attributes].map(
            ([name, attribute]) => [name, plainType(attribute.constraint)] as const,
          ),
        ),
      };
    default:
      return { kind: constraint.kind, element: plainType(constraint.element) };
  }
}

/** Shapes that do not fit are left as they are: the conversion says what is wrong. */
function withDefaults(value: Typed, constraint: Constraint): Typed {
  if (value.kind === "null" || value.kind === "unknown") return value;
  return marked(filled(value, constraint), value.sensitive);
}

/** As objects and tuples, whose parts may differ in type until the conversion makes them one. */
function filled(value: Typed, constraint: Constraint): Typed {
  if (constraint.kind === "object" && "entries" in value)
    return filledObject(value.entries, constraint.attributes);
  if (constraint.kind === "map" && "entries" in value)
    return object(
      [...value.entries].map(([key, part]) => [key, withDefaults(part, constraint.element)] as const),
    );
  if ((constraint.kind === "list" || constraint.kind === "set") && "items" in value)
    return tuple(value.items.map((item) => withDefaults(item, constraint.element)));
  if (constraint.kind === "tuple" && "items" in value)
    return tuple(value.items.map((item, index) => withDefaults(item, constraint.elements[index] ?? ANY)));
  return value;
}

/** A missing attribute has its default, or null; a null one has its default too. */
function filledObject(
  entries: ReadonlyMap<string, Typed>,
  attributes: ReadonlyMap<string, ConstrainedAttribute>,
): Typed {
  return object(
    [...attributes].flatMap(([name, { constraint, optional, fallback }]) => {
      const given = entries.get(name);
      if (given === undefined && !optional) return [];
      const usesFallback = optional && (given === undefined || given.kind === "null");
      const value = usesFallback ? (fallback ?? nullOf(plainType(constraint))) : given;
      return value === undefined ? [] : [[name, withDefaults(value, constraint)] as const];
    }),
  );
}
