import {
  CtyDecimal,
  CtyDynamic,
  type CtyObject,
  CtyUnknown,
  type CtyValue,
  isCtyObject,
} from "../../../packages/tfprovider/src/cty/value.ts";
import { ReferenceProviderError } from "../error.ts";
import type { Json, JsonObject } from "./json.ts";
import { numberToJson } from "./number.ts";

/** The inverse of `fromJson.ts`. An unknown value has no JSON form: it throws `value_invalid`. */
export function jsonOf(value: CtyValue): Json {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "bigint" || value instanceof CtyDecimal) {
    return numberToJson(value);
  }
  if (value instanceof CtyUnknown) {
    throw new ReferenceProviderError("value_invalid", "a value that is not known yet cannot be stored");
  }
  if (value instanceof CtyDynamic) {
    return { type: JSON.parse(value.typeJson) as Json, value: jsonOf(value.value) };
  }
  if (isCtyObject(value)) return jsonObjectOf(value);
  return (value as readonly CtyValue[]).map(jsonOf);
}

export function jsonObjectOf(value: CtyObject): JsonObject {
  // fromEntries defines own properties, also one named __proto__.
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, jsonOf(member)]));
}
