/** The cookies of people at browsers: read, set and taken away. */
import type { FastifyReply, FastifyRequest } from "fastify";
import type { BrowserCookies } from "../../app/access/signingIn.ts";
import { deviceCookie, sessionCookie } from "./cookies.ts";
import type { Place } from "./place.ts";

/** As long as browsers keep any (RFC 6265bis, section 5.5). */
const KNOWN_SECONDS = 400 * 86_400;

export function cookiesOf({ cookies }: Pick<FastifyRequest, "cookies">, { isSecure }: Place): BrowserCookies {
  return { session: cookies[sessionCookie(isSecure).name], browser: cookies[deviceCookie(isSecure).name] };
}

export function setSignedIn(
  reply: FastifyReply,
  { isSecure }: Place,
  {
    secret,
    session,
    browser,
  }: {
    readonly secret: string;
    readonly session: { readonly endsAt: Date };
    readonly browser: string;
  },
): void {
  setSession(reply, { isSecure }, secret, session.endsAt);
  const { name, options } = deviceCookie(isSecure);
  reply.setCookie(name, browser, { ...options, maxAge: KNOWN_SECONDS });
}

export function setSession(
  reply: FastifyReply,
  { isSecure }: Pick<Place, "isSecure">,
  secret: string,
  endsAt: Date,
): void {
  const { name, options } = sessionCookie(isSecure);
  reply.setCookie(name, secret, { ...options, expires: endsAt });
}

export function clearSession(reply: FastifyReply, { isSecure }: Place): void {
  const { name, options } = sessionCookie(isSecure);
  reply.clearCookie(name, options);
}
