/** Whose network an address is in, as limits count it. */
import ipaddr from "ipaddr.js";

/** IPv4 one by one; of IPv6 the first 64 bits, of which one customer has all. What is no address is a network of its own. */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === "ipv4") return parsed.toString();
  return `${(parsed as ipaddr.IPv6).parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(":")}::/64`;
}
