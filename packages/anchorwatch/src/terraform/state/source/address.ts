import { wholeStateError } from "../errors.ts";

/**
 * An address from the settings of a backend.
 * @param what how the settings call it
 * @throws AnchorwatchError `state_backend_invalid`
 */
export function parseUrl(address: string, what: string): URL {
  const url = URL.parse(address);
  if (url !== null && (url.protocol === "http:" || url.protocol === "https:") && hasReadableUser(url))
    return url;
  throw wholeStateError(
    withoutSecrets(address),
    "state_backend_invalid",
    `is no address that a state could be read from`,
    `Expected ${what} to be a URL that begins with https:// or http://.`,
  );
}

/** The user and password of the address are properly encoded. */
function hasReadableUser({ username, password }: URL): boolean {
  return !/%(?![0-9A-Fa-f]{2})/.test(username + password);
}

/** Without user, password and query, which can all be secrets. */
export function displayUrl(url: URL): string {
  return `${url.origin}${url.pathname}`;
}

/** The same for a text that may not be a URL at all. */
export function withoutSecrets(address: string): string {
  const url = URL.parse(address);
  return url === null || url.origin === "null"
    ? JSON.stringify(address.replace(/^.*@|[?#].*$/g, ""))
    : displayUrl(url);
}
