/** Whoever proves himself elsewhere: people at identity providers, pipelines by what their forge says of them. */
import { readFile } from "node:fs/promises";
import type { Fetch } from "../../auth/oidc/carefulFetch.ts";
import type { IdentityProvider } from "../../auth/oidc/identityProvider.ts";
import { OpenidProviders } from "../../auth/oidc/openidProviders.ts";
import { WorkloadTokens } from "../../auth/workload/workloadTokens.ts";
import { AnchorwatchError, messageOf } from "../../domain/errors.ts";
import type { AccessContext } from "./accessContext.ts";
import {
  type BeginOidc,
  type BegunOidc,
  beginOidc,
  type FinishedOidc,
  type FinishOidc,
  finishOidc,
} from "./oidcSignIn.ts";
import type { Requester } from "./requester.ts";
import { type SignedInWorkload, signInWorkload } from "./workloadSignIn.ts";

export interface SignInElsewhere {
  /** Those of the operator's file, in its order. */
  providers(): readonly Pick<IdentityProvider, "name" | "title">[];
  begin(what: BeginOidc, requester: Requester): Promise<BegunOidc>;
  finish(what: FinishOidc, requester: Requester): Promise<FinishedOidc>;
  workload(token: string, requester: Requester): Promise<SignedInWorkload>;
}

export interface Outside {
  readonly fetch: Fetch;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export function createSignInElsewhere(
  context: AccessContext,
  { fetch, environment }: Outside,
): SignInElsewhere {
  const { now, randomBytes, settings } = context;
  const secretOf = (provider: IdentityProvider) => readSecret(provider, environment);
  const openid = new OpenidProviders({ fetch, now, randomBytes, secretOf });
  const workloadTokens = new WorkloadTokens({ fetch, now });
  return {
    providers: () => settings().providers.map(({ name, title }) => ({ name, title })),
    begin: (what, requester) => beginOidc({ ...context, openid }, what, requester),
    finish: (what, requester) => finishOidc({ ...context, openid }, what, requester),
    workload: (token, requester) => signInWorkload({ ...context, workloadTokens }, token, requester),
  };
}

/** Of a provider's client; undefined: it has none. */
async function readSecret(
  { title, clientSecret }: IdentityProvider,
  environment: Outside["environment"],
): Promise<string | undefined> {
  if (clientSecret === undefined) return undefined;
  const missing = (why: string) =>
    new AnchorwatchError("sign_in_secret_missing", `the client's secret for ${title} cannot be had: ${why}`, {
      hint: "Tell an administrator: anchorwatch.server.yaml names where it is.",
    });
  if (clientSecret.kind === "variable") {
    const value = environment[clientSecret.name] ?? "";
    if (value === "") throw missing(`the environment has no variable ${clientSecret.name}`);
    return value;
  }
  try {
    const text = (await readFile(clientSecret.path, "utf8")).trim();
    if (text !== "") return text;
  } catch (error) {
    throw missing(messageOf(error));
  }
  throw missing("its file is empty");
}
