/**
 * A browser that somebody signed in with before says so by a cookie that only we can make, and is counted by itself when it tries
 * passwords. It proves nothing else, and opens nothing.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { newSecret, type RandomBytes } from "../secret.ts";
import type { UserId } from "../user.ts";

export interface KnownBrowser {
  readonly userId: UserId;
  /** Tells browsers of one person apart. */
  readonly browser: string;
}

/** `USER.BROWSER.MAC`; ids of ours have no point in them. */
export function browserCookie(userId: UserId, key: Uint8Array, randomBytes: RandomBytes): string {
  const body = `${userId}.${newSecret(randomBytes)}`;
  return `${body}.${mac(body, key).toString("base64url")}`;
}

/** @param cookie whatever a browser sent. Undefined: it is none of ours */
export function readBrowserCookie(cookie: string, key: Uint8Array): KnownBrowser | undefined {
  const [userId, browser, given, ...rest] = cookie.length > 300 ? [] : cookie.split(".");
  if (userId === undefined || browser === undefined || given === undefined || rest.length > 0)
    return undefined;
  const right = mac(`${userId}.${browser}`, key);
  const sent = Buffer.from(given, "base64url");
  if (sent.length !== right.length || !timingSafeEqual(sent, right)) return undefined;
  return { userId: userId as UserId, browser };
}

function mac(body: string, key: Uint8Array): Buffer {
  return createHmac("sha256", key).update(`known browser ${body}`).digest();
}
