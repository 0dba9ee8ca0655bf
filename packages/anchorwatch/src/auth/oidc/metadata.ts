/** What an OpenID provider says of itself (OpenID Connect Discovery 1.0, sections 3 and 4; RFC 8414). */
import { z } from "zod";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { Fetch } from "./carefulFetch.ts";
import { isOnThisMachine, isTrustworthyAddress } from "./issuer.ts";

/**
 * Algorithms by which tokens may be signed: those alone where who can check cannot sign. With HMAC everybody who knows the public key,
 * taken as a secret, could; `none` is none.
 */
export const ALGORITHMS: readonly string[] = [
  ...["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
  ...["ES256", "ES384", "ES512", "EdDSA", "Ed25519"],
];

const endpoint = z.string().max(2000).refine(isTrustworthy, "is no address on https");

/** What is used of it. */
const metadata = z.object({
  issuer: z.string().max(2000),
  jwks_uri: endpoint,
});

const signInMetadata = metadata.extend({
  authorization_endpoint: endpoint,
  token_endpoint: endpoint,
  userinfo_endpoint: endpoint.optional(),
  id_token_signing_alg_values_supported: z.array(z.string()).default(["RS256"]),
  token_endpoint_auth_methods_supported: z.array(z.string()).default(["client_secret_basic"]),
  authorization_response_iss_parameter_supported: z.boolean().optional(),
});

export type KeysMetadata = z.infer<typeof metadata>;
export type SignInMetadata = z.infer<typeof signInMetadata>;

/**
 * Of a provider that people sign in with.
 * @param fetch a careful one
 * @throws AnchorwatchError `sign_in_provider_unreachable`, `sign_in_provider_invalid`
 */
export async function discoverSignIn(issuer: string, fetch: Fetch): Promise<SignInMetadata> {
  const found = await discover(issuer, signInMetadata, fetch);
  const algorithms = found.id_token_signing_alg_values_supported.filter((name) => ALGORITHMS.includes(name));
  if (algorithms.length === 0) throw invalid(issuer, "signs with no algorithm that can be believed");
  return { ...found, id_token_signing_alg_values_supported: algorithms };
}

/** Where the keys of an issuer are. @throws as `discoverSignIn` */
export async function discoverKeys(issuer: string, fetch: Fetch): Promise<KeysMetadata> {
  return await discover(issuer, metadata, fetch);
}

async function discover<Form extends z.ZodType<KeysMetadata>>(
  issuer: string,
  form: Form,
  fetch: Fetch,
): Promise<z.infer<Form>> {
  const address = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  const answer = await fetch(address, { headers: { accept: "application/json" } });
  if (answer.status !== 200) throw invalid(issuer, `answers its metadata with ${answer.status}`);
  const checked = form.safeParse(await json(answer));
  if (!checked.success) {
    const [issue] = checked.error.issues;
    const member = issue?.path.join(".") ?? "";
    throw invalid(issuer, `has metadata of another form${member === "" ? "" : `: ${member}`}`);
  }
  // Exactly: whoever answers under another name is somebody else (section 4.3).
  if (checked.data.issuer !== issuer) throw invalid(issuer, "calls itself by another name in its metadata");
  // Else it could make us ask whatever listens on our own loopback, and tell it the client's secret.
  if (!isOnThisMachine(issuer) && Object.values(checked.data).some(namesThisMachine)) {
    throw invalid(issuer, "names an address of this machine in its metadata");
  }
  return checked.data;
}

function namesThisMachine(member: unknown): boolean {
  return typeof member === "string" && isOnThisMachine(member);
}

async function json(answer: Response): Promise<unknown> {
  try {
    return await answer.json();
  } catch {
    return undefined;
  }
}

function isTrustworthy(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && isTrustworthyAddress(url) && url.username === "" && url.password === "";
}

function invalid(issuer: string, what: string): AnchorwatchError {
  return new AnchorwatchError("sign_in_provider_invalid", `the identity provider ${issuer} ${what}`, {
    hint: "Tell an administrator: the issuer in anchorwatch.server.yaml, or the provider itself, needs correction.",
  });
}
