/**
 * A browser is run by strangers' pages: they may point a name of theirs at our address (DNS rebinding), or post here from their own
 * origin. Both end before any route, whoever is signed in.
 */
import type { IncomingMessage } from "node:http";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { Place } from "../access/place.ts";

/** Node cuts off what is more in silence, and a header that decides could be among it. */
const MOST_HEADERS = 100;
/** They change nothing. */
export const SAFE_METHODS: readonly string[] = ["GET", "HEAD", "OPTIONS"];

/** @throws AnchorwatchError `request_headers_too_many`, `request_host_refused`, `request_origin_refused` */
export function guardRequest(request: IncomingMessage, place: Place): void {
  const { method = "", url = "", rawHeaders, headers } = request;
  if (rawHeaders.length > MOST_HEADERS * 2) {
    throw new AnchorwatchError(
      "request_headers_too_many",
      `the request has ${rawHeaders.length / 2} headers; at most ${MOST_HEADERS} are read`,
    );
  }
  const host = headers.host ?? "";
  // Proxies are sent whole addresses, which name a host of their own.
  if (!url.startsWith("/")) throw refusedHost(url, place);
  if (countOf("host", rawHeaders) > 1 || !place.isOurs(host, request)) throw refusedHost(host, place);
  if (SAFE_METHODS.includes(method)) return;
  const { origin } = headers;
  const site = headers["sec-fetch-site"];
  const isForeign = origin !== undefined && !place.isOwnOrigin(origin, host);
  if (isForeign || (site !== undefined && site !== "same-origin" && site !== "none")) {
    throw new AnchorwatchError(
      "request_origin_refused",
      `a page of ${origin === undefined ? "another origin" : JSON.stringify(origin)} may not change anything here`,
      { hint: `Use the page at ${place.url}, or a program that sends no Origin header.` },
    );
  }
}

function refusedHost(host: string, place: Place): AnchorwatchError {
  const named = host === "" ? "no host" : `the host ${JSON.stringify(host.slice(0, 200))}`;
  return new AnchorwatchError(
    "request_host_refused",
    `the request names ${named}, which is not this server's`,
    {
      hint: `Use ${place.url}. Another name is to be told as server.publicUrl in anchorwatch.server.yaml.`,
    },
  );
}

function countOf(name: string, rawHeaders: readonly string[]): number {
  return rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === name).length;
}
