export interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

/** Terraform takes leading zeros in IPv4, as decimal. */
export function parseAddress(source: string): Address | undefined {
  const value = source.includes(":") ? parseSix(source) : parseFour(source);
  return value === undefined ? undefined : { bits: source.includes(":") ? 128 : 32, value };
}

function parseFour(source: string): bigint | undefined {
  const parts = source.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^[0-9]{1,10}$/.test(part) && Number(part) <= 255))
    return undefined;
  return parts.reduce((value, part) => (value << 8n) | BigInt(Number(part)), 0n);
}

function parseSix(source: string): bigint | undefined {
  const halves = source.split("::");
  if (halves.length > 2) return undefined;
  const [left, right] = halves.map(groups);
  if (left === undefined || (halves.length === 2 && right === undefined)) return undefined;
  const missing = 8 - left.length - (right?.length ?? 0);
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const all = [...left, ...Array<bigint>(Math.max(0, missing)).fill(0n), ...(right ?? [])];
  return all.reduce((value, group) => (value << 16n) | group, 0n);
}

/** Undefined where one is no group; the last may be an IPv4 address, which is two. */
function groups(half: string): bigint[] | undefined {
  if (half === "") return [];
  const found: bigint[] = [];
  const parts = half.split(":");
  for (const [index, part] of parts.entries()) {
    const four = part.includes(".") && index === parts.length - 1 ? parseFour(part) : undefined;
    if (four !== undefined) found.push(four >> 16n, four & 0xffffn);
    else if (/^[0-9a-fA-F]{1,4}$/.test(part)) found.push(BigInt(`0x${part}`));
    else return undefined;
  }
  return found;
}

/** @see RFC 5952 */
export function formatAddress({ bits, value }: Address): string {
  if (bits === 32) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 0xffn).join(".");
  const parts = Array.from({ length: 8 }, (_, index) => (value >> BigInt(112 - 16 * index)) & 0xffffn);
  const written = parts.map((part) => part.toString(16));
  const { start, length } = longestZeros(parts);
  if (length < 2) return written.join(":");
  return `${written.slice(0, start).join(":")}::${written.slice(start + length).join(":")}`;
}

function longestZeros(parts: readonly bigint[]): { readonly start: number; readonly length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (let index = 0; index <= parts.length; index++) {
    if (parts[index] === 0n) continue;
    if (index - start > best.length) best = { start, length: index - start };
    start = index + 1;
  }
  return best;
}
