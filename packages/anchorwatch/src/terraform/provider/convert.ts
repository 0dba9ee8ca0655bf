/**
 * Values of the code as the types that a schema wants, by Terraform's own conversions: a bool or number where a string
 * is wanted, and back where the text is one.
 * @see https://developer.hashicorp.com/terraform/language/expressions/types#type-conversion
 */
import type { CtyType } from "tfprovider";
import { Decimal, isArray, isObject, objectOf, Unknown, type Value } from "../../domain/value.ts";

/** What does not fit, in words: `skip_region_validation: a bool is wanted, and "maybe" is none`. */
export class Misfit {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}

export function convert(value: Value, type: CtyType, path: string): Value | Misfit {
  if (value === null || value instanceof Unknown) return value;
  switch (type.kind) {
    case "string":
      return isScalar(value) ? textOf(value) : misfit(path, "a string");
    case "bool":
      if (typeof value === "boolean") return value;
      return value === "true" || value === "false" ? value === "true" : misfit(path, "a bool");
    case "number":
      return numberOf(value) ?? misfit(path, "a number");
    case "list":
    case "set":
      return isArray(value) ? elements(value, () => type.element, path) : misfit(path, `a ${type.kind}`);
    case "tuple":
      if (!isArray(value) || value.length !== type.elements.length) return misfit(path, "a tuple");
      return elements(value, (index) => type.elements[index] as CtyType, path);
    case "map":
      return isObject(value) ? members(value, () => type.element, path) : misfit(path, "a map");
    case "object":
      return isObject(value)
        ? members(value, (name) => type.attributes.get(name), path)
        : misfit(path, "an object");
    case "dynamic":
      return value;
  }
}

function elements(
  values: readonly Value[],
  typeAt: (index: number) => CtyType,
  path: string,
): Value | Misfit {
  const converted: Value[] = [];
  for (const [index, value] of values.entries()) {
    const element = convert(value, typeAt(index), `${path}[${index}]`);
    if (element instanceof Misfit) return element;
    converted.push(element);
  }
  return converted;
}

function members(
  object: { readonly [key: string]: Value },
  typeOf: (name: string) => CtyType | undefined,
  path: string,
): Value | Misfit {
  const entries: [string, Value][] = [];
  for (const [name, value] of Object.entries(object)) {
    const type = typeOf(name);
    if (type === undefined) return new Misfit(`${path}.${name}: there is no such argument`);
    const member = convert(value, type, `${path}.${name}`);
    if (member instanceof Misfit) return member;
    entries.push([name, member]);
  }
  return objectOf(entries);
}

type Scalar = string | number | bigint | boolean | Decimal;

function isScalar(value: Value): value is Scalar {
  return value !== null && !(value instanceof Unknown) && !isArray(value) && !isObject(value);
}

function textOf(value: Scalar): string {
  return value instanceof Decimal ? value.text : String(value);
}

function numberOf(value: Value): Value | undefined {
  if (typeof value === "bigint" || value instanceof Decimal) return value;
  const text = typeof value === "number" ? String(value) : value;
  if (typeof text !== "string") return undefined;
  const [, digits, fraction] = /^(-?[0-9]+)(?:\.([0-9]+))?$/.exec(text) ?? [];
  // What has an exponent is no text of people; a double of that size stays what it is.
  if (digits === undefined) return typeof value === "number" ? value : undefined;
  if (fraction === undefined) return Number.isSafeInteger(Number(text)) ? Number(text) : BigInt(text);
  return isDyadic(digits, fraction) ? Number(text) : new Decimal(text);
}

/**
 * Whether a decimal is a double exactly, as 0.5 is and 0.1 is not. Terraform sends the others as text, and a provider
 * that compares exactly takes the nearest double for another number.
 */
function isDyadic(digits: string, fraction: string): boolean {
  return (
    BigInt(digits + fraction) % 5n ** BigInt(fraction.length) === 0n && digits.length + fraction.length <= 15
  );
}

function misfit(path: string, wanted: string): Misfit {
  return new Misfit(`${path}: ${wanted} is wanted`);
}
