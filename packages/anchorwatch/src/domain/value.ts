/**
 * A value of a resource, free of any engine's wire format.
 * Lists, sets and tuples are arrays; maps and objects have a null prototype, so that a key such as `__proto__` is data.
 * Which of them a value is, its {@link Shape} says.
 */
export type Value =
  | null
  | boolean
  | string
  | number
  | bigint
  | Decimal
  | Unknown
  | readonly Value[]
  | { readonly [key: string]: Value };

/** A number that a double cannot hold and that is no integer; `text` is its exact decimal form. */
export class Decimal {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** A value that only applying would tell; occurs in plans and in evaluated code, never in what is recorded or live. */
export class Unknown {
  readonly kind = "unknown";
}

export const unknown = new Unknown();

export type ValueObject = { readonly [key: string]: Value };

export function isObject(value: Value | undefined): value is ValueObject {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Decimal) &&
    !(value instanceof Unknown)
  );
}

export function isArray(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

/** An object without a prototype from its entries. */
export function objectOf(entries: Iterable<readonly [string, Value]>): ValueObject {
  const object: Record<string, Value> = Object.create(null);
  for (const [key, value] of entries) object[key] = value;
  return object;
}

/** null, "", [] and {}: the four spellings of "nothing" between which providers move freely. */
export function isEmpty(value: Value | undefined): boolean {
  if (value === null || value === undefined || value === "") return true;
  if (isArray(value)) return value.length === 0;
  return isObject(value) && Object.keys(value).length === 0;
}

/**
 * A text that is equal for equal values and for no others; object keys are sorted, arrays keep their order.
 * Sets must be ordered by the caller, who knows the shape.
 */
export function canonical(value: Value): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number" || typeof value === "bigint") return `n${value}`;
  if (value instanceof Decimal) return `n${value.text}`;
  if (value instanceof Unknown) return "unknown";
  if (isArray(value)) return `[${value.map(canonical).join()}]`;
  const keys = Object.keys(value).sort();
  const members = keys.map(
    (key) => `${JSON.stringify(key)}:${canonical((value as ValueObject)[key] as Value)}`,
  );
  return `{${members.join()}}`;
}
