/** Tokens that forges make for their pipelines, verified (RFC 7519, 7515, 8725). */
import { createRemoteJWKSet, customFetch, decodeJwt, errors, type JWTPayload, jwtVerify } from "jose";
import { AnchorwatchError } from "../../domain/errors.ts";
import { carefulFetch, type Fetch } from "../oidc/carefulFetch.ts";
import { ALGORITHMS, discoverKeys } from "../oidc/metadata.ts";
import type { Workload } from "./workload.ts";

export interface WorkloadTokensOptions {
  readonly fetch: Fetch;
  readonly now: () => Date;
}

type Keys = ReturnType<typeof createRemoteJWKSet>;

const LONGEST_TOKEN = 16_384;
const TOLERANCE_S = 30;
/** Forges make them when a job begins or asks; an older one lay about somewhere. */
const OLDEST = "1h";
/** What an issuer says of itself is asked again after that. */
const METADATA_MS = 10 * 60_000;

export class WorkloadTokens {
  readonly #fetch: Fetch;
  readonly #now: () => Date;
  readonly #known = new Map<string, { readonly at: number; readonly keys: Promise<Keys> }>();

  constructor({ fetch, now }: WorkloadTokensOptions) {
    this.#fetch = carefulFetch(fetch);
    this.#now = now;
  }

  /**
   * Claims of a token that one of these issuers has signed, for one of these audiences, not long ago. Nobody else's keys are asked for.
   * @throws AnchorwatchError `workload_refused`, `sign_in_provider_unreachable`, `sign_in_provider_invalid`
   */
  async verify(
    token: string,
    workloads: readonly Workload[],
  ): Promise<JWTPayload & { readonly jti: string }> {
    const issuer = issuerOf(token);
    const meant = workloads.filter((workload) => workload.issuer === issuer);
    if (issuer === undefined || meant.length === 0)
      throw refused("no workload of the operator's file has its issuer");
    const keys = await this.#keysOf(issuer);
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience: meant.map(({ audience }) => audience),
        algorithms: [...ALGORITHMS],
        clockTolerance: TOLERANCE_S,
        currentDate: this.#now(),
        maxTokenAge: OLDEST,
        requiredClaims: ["exp", "jti", "sub"],
      });
      const { jti } = payload;
      if (typeof jti !== "string" || jti === "") throw refused("it has no id of its own (jti)");
      return { ...payload, jti };
    } catch (error) {
      throw whyRefused(error);
    }
  }

  #keysOf(issuer: string): Promise<Keys> {
    const now = this.#now().getTime();
    const known = this.#known.get(issuer);
    if (known !== undefined && now - known.at < METADATA_MS && now >= known.at) return known.keys;
    const keys = this.#discover(issuer);
    this.#known.set(issuer, { at: now, keys });
    keys.catch(() => this.#known.delete(issuer));
    return keys;
  }

  async #discover(issuer: string): Promise<Keys> {
    const { jwks_uri: address } = await discoverKeys(issuer, this.#fetch);
    // Who sends tokens with keys that nobody knows makes us ask once in half a minute, not more.
    return createRemoteJWKSet(new URL(address), {
      cooldownDuration: 30_000,
      cacheMaxAge: METADATA_MS,
      [customFetch]: (url, { headers, method, signal }) => this.#fetch(url, { headers, method, signal }),
    });
  }
}

/** Not believed yet: it only says whose keys are to be asked. */
function issuerOf(token: string): string | undefined {
  if (token.length > LONGEST_TOKEN) return undefined;
  try {
    return decodeJwt(token).iss;
  } catch {
    return undefined;
  }
}

function whyRefused(error: unknown): AnchorwatchError {
  const ours = thrownByUs(error);
  if (ours !== undefined) return ours;
  if (error instanceof errors.JWTExpired) return refused("it is expired");
  if (error instanceof errors.JWTClaimValidationFailed) {
    return refused(`its claim “${error.claim}” is not as it must be`);
  }
  if (error instanceof errors.JWKSNoMatchingKey) return refused("its issuer has no such key");
  return refused("its signature is not one of its issuer");
}

function thrownByUs(error: unknown): AnchorwatchError | undefined {
  if (error instanceof AnchorwatchError) return error;
  return error instanceof Error && error.cause !== undefined ? thrownByUs(error.cause) : undefined;
}

export function refused(why: string): AnchorwatchError {
  return new AnchorwatchError("workload_refused", `the pipeline's token is not accepted: ${why}`, {
    hint: "access.workloads in anchorwatch.server.yaml says which pipelines may ask; each run needs a fresh token.",
  });
}
