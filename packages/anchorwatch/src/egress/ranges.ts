/** What kind of place an address of the network is, in whatever spelling it comes. */
import ipaddr from "ipaddr.js";

/**
 * `inside`: somebody's own network; a host that the operator allows may be there. `special`: nothing that a host on the Internet has, or a
 * way to reach something else under another name (metadata, mapped, NAT64, multicast …): only the operator's own network of it allows that.
 */
export type PlaceKind =
  | { readonly kind: "public" }
  | { readonly kind: "inside" | "special"; readonly what: string };

export type Address = ipaddr.IPv4 | ipaddr.IPv6;
export type Network = readonly [Address, number];

const INSIDE: ReadonlyMap<string, string> = new Map([
  ["loopback", "this machine itself"],
  ["private", "a private network"],
  ["carrierGradeNat", "the shared network of a carrier"],
  ["uniqueLocal", "a private network"],
]);

const SPECIAL: ReadonlyMap<string, string> = new Map([
  ["linkLocal", "a link-local address, where clouds keep their metadata"],
  ["unspecified", "no address of a host"],
  ["broadcast", "a broadcast address"],
  ["multicast", "a multicast address"],
  ["ipv4Mapped", "an IPv4 address in the form of IPv6"],
  ["rfc6145", "an IPv4 address in the form of IPv6"],
  ["rfc6052", "an address that is translated to IPv4 (NAT64)"],
  ["6to4", "an address that is translated to IPv4 (6to4)"],
  ["teredo", "an address that is translated to IPv4 (Teredo)"],
]);

/** Addresses that look like others, and serve the machine that asks. */
const METADATA: ReadonlyMap<string, string> = new Map([
  ["168.63.129.16", "the metadata of Azure"],
  ["100.100.100.200", "the metadata of Alibaba Cloud"],
  ["192.0.0.192", "the metadata of Oracle Cloud"],
  ["fd00:ec2::254", "the metadata of AWS"],
  ["fd20:ce::254", "the metadata of Google Cloud"],
]);

/** Metadata, credentials of pods, DNS and time: a machine of AWS reaches them as itself. */
const AWS_SERVICES: Network = ipaddr.IPv6.parseCIDR("fd00:ec2::/32");
/** Every other network of IPv6 is kept for something else, or nobody has it. */
const GLOBAL_IPV6: Network = ipaddr.IPv6.parseCIDR("2000::/3");
const DOCUMENTATION: Network = ipaddr.IPv6.parseCIDR("3fff::/20");
const NAT64: Network = ipaddr.IPv6.parseCIDR("64:ff9b::/96");

/** Undefined where the text is no address. Without zone: an address with one is of this machine's own link. */
export function parseAddress(text: string): Address | undefined {
  return ipaddr.IPv4.isValidFourPartDecimal(text)
    ? ipaddr.IPv4.parse(text)
    : ipaddr.IPv6.isValid(text)
      ? ipaddr.IPv6.parse(text)
      : undefined;
}

/** Undefined where the text is no network, or an address inside of one. */
export function parseNetwork(text: string): Network | undefined {
  const [, base = ""] = /^([^/]+)\/\d{1,3}$/.exec(text) ?? [];
  const address = parseAddress(base);
  if (address === undefined || !ipaddr.isValidCIDR(text)) return undefined;
  const network = ipaddr.parseCIDR(text);
  const first =
    address.kind() === "ipv4"
      ? ipaddr.IPv4.networkAddressFromCIDR(text)
      : ipaddr.IPv6.networkAddressFromCIDR(text);
  return first.toString() === address.toString() ? network : undefined;
}

export function isIn(address: Address, [base, bits]: Network): boolean {
  return address.kind() === base.kind() && address.match(base, bits);
}

export function placeOf(address: Address): PlaceKind {
  const metadata = METADATA.get(address.toString());
  if (metadata !== undefined) return { kind: "special", what: metadata };
  if (isIn(address, AWS_SERVICES))
    return { kind: "special", what: "a service that AWS has for its machines" };
  const range = address.range();
  const inside = INSIDE.get(range);
  if (inside !== undefined) return { kind: "inside", what: inside };
  if (range !== "unicast") return { kind: "special", what: SPECIAL.get(range) ?? "a reserved address" };
  if (address.kind() === "ipv4") return { kind: "public" };
  return isGlobal(address as ipaddr.IPv6)
    ? { kind: "public" }
    : { kind: "special", what: "a reserved address" };
}

/** The IPv4 address that a NAT64 of the well-known prefix (RFC 6052) would connect to. */
export function behindNat64(address: Address): Address | undefined {
  if (!isIn(address, NAT64)) return undefined;
  return ipaddr.fromByteArray(address.toByteArray().slice(12));
}

function isGlobal(address: ipaddr.IPv6): boolean {
  if (!isIn(address, GLOBAL_IPV6) || isIn(address, DOCUMENTATION)) return false;
  // ISATAP (RFC 5214): the second half is an IPv4 address that the packet is tunnelled to.
  const [, , , , group4 = 0, group5 = 0] = address.parts;
  return !((group4 === 0 || group4 === 0x0200) && group5 === 0x5efe);
}
