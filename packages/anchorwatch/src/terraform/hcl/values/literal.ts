import { CtyDecimal, type Literal } from "tfprovider/hcl";
import { fromInteger, parseDecimal, ZERO } from "./bigFloat.ts";
import { bool, NULL, number, type Typed, text } from "./typed.ts";

export function fromLiteral(value: Literal): Typed {
  if (value === null) return NULL;
  if (typeof value === "string") return text(value);
  if (typeof value === "boolean") return bool(value);
  if (typeof value === "bigint") return number(fromInteger(value));
  return number(parseDecimal(value instanceof CtyDecimal ? value.text : String(value)) ?? ZERO);
}
