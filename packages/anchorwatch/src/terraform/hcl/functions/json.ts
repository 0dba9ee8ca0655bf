import { CtyDecimal, type JsonNode, parseJson } from "tfprovider/hcl";
import type { Budget } from "../budget.ts";
import { EvaluationFailure } from "../failure.ts";
import { parseDecimal, toText, ZERO } from "../values/bigFloat.ts";
import { DYNAMIC, STRING } from "../values/type.ts";
import { bool, NULL, number, object, type Typed, text, tuple } from "../values/typed.ts";
import { at, textAt } from "./arguments.ts";
import type { FunctionDefinition } from "./define.ts";

export const JSON_FUNCTIONS: Readonly<Record<string, FunctionDefinition>> = {
  jsonencode: {
    params: [{ type: DYNAMIC, nullable: true }],
    returns: STRING,
    run: (args) => text(toJson(at(args, 0))),
  },
  jsondecode: {
    params: [{ type: STRING }],
    returns: DYNAMIC,
    run: (args, { budget }) => {
      const node = parseJson(textAt(args, 0));
      if (node.kind === "problem") throw new EvaluationFailure(`the text is not JSON: ${node.problem}`);
      return fromJson(node, budget);
    },
  },
};

/** As Go writes JSON: keys in order, and `<`, `>` and `&` escaped. */
export function toJson(value: Typed): string {
  switch (value.kind) {
    case "string":
      return jsonText(value.text);
    case "number":
      return toText(value.number);
    case "bool":
      return String(value.bool);
    case "null":
      return "null";
    case "unknown":
      throw new EvaluationFailure("a part of the value is not known");
    case "map":
    case "object":
      return `{${[...value.entries].map(([key, part]) => `${jsonText(key)}:${toJson(part)}`).join()}}`;
    default:
      return `[${value.items.map(toJson).join()}]`;
  }
}

const ESCAPED = /[<>&\u2028\u2029]/g;

export function jsonText(value: string): string {
  return JSON.stringify(value.toWellFormed()).replace(
    ESCAPED,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function fromJson(node: JsonNode, budget: Budget): Typed {
  budget.spend(1);
  if (node.kind === "array") return tuple(node.elements.map((element) => fromJson(element, budget)));
  if (node.kind === "object")
    return object(node.members.map((member) => [member.key, fromJson(member.value, budget)] as const));
  const { value } = node;
  if (value === null) return NULL;
  if (typeof value === "string") return text(value);
  if (typeof value === "boolean") return bool(value);
  return number(parseDecimal(value instanceof CtyDecimal ? value.text : String(value)) ?? ZERO);
}
