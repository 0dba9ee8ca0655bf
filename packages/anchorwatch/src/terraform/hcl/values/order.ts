const SURROGATE = /[\ud800-\udfff]/;

/** By code points, as Terraform sorts; JavaScript's own order differs beyond U+FFFF. */
export function compareText(a: string, b: string): number {
  if (SURROGATE.test(a) || SURROGATE.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : a > b ? 1 : 0;
}
