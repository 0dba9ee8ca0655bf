/** Who an identity provider says that somebody is, in our words. Every text of it is another's. */
import { AnchorwatchError } from "../../domain/errors.ts";
import { displayNameOf, loginOf as normalized } from "../login.ts";
import type { IdentityProvider } from "./identityProvider.ts";

/** As they came: of the ID token, and of userinfo where that was asked. */
export type Claims = Readonly<Record<string, unknown>>;

export interface Identity {
  readonly issuer: string;
  readonly subject: string;
  /** In lower case. */
  readonly login: string;
  readonly name: string;
  readonly email?: string;
  /** `PROVIDER:GROUP`. */
  readonly groups: readonly string[];
  /** The provider says that there was more than a password. */
  readonly strong: boolean;
}

const LONGEST = 255;
const MOST_GROUPS = 1000;
/** RFC 8176: more than one factor, or a key that nobody can pass on. */
const STRONG_METHODS: readonly string[] = ["mfa", "otp", "hwk", "swk", "fido", "sc", "face", "fpt", "iris"];

/** @throws AnchorwatchError `sign_in_no_login`, `sign_in_provider_invalid` */
export function identityOf(claims: Claims, provider: IdentityProvider): Identity {
  const subject = text(claims["sub"]);
  if (subject === undefined || subject.length > LONGEST) {
    throw new AnchorwatchError("sign_in_provider_invalid", `${provider.title} does not say who that is`, {
      hint: "Tell an administrator.",
    });
  }
  const login = loginOf(claims, provider);
  const email = claims["email_verified"] === true ? text(claims["email"]) : undefined;
  return {
    issuer: provider.issuer,
    subject,
    login,
    name: displayNameOf(text(claims["name"]) ?? "") ?? login,
    ...(email === undefined || email.length > LONGEST ? {} : { email }),
    groups: groupsOf(claims, provider),
    strong: isStrong(claims, provider),
  };
}

/** Whether the provider is to be asked for more than its ID token says. */
export function lacksClaims(claims: Claims, { loginClaim, groupsClaim }: IdentityProvider): boolean {
  const wanted = [loginClaim, groupsClaim, loginClaim === "email" ? "email_verified" : undefined];
  return wanted.some((claim) => claim !== undefined && claims[claim] === undefined);
}

/**
 * The claims of an ID token, and what userinfo says beyond them: what is signed goes before what is only told. That an address was verified
 * counts for the address that it was said of alone.
 */
export function joinedClaims(signed: Claims, told: Claims): Claims {
  // How somebody signed in, only the token of that sign-in knows.
  const { email_verified: isVerified, amr: _methods, acr: _class, ...others } = told;
  const isOfSameAddress = signed["email"] === undefined || signed["email"] === told["email"];
  const verified = isOfSameAddress && told["email"] !== undefined ? { email_verified: isVerified } : {};
  const { email_verified: isSignedVerified, ...signedOthers } = signed;
  const signedVerified =
    signed["email"] === undefined || isSignedVerified === undefined
      ? {}
      : { email_verified: isSignedVerified };
  return { ...others, ...verified, ...signedOthers, ...signedVerified };
}

function loginOf(claims: Claims, { title, loginClaim, loginDomains }: IdentityProvider): string {
  const refuse = (what: string, hint: string) =>
    new AnchorwatchError("sign_in_no_login", `${title} ${what}`, { hint });
  const given = normalized(text(claims[loginClaim]) ?? "");
  if (given === "") {
    throw refuse(
      `gives no claim “${loginClaim}”, which becomes the login`,
      "An administrator can name another claim (loginClaim) or ask for more scopes.",
    );
  }
  if (loginClaim === "email" && claims["email_verified"] !== true) {
    throw refuse(
      "does not say that your address of mail was verified, so it could be anybody's",
      "Verify the address there, or have an administrator name another claim (loginClaim).",
    );
  }
  if (given.length > LONGEST || /[\p{C}\s:]/u.test(given)) {
    throw refuse("gives a login that is none", "A login has up to 255 characters, and no spaces or colons.");
  }
  if (loginDomains !== undefined && !loginDomains.some((domain) => isOfDomain(given, domain))) {
    throw refuse(
      "gives a login of a domain that is not taken from it",
      "Sign in with an account of the right domain, or have an administrator add it (loginDomains).",
    );
  }
  return given;
}

function isOfDomain(login: string, domain: string): boolean {
  const at = login.lastIndexOf("@");
  return at > 0 && login.slice(at + 1) === domain;
}

function groupsOf(claims: Claims, { name, groupsClaim }: IdentityProvider): readonly string[] {
  if (groupsClaim === undefined) return [];
  const given = claims[groupsClaim];
  const listed = Array.isArray(given) ? given : [given];
  const groups = listed.map(text).filter((group) => group !== undefined && group.length <= LONGEST);
  return [...new Set(groups)].slice(0, MOST_GROUPS).map((group) => `${name}:${group}`);
}

function isStrong({ amr, acr }: Claims, { strongAcr = [] }: IdentityProvider): boolean {
  if (Array.isArray(amr) && amr.some((method) => STRONG_METHODS.includes(method))) return true;
  return typeof acr === "string" && strongAcr.includes(acr);
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
