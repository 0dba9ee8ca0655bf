/** Inputs of the root module as options of the `terraform` command, with the same meaning as in a check. */
import { Decimal, isArray, isObject, type Value } from "../domain/value.ts";
import type { VariableInput } from "./checkRequest.ts";

export function variableOption(input: VariableInput): string {
  switch (input.kind) {
    case "file":
      return `-var-file=${input.path}`;
    case "text":
      return `-var=${input.name}=${input.text}`;
    case "value":
      // Terraform takes the text of a whole option as it is where the variable is a string.
      return `-var=${input.name}=${typeof input.value === "string" ? input.value : hclText(input.value)}`;
  }
}

/** An expression of HCL: numbers with all their digits, and texts in which nothing is evaluated. */
function hclText(value: Value): string {
  if (typeof value === "string") return quoted(value);
  if (value instanceof Decimal) return value.text;
  if (isArray(value)) return `[${value.map(hclText).join(",")}]`;
  if (!isObject(value)) return String(value);
  const members = Object.entries(value).map(([key, member]) => `${quoted(key)}:${hclText(member)}`);
  return `{${members.join(",")}}`;
}

/** JSON has two short escapes that HCL has not. */
function quoted(text: string): string {
  return JSON.stringify(text)
    .replace(/\\(.)/g, (all, letter) => (letter === "b" ? "\\u0008" : letter === "f" ? "\\u000c" : all))
    .replace(/[$%](?=\{)/g, (sign) => sign + sign);
}
