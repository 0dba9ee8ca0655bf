/** Blocks of addresses, as security groups and access lists have them. */

interface Block {
  readonly bits: 32 | 128;
  readonly first: bigint;
  readonly prefix: number;
}

/** The same few blocks come again and again. They come from the data, so not without end. */
const parsedBlocks = new Map<string, Block>();
const MOST_PARSED = 1000;

/** Blocks that the Internet does not route. Those of documentation are left out: they stand for public ones in examples. */
const INNER = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "224.0.0.0/4",
  "240.0.0.0/4",
  "::/127",
  "fc00::/7",
  "fe80::/10",
  "ff00::/8",
].flatMap((text) => parseBlock(text) ?? []);

/** Whether an address of the Internet is in it: of `0.0.0.0/0`, of half of it, of `203.0.113.7/32`. An address alone is a block of one; other texts are no block. */
export function isPublicCidr(text: string): boolean {
  const block = parseBlock(text);
  return block !== undefined && !INNER.some((inner) => holds(inner, block));
}

/** How many addresses are in it; at most 2^62. 0: it is no block. */
export function cidrSize(text: string): bigint {
  const block = parseBlock(text);
  return block === undefined ? 0n : 1n << BigInt(Math.min(62, block.bits - block.prefix));
}

/** Whether all of the second is in the first. */
export function cidrContains(outer: string, inner: string): boolean {
  const [one, other] = [parseBlock(outer), parseBlock(inner)];
  return one !== undefined && other !== undefined && holds(one, other);
}

function holds(outer: Block, inner: Block): boolean {
  if (outer.bits !== inner.bits || outer.prefix > inner.prefix) return false;
  const shift = BigInt(outer.bits - outer.prefix);
  return outer.first >> shift === inner.first >> shift;
}

function parseBlock(text: string): Block | undefined {
  if (text.length > 64) return undefined;
  const known = parsedBlocks.get(text);
  if (known !== undefined) return known;
  const block = parsedBlock(text);
  if (block === undefined) return undefined;
  if (parsedBlocks.size >= MOST_PARSED) parsedBlocks.clear();
  parsedBlocks.set(text, block);
  return block;
}

function parsedBlock(text: string): Block | undefined {
  const [address = "", prefixText, ...more] = text.split("/");
  if (more.length > 0) return undefined;
  const bits = address.includes(":") ? 128 : 32;
  const first = bits === 32 ? parseFour(address) : parseSix(address);
  if (prefixText !== undefined && !/^(0|[1-9][0-9]{0,2})$/.test(prefixText)) return undefined;
  const prefix = prefixText === undefined ? bits : Number(prefixText);
  return first === undefined || prefix > bits ? undefined : { bits, first, prefix };
}

function parseFour(text: string): bigint | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  let value = 0n;
  for (const part of parts) {
    if (!/^[0-9]{1,3}$/.test(part) || Number(part) > 255) return undefined;
    value = (value << 8n) | BigInt(part);
  }
  return value;
}

function parseSix(text: string): bigint | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half) => (half === "" ? [] : groupsOf(half)));
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined;
  const rest = tail ?? [];
  const missing = 8 - head.length - rest.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array<bigint>(missing).fill(0n), ...rest];
  return groups.reduce((value, group) => (value << 16n) | group, 0n);
}

/** Groups of 16 bits; the last one may be an address of four parts. */
function groupsOf(half: string): readonly bigint[] | undefined {
  const groups: bigint[] = [];
  for (const part of half.split(":")) {
    const four = part.includes(".") ? parseFour(part) : undefined;
    if (four !== undefined) groups.push(four >> 16n, four & 0xffffn);
    else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(BigInt(`0x${part}`));
    else return undefined;
  }
  return groups;
}
