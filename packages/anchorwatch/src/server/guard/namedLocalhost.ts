import type { IncomingMessage } from "node:http";
import type { Place } from "../access/place.ts";

/**
 * Passkeys and WebCrypto work on `http://localhost`, and not on `http://127.0.0.1`: a person who comes there is sent on. Programs are not.
 * Undefined: the request stays where it is.
 */
export function namedLocalhost(
  {
    raw: { method, url = "", headers },
  }: { readonly raw: Pick<IncomingMessage, "method" | "url" | "headers"> },
  { scheme }: Pick<Place, "scheme">,
): string | undefined {
  const [, port] = /^(?:127\.0\.0\.1|\[::1\])(:[0-9]+)?$/.exec(headers.host ?? "") ?? [];
  const isNamed = !/^(?:127\.0\.0\.1|\[::1\])/.test(headers.host ?? "");
  if (isNamed || method !== "GET") return undefined;
  const isNavigation =
    headers["sec-fetch-mode"] === "navigate" || (headers.accept ?? "").split(",")[0]?.trim() === "text/html";
  return isNavigation ? `${scheme}://localhost${port ?? ""}${url}` : undefined;
}
