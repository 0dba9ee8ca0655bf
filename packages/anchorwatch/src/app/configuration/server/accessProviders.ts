/** `access.providers`: whom people sign in with. */
import { resolve } from "node:path";
import type { IdentityProvider } from "../../../auth/oidc/identityProvider.ts";
import { isTrustworthyIssuer } from "../../../auth/oidc/issuer.ts";
import { written } from "../issues.ts";
import type { DocumentPath } from "../yamlDocument.ts";
import type { ProviderOfPeopleSection } from "./accessSchema.ts";
import type { SectionContext } from "./section.ts";

const DEFAULT_SCOPES: readonly string[] = ["openid", "profile", "email"];

export function readPeopleProviders(
  sections: readonly ProviderOfPeopleSection[],
  at: DocumentPath,
  context: SectionContext,
): readonly IdentityProvider[] {
  const names = new Map<string, number>();
  const issuers = new Map<string, number>();
  return sections.map((section, index) => {
    const here = [...at, index];
    reportRepeated(section.name, [...here, "name"], names, context);
    // Two of one issuer would be two ways to be one person, and answers of one could be taken for the other's.
    reportRepeated(section.issuer, [...here, "issuer"], issuers, context);
    return readProvider(section, here, context);
  });
}

function readProvider(
  section: ProviderOfPeopleSection,
  at: DocumentPath,
  context: SectionContext,
): IdentityProvider {
  const { name, title, issuer, clientId, groupsClaim, loginDomains, strongAcr } = section;
  const { problems } = context;
  checkIssuer(issuer, [...at, "issuer"], context);
  const secret = readSecret(section, at, context);
  const scopes = section.scopes ?? DEFAULT_SCOPES;
  if (!scopes.includes("openid")) {
    problems.reportAt(
      [...at, "scopes"],
      `${written([...at, "scopes"])} has no openid`,
      "Without it nobody is named. Add it.",
    );
  }
  const odd = scopes.findIndex((scope) => !/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope));
  if (odd >= 0) {
    const here = [...at, "scopes", odd];
    problems.reportAt(here, `${written(here)} is no scope`, "Each is one word of its own in the list.");
  }
  return {
    name,
    title: title ?? name,
    issuer,
    clientId,
    ...(secret === undefined ? {} : { clientSecret: secret }),
    scopes,
    ...(groupsClaim === undefined ? {} : { groupsClaim }),
    loginClaim: section.loginClaim ?? "email",
    ...(loginDomains === undefined
      ? {}
      : { loginDomains: loginDomains.map((domain) => domain.toLowerCase()) }),
    ...(strongAcr === undefined ? {} : { strongAcr }),
  };
}

function readSecret(
  { clientSecretFile, clientSecretVariable }: ProviderOfPeopleSection,
  at: DocumentPath,
  { problems, folder, variables }: SectionContext,
): IdentityProvider["clientSecret"] {
  if (clientSecretVariable !== undefined) {
    const here = [...at, "clientSecretVariable"];
    if (clientSecretFile !== undefined) {
      problems.reportAt(
        here,
        `${written(at)} names its secret twice`,
        "Keep the file or the variable.",
        "key",
      );
    }
    variables.push({ name: clientSecretVariable, at: here });
    return { kind: "variable", name: clientSecretVariable };
  }
  return clientSecretFile === undefined
    ? undefined
    : { kind: "file", path: resolve(folder, clientSecretFile) };
}

/** Of people's providers and of forges. */
export function checkIssuer(issuer: string, at: DocumentPath, { problems }: SectionContext): void {
  if (isTrustworthyIssuer(issuer)) return;
  problems.reportAt(
    at,
    `${written(at)} is no address of an issuer`,
    "Expected https://HOST/PATH without user, query and fragment, exactly as its metadata names it; http on this machine alone.",
  );
}

function reportRepeated(
  text: string,
  at: DocumentPath,
  seen: Map<string, number>,
  { problems, lineOf }: SectionContext,
): void {
  const before = seen.get(text);
  if (before === undefined) seen.set(text, lineOf(at));
  else
    problems.reportAt(at, `${written(at)} stands in line ${before} already`, "Give each provider its own.");
}
