/** What this machine calls itself when nobody else is meant. */

/** Addresses that the server may listen on, and what each is for the system. `localhost` may be anything in a hosts file. */
const LISTENABLE: Readonly<Record<string, string>> = {
  "127.0.0.1": "127.0.0.1",
  localhost: "127.0.0.1",
  "::1": "::1",
  "[::1]": "::1",
};

/** The address to listen on; undefined when it is not loopback. */
export function loopbackAddress(host: string): string | undefined {
  return Object.hasOwn(LISTENABLE, host) ? LISTENABLE[host] : undefined;
}

/**
 * Whether a Host header names this machine as such. Any port will do: one that is forwarded has another number here.
 * A name that an attacker's DNS lets point to loopback is none of these.
 */
export function isLoopbackHost(header: string): boolean {
  return /^(?:localhost|127\.0\.0\.1|\[::1\])(?::[0-9]{1,5})?$/i.test(header);
}
