/**
 * Whether tokens may be believed that this address is said to sign: https, or http on this machine alone, where nobody stands between
 * (OpenID Connect Core 1.0, section 2: no query, no fragment).
 */
export function isTrustworthyIssuer(issuer: string): boolean {
  const url = URL.parse(issuer);
  if (url === null || /[?#\s\\]/.test(issuer) || url.username !== "" || url.password !== "") return false;
  return isTrustworthyAddress(url);
}

/** Of an issuer, and of whatever its metadata names. */
export function isTrustworthyAddress({ protocol, hostname }: URL): boolean {
  return protocol === "https:" || (protocol === "http:" && isLoopback(hostname));
}

/** Whoever is asked there is this machine itself: a provider elsewhere has no business there. */
export function isOnThisMachine(address: string): boolean {
  return isLoopback(URL.parse(address)?.hostname ?? "");
}

/** As `URL` writes hosts: every spelling of an IPv4 address has become the plain one. */
function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
