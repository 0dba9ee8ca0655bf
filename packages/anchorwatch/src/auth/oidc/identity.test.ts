import { describe, expect, it } from "vitest";
import { type Claims, identityOf, joinedClaims, lacksClaims } from "./identity.ts";
import type { IdentityProvider } from "./identityProvider.ts";

const corp: IdentityProvider = {
  name: "corp",
  title: "Corp",
  issuer: "https://idp.example",
  clientId: "anchorwatch",
  scopes: ["openid"],
  groupsClaim: "groups",
  loginClaim: "email",
};
const ADA = { sub: "1", email: "Ada@Example.com", email_verified: true };
const said = (claims: Claims, changes: Partial<IdentityProvider> = {}) =>
  identityOf({ ...ADA, ...claims }, { ...corp, ...changes });

describe("who a provider says that somebody is", () => {
  it("has a login of one spelling, and a name in one line", () => {
    expect(said({ name: "Ada\u0000\nL." })).toMatchObject({ login: "ada@example.com", name: "Ada L." });
    expect(said({ name: 7 })).toMatchObject({ name: "ada@example.com" });
  });

  it.each([
    [undefined, []],
    ["platform", ["corp:platform"]],
    [
      ["a", "a", 7, null, "", ["b"], "x:y"],
      ["corp:a", "corp:x:y"],
    ],
    [{ a: "b" }, []],
    ["a".repeat(256), []],
  ])("has of %j the groups %j, each under the provider's name", (groups, expected) => {
    expect(said({ groups }).groups).toEqual(expected);
  });

  it("has no more than a thousand groups", () => {
    expect(said({ groups: Array.from({ length: 5000 }, (_, index) => `g${index}`) }).groups).toHaveLength(
      1000,
    );
  });

  it.each([{ sub: "" }, { sub: 1 }, { sub: "a".repeat(256) }, { sub: undefined }])(
    "is nobody with %j",
    (claims) => {
      expect(() => said(claims)).toThrow("does not say who that is");
    },
  );

  it.each(["ada:admin", "ada lovelace", "ada\u200b", "a".repeat(256), "corp:\nada"])(
    "is not called %j",
    (login) => {
      expect(() => said({ preferred_username: login }, { loginClaim: "preferred_username" })).toThrow(
        "gives",
      );
    },
  );

  it.each([
    ["ada@example.com", true],
    ["ada@sub.example.com", false],
    ["ada@example.com@evil.example", false],
    ["ada@evilexample.com", false],
    ["example.com", false],
    ["@example.com", false],
  ])("%s is of the domain example.com: %s", (email, isOfIt) => {
    const read = () => said({ email }, { loginDomains: ["example.com"] });
    if (isOfIt) expect(read().login).toBe(email);
    else expect(read).toThrow("of a domain that is not taken");
  });
});

describe("what is signed and what is only told", () => {
  it("is asked for where a claim is missing that something depends on", () => {
    expect(lacksClaims({ ...ADA, groups: [] }, corp)).toBe(false);
    expect(lacksClaims(ADA, corp)).toBe(true);
    expect(lacksClaims({ sub: "1", email: "a@x", groups: [] }, corp)).toBe(true);
  });

  it.each<[Claims, Claims, Claims]>([
    [{ email: "a@x" }, { email: "a@x", email_verified: true }, { email: "a@x", email_verified: true }],
    [{ email: "a@x" }, { email: "b@x", email_verified: true }, { email: "a@x" }],
    [{ email: "a@x" }, { email_verified: true }, { email: "a@x" }],
    [{ email_verified: true }, { email: "b@x" }, { email: "b@x" }],
    [
      { email_verified: true },
      { email: "b@x", email_verified: false },
      { email: "b@x", email_verified: false },
    ],
    [
      { email: "a@x", email_verified: false },
      { email: "a@x", email_verified: true },
      { email: "a@x", email_verified: false },
    ],
    [
      { sub: "1", amr: ["pwd"] },
      { sub: "1", amr: ["mfa"], acr: "phr", groups: ["g"] },
      { sub: "1", amr: ["pwd"], groups: ["g"] },
    ],
  ])("%j and %j make %j", (signed, told, joined) => {
    expect(joinedClaims(signed, told)).toEqual(joined);
  });
});
