/** Values between the provider's wire and the domain. */
import { CtyDecimal, CtyDynamic, type CtyObject, type CtyType, CtyUnknown, type CtyValue } from "tfprovider";
import { Decimal, isArray, isObject, objectOf, Unknown, unknown, type Value } from "../../domain/value.ts";

/** Types of dynamic values are dropped: they are not part of what is compared. */
export function fromCty(value: CtyValue): Value {
  if (value === null || typeof value !== "object") return value;
  if (value instanceof CtyDecimal) return new Decimal(value.text);
  if (value instanceof CtyUnknown) return unknown;
  if (value instanceof CtyDynamic) return fromCty(value.value);
  if (Array.isArray(value)) return value.map(fromCty);
  return objectOf(Object.entries(value as CtyObject).map(([key, member]) => [key, fromCty(member)]));
}

/** The value as one of the type. Dynamic attributes get the type that the value has. */
export function toCty(value: Value, type: CtyType): CtyValue {
  if (value === null) return null;
  if (value instanceof Unknown) return new CtyUnknown();
  if (value instanceof Decimal) return new CtyDecimal(value.text);
  switch (type.kind) {
    case "dynamic":
      return dynamicOf(value);
    case "list":
    case "set":
      return isArray(value) ? value.map((element) => toCty(element, type.element)) : (value as CtyValue);
    case "tuple":
      return isArray(value)
        ? value.map((element, index) => toCty(element, type.elements[index] ?? { kind: "dynamic" }))
        : (value as CtyValue);
    case "map":
      return isObject(value)
        ? members(Object.keys(value), (key) => toCty(value[key] as Value, type.element))
        : null;
    case "object":
      return isObject(value)
        ? members([...type.attributes.keys()], (name) =>
            toCty(value[name] ?? null, type.attributes.get(name) as CtyType),
          )
        : null;
    default:
      return value as CtyValue;
  }
}

function members(keys: readonly string[], of: (key: string) => CtyValue): CtyObject {
  const object: Record<string, CtyValue> = Object.create(null);
  for (const key of keys) object[key] = of(key);
  return object;
}

function dynamicOf(value: Exclude<Value, null>): CtyDynamic {
  return new CtyDynamic(JSON.stringify(typeJsonOf(value)), withoutType(value));
}

/** Inside a typed dynamic value nothing is dynamic any more, but for nulls. */
function withoutType(value: Value): CtyValue {
  if (value === null || value instanceof Unknown || value instanceof Decimal)
    return toCty(value, { kind: "dynamic" });
  if (isArray(value)) return value.map(withoutType);
  if (isObject(value)) return members(Object.keys(value), (key) => withoutType(value[key] as Value));
  return value as CtyValue;
}

function typeJsonOf(value: Value): unknown {
  if (typeof value === "string") return "string";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "number" || typeof value === "bigint" || value instanceof Decimal) return "number";
  if (isArray(value)) return ["tuple", value.map(typeJsonOf)];
  if (isObject(value)) {
    return ["object", Object.fromEntries(Object.keys(value).map((k) => [k, typeJsonOf(value[k] as Value)]))];
  }
  return "dynamic";
}
