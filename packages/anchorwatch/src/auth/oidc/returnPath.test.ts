import fc from "fast-check";
import { expect, it } from "vitest";
import { returnPath } from "./returnPath.ts";

it.each(["/", "/drifts", "/drifts?state=open&a=%2F%2Fx", "/device#code", "/a/b/"])("%s is kept", (path) => {
  expect(returnPath(path)).toBe(path);
});

it.each([
  undefined,
  "",
  "drifts",
  "//evil.example",
  "/\\evil.example",
  "/..//evil.example",
  "/%0d%0aset-cookie: a",
  "/a b",
  "/\u202egro.live",
  "https://evil.example",
  `/${"a".repeat(1000)}`,
])("%s becomes the first page", (path) => {
  expect(returnPath(path)).toBe("/");
});

it("never leads a browser to another host, whatever is wanted", () => {
  const part = fc.constantFrom(
    "/",
    "\\",
    "..",
    ".",
    "?",
    "#",
    "@",
    ":",
    "%2f",
    "\t",
    "\n",
    "evil.example",
    "a",
    "http:",
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), fc.string({ maxLength: 4 }), (parts, rest) => {
      const path = returnPath(`/${parts.join("")}${rest}`);
      const url = new URL(path, "https://anchorwatch.example");
      expect(url.origin).toBe("https://anchorwatch.example");
      expect(path).toMatch(/^\/(?!\/)/);
    }),
    { numRuns: 2000 },
  );
});
