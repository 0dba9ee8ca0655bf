import {
  CtyDecimal,
  CtyDynamic,
  CtyUnknown,
  type CtyValue,
  isCtyObject,
} from "../../../packages/tfprovider/src/cty/value.ts";

/** A text that is equal for equal values and for no others. */
function canonicalCty(value: CtyValue): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number" || typeof value === "bigint") return `n${value}`;
  if (value instanceof CtyDecimal) return `n${value.text}`;
  if (value instanceof CtyUnknown) return "?";
  if (value instanceof CtyDynamic) return `d${value.typeJson}${canonicalCty(value.value)}`;
  if (isCtyObject(value)) {
    const keys = Object.keys(value).sort();
    return `{${keys.map((key) => `${JSON.stringify(key)}:${canonicalCty(value[key] as CtyValue)}`).join()}}`;
  }
  return `[${(value as readonly CtyValue[]).map(canonicalCty).join()}]`;
}

export function sameCty(a: CtyValue, b: CtyValue): boolean {
  return a === b || canonicalCty(a) === canonicalCty(b);
}

/** The elements of a set, each once, in an order that depends on nothing but them. */
export function setOf(elements: readonly CtyValue[]): readonly CtyValue[] {
  if (elements.length < 2) return elements;
  const byText = new Map(elements.map((element) => [canonicalCty(element), element]));
  return [...byText.keys()].sort().map((text) => byText.get(text) as CtyValue);
}

export function hasUnknown(value: CtyValue): boolean {
  if (value instanceof CtyUnknown) return true;
  if (Array.isArray(value)) return value.some(hasUnknown);
  return isCtyObject(value) && Object.values(value).some(hasUnknown);
}

/** An object without a prototype, as the codec makes them: a key such as `__proto__` is data. */
export function ctyObject(entries: Iterable<readonly [string, CtyValue]>): { [key: string]: CtyValue } {
  const object: { [key: string]: CtyValue } = Object.create(null);
  for (const [key, value] of entries) object[key] = value;
  return object;
}
