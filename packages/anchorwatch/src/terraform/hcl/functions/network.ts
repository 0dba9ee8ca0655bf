import { EvaluationFailure } from "../failure.ts";
import { BOOL, listOf, NUMBER, STRING } from "../values/type.ts";
import { bool, list, text } from "../values/typed.ts";
import { integerAt, numberAt, textAt, wholeNumber } from "./arguments.ts";
import type { FunctionDefinition, Parameter } from "./define.ts";
import { type Address, formatAddress, parseAddress } from "./ipAddress.ts";

const S: Parameter = { type: STRING };
const N: Parameter = { type: NUMBER };

export const NETWORK_FUNCTIONS: Readonly<Record<string, FunctionDefinition>> = {
  cidrhost: {
    params: [S, N],
    returns: STRING,
    run: (args) => text(host(parsePrefix(textAt(args, 0)), wholeNumber(numberAt(args, 1)))),
  },
  cidrnetmask: {
    params: [S],
    returns: STRING,
    run: (args) => {
      const { address, length } = parsePrefix(textAt(args, 0));
      if (address.bits !== 32) throw new EvaluationFailure("only an IPv4 prefix has a netmask");
      return text(formatAddress({ bits: 32, value: networkMask(32, length) }));
    },
  },
  cidrsubnet: {
    params: [S, N, N],
    returns: STRING,
    run: (args) => {
      const prefix = parsePrefix(textAt(args, 0));
      const subnet = subnetOf(prefix, integerAt(args, 1), wholeNumber(numberAt(args, 2)));
      return text(formatPrefix(subnet));
    },
  },
  cidrsubnets: {
    params: [S],
    rest: N,
    returns: listOf(STRING),
    run: (args) => {
      const sizes = args.slice(1).map((_, index) => integerAt(args, index + 1));
      return list(
        consecutive(parsePrefix(textAt(args, 0)), sizes).map((prefix) => text(formatPrefix(prefix))),
        STRING,
      );
    },
  },
  cidrcontains: {
    params: [S, S],
    returns: BOOL,
    run: (args) => {
      const outer = parsePrefix(textAt(args, 0));
      const inner = textAt(args, 1);
      const { address, length } = inner.includes("/") ? parsePrefix(inner) : wholeAddress(inner);
      if (address.bits !== outer.address.bits)
        throw new EvaluationFailure("IPv4 and IPv6 cannot be compared");
      return bool(length >= outer.length && network(address, outer.length).value === outer.address.value);
    },
  },
};

interface Prefix {
  /** The first address: host bits are zero. */
  readonly address: Address;
  readonly length: number;
}

function parsePrefix(source: string): Prefix {
  const [written = "", lengthText = "", ...rest] = source.split("/");
  const address = parseAddress(written);
  const length = Number(lengthText);
  if (address === undefined || !/^[0-9]{1,3}$/.test(lengthText) || length > address.bits || rest.length > 0)
    throw new EvaluationFailure(`"${source}" is no address prefix like 10.0.0.0/16`);
  return { address: network(address, length), length };
}

function wholeAddress(source: string): Prefix {
  const address = parseAddress(source);
  if (address === undefined) throw new EvaluationFailure(`"${source}" is no IP address`);
  return { address, length: address.bits };
}

function networkMask(bits: number, length: number): bigint {
  return ((1n << BigInt(length)) - 1n) << BigInt(bits - length);
}

function network({ bits, value }: Address, length: number): Address {
  return { bits, value: value & networkMask(bits, length) };
}

function formatPrefix({ address, length }: Prefix): string {
  return `${formatAddress(address)}/${length}`;
}

/** A negative number counts from the end. */
function host({ address, length }: Prefix, hostNumber: bigint): string {
  const size = 1n << BigInt(address.bits - length);
  const index = hostNumber < 0n ? size + hostNumber : hostNumber;
  if (index < 0n || index >= size)
    throw new EvaluationFailure(`a prefix of ${length} bits has no host number ${hostNumber}`);
  return formatAddress({ bits: address.bits, value: address.value | index });
}

function subnetOf({ address, length }: Prefix, newBits: number, netNumber: bigint): Prefix {
  const longer = length + newBits;
  if (newBits < 0 || longer > address.bits)
    throw new EvaluationFailure(`a prefix of ${length} bits cannot be extended by ${newBits}`);
  if (netNumber < 0n || netNumber >= 1n << BigInt(newBits))
    throw new EvaluationFailure(`${newBits} bits have no network number ${netNumber}`);
  const value = address.value | (netNumber << BigInt(address.bits - longer));
  return { address: { bits: address.bits, value }, length: longer };
}

/** Each starts at the first address after the one before that its own size allows. */
function consecutive({ address, length }: Prefix, sizes: readonly number[]): Prefix[] {
  const end = address.value + (1n << BigInt(address.bits - length));
  let next = address.value;
  return sizes.map((newBits) => {
    const longer = length + newBits;
    if (newBits < 1 || longer > address.bits)
      throw new EvaluationFailure(`a prefix of ${length} bits cannot be extended by ${newBits}`);
    const size = 1n << BigInt(address.bits - longer);
    const start = ((next + size - 1n) / size) * size;
    if (start + size > end) throw new EvaluationFailure("the prefix is too small for these subnets");
    next = start + size;
    return { address: { bits: address.bits, value: start }, length: longer };
  });
}
