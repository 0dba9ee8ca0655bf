/** What the operator allows beyond the Internet: `egress.allow` of `anchorwatch.server.yaml`. */
import type { Network } from "./ranges.ts";
import { type Address, behindNat64, isIn, parseAddress, parseNetwork, placeOf } from "./ranges.ts";

export interface EgressRules {
  readonly allow: readonly Allowed[];
}

export type Allowed =
  /** May be on a private network. */
  | {
      readonly kind: "host";
      /** As `URL` writes it, without a dot at its end. */
      readonly name: string;
      /** Absent: any. */
      readonly port?: number;
      /** Without TLS, too. */
      readonly isPlain: boolean;
    }
  | {
      readonly kind: "network";
      readonly network: Network;
      readonly port?: number;
      readonly isPlain: boolean;
    };

export const INTERNET_ONLY: EgressRules = { allow: [] };

/** Where a request goes. */
export interface Target {
  readonly name: string;
  /** Where the host is one. */
  readonly address?: Address;
  readonly port: number;
  readonly isPlain: boolean;
}

/** `splunk.corp.example:8088`, `10.0.0.0/8`, `[fd00::1]:8443`, `http://127.0.0.1:4010`; or why it is none, as the rest of a sentence. */
export function parseAllowed(text: string): Allowed | { readonly problem: string; readonly hint: string } {
  const network = parseNetwork(text);
  if (network !== undefined) {
    const [, bits] = network;
    if (bits > 0) return { kind: "network", network, isPlain: false };
    return { problem: "is the whole Internet, and everything inside", hint: "Name the networks themselves." };
  }
  const bare = parseAddress(text);
  if (bare !== undefined) return only(bare, {}, false);
  const isPlain = text.startsWith("http://");
  const url = /[\s/\\@?#%*]/.test(text.slice(isPlain ? 7 : 0))
    ? null
    : URL.parse(isPlain ? text : `https://${text}`);
  if (url === null || url.hostname === "") {
    return {
      problem: "is no host and no network",
      hint: "Expected HOST, HOST:PORT, a network such as 10.20.0.0/16, or http://HOST:PORT where there is no TLS.",
    };
  }
  const { name, address } = hostOf(url);
  const written = /:(\d+)$/.exec(text.slice(isPlain ? 7 : 0).replace(/^\[.*\]/, ""))?.[1];
  const port = written === undefined ? {} : { port: Number(written) };
  return address === undefined ? { kind: "host", name, ...port, isPlain } : only(address, port, isPlain);
}

function only(address: Address, port: { readonly port?: number }, isPlain: boolean): Allowed {
  return { kind: "network", network: [address, address.kind() === "ipv4" ? 32 : 128], ...port, isPlain };
}

/** `URL` has brought every spelling of an address into one form. */
export function hostOf({ hostname }: URL): { readonly name: string; readonly address?: Address } {
  const name = hostname.replace(/^\[(.*)\]$/, "$1").replace(/\.$/, "");
  const address = parseAddress(name);
  return address === undefined ? { name } : { name, address };
}

export function allowsPlain(target: Target, { allow }: EgressRules): boolean {
  return allow.some((allowed) => allowed.isPlain && names(allowed, target));
}

/** 443, and what no privileged service listens on: whoever gives an address shall not talk to a mail or login server in our name. */
export function allowsPort(target: Target, { allow }: EgressRules): boolean {
  return target.port === 443 || target.port >= 1024 || allow.some((allowed) => names(allowed, target));
}

/** Why this address may not be connected to; undefined: it may. */
export function refusalOf(address: Address, target: Target, { allow }: EgressRules): string | undefined {
  const place = placeOf(address);
  if (place.kind === "public") return undefined;
  const isNamed = allow.some((allowed) => allowed.kind === "host" && names(allowed, target));
  if (place.kind === "inside" && isNamed) return undefined;
  const isInNetwork = allow.some((allowed) => covers(allowed, address, target.port));
  if (!isInNetwork) return place.what;
  // A network of translated addresses is no way around what is refused without translation.
  const behind = behindNat64(address);
  return behind === undefined ? undefined : refusalOf(behind, target, { allow });
}

function names(allowed: Allowed, { name, address, port }: Target): boolean {
  if (allowed.kind === "network") return address !== undefined && covers(allowed, address, port);
  return allowed.name === name && isPort(allowed, port);
}

function covers(allowed: Allowed, address: Address, port: number): boolean {
  return allowed.kind === "network" && isIn(address, allowed.network) && isPort(allowed, port);
}

function isPort(allowed: Allowed, port: number): boolean {
  return allowed.port === undefined || allowed.port === port;
}
