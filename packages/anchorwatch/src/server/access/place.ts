/** Where the server is for those who reach it, and whose word about a client's address counts. */

import type { IncomingMessage } from "node:http";
import { BlockList, isIP, isIPv6 } from "node:net";
import { isLoopbackHost } from "../guard/loopback.ts";

export interface PlaceSettings {
  /** Origin that people type, such as `https://anchorwatch.example.com`; absent: this machine alone. */
  readonly publicUrl?: string;
  /** It speaks TLS itself. */
  readonly tls: boolean;
  /** Networks in CIDR form, whose `X-Forwarded-For` counts. */
  readonly trustedProxies: readonly string[];
}

export class Place {
  readonly #publicUrl: URL | undefined;
  readonly #tls: boolean;
  readonly #proxies: BlockList;
  #local = "";

  constructor({ publicUrl, tls, trustedProxies }: PlaceSettings) {
    this.#publicUrl = publicUrl === undefined ? undefined : new URL(publicUrl);
    this.#tls = tls;
    this.#proxies = blockListOf(trustedProxies);
  }

  /** Where it listens, known only then: `http://localhost:7478`. */
  listensAt(url: string): void {
    this.#local = url;
  }

  /** It has no name outside of this machine. */
  get isLocal(): boolean {
    return this.#publicUrl === undefined;
  }

  /** Where people reach it, without a slash at its end. */
  get url(): string {
    return this.#publicUrl?.origin ?? this.#local;
  }

  /** Where programs of this machine reach it. */
  get localUrl(): string {
    return this.#local;
  }

  /** Whether browsers talk TLS with it, themselves or with the proxy before it. */
  get isSecure(): boolean {
    return this.#publicUrl === undefined ? this.#tls : this.#publicUrl.protocol === "https:";
  }

  /** Whether browsers shall never come without TLS again. Not by the name `localhost`, which other programs have as well. */
  get isOnlyTls(): boolean {
    return this.#publicUrl?.protocol === "https:" && this.#publicUrl.hostname !== "localhost";
  }

  get scheme(): "http" | "https" {
    return this.#tls ? "https" : "http";
  }

  /** For Fastify's `trustProxy`. */
  readonly trusts = (address: string): boolean => {
    // What a proxy forwards may be anything that somebody sent it.
    const family = isIP(plain(address));
    return family !== 0 && this.#proxies.check(plain(address), family === 6 ? "ipv6" : "ipv4");
  };

  /** Whether a request that names this host is meant for us: anything else is a name that somebody else points here. */
  isOurs(host: string, { socket }: Pick<IncomingMessage, "socket">): boolean {
    if (this.#isPublic(host)) return true;
    return isLoopbackHost(host) && isLoopbackAddress(socket.localAddress);
  }

  /** Whether a page of this origin, which named that host, is our own. */
  isOwnOrigin(origin: string, host: string): boolean {
    const asked = origin.toLowerCase();
    if (this.#isPublic(host)) return asked === this.#publicUrl?.origin;
    return asked === `${this.scheme}://${host.toLowerCase()}`;
  }

  /** With the port that goes without saying, or without (RFC 9110, section 4.2.3). */
  #isPublic(host: string): boolean {
    if (this.#publicUrl === undefined) return false;
    const { protocol, host: ours, port } = this.#publicUrl;
    const asked = host.toLowerCase();
    return asked === ours || (port === "" && asked === `${ours}:${protocol === "https:" ? 443 : 80}`);
  }
}

/** Undefined in tests that inject requests: nothing came over a network then. */
function isLoopbackAddress(address: string | undefined): boolean {
  if (address === undefined) return true;
  const shown = plain(address);
  return shown === "::1" || /^127\./.test(shown);
}

/** IPv4 in the form that IPv6 sockets show it in. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, "");
}

function blockListOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", prefix] = network.split("/");
    const family = isIPv6(address) ? "ipv6" : "ipv4";
    list.addSubnet(address, prefix === undefined ? (family === "ipv6" ? 128 : 32) : Number(prefix), family);
  }
  return list;
}
