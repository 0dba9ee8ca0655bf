import { randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import type { UserId } from "../user.ts";
import { browserCookie, readBrowserCookie } from "./knownBrowser.ts";

const KEY = randomBytes(32);
const KIM = "user1" as UserId;

it("is known again by its cookie, and each browser is another one", () => {
  const [first, second] = [browserCookie(KIM, KEY, randomBytes), browserCookie(KIM, KEY, randomBytes)];
  expect(readBrowserCookie(first, KEY)).toMatchObject({ userId: KIM });
  expect(readBrowserCookie(first, KEY)?.browser).not.toBe(readBrowserCookie(second, KEY)?.browser);
});

it("is nobody's with a cookie of another key, for another user, or of another form", () => {
  const cookie = browserCookie(KIM, KEY, randomBytes);
  expect(readBrowserCookie(cookie, randomBytes(32))).toBeUndefined();
  expect(readBrowserCookie(cookie.replace("user1", "user2"), KEY)).toBeUndefined();
  for (const other of [
    "",
    "..",
    cookie.slice(0, -1),
    `${cookie}.x`,
    `${cookie}${"A".repeat(400)}`,
    "user1.x.AAAA",
  ])
    expect(readBrowserCookie(other, KEY)).toBeUndefined();
});
