/**
 * The login of a pipeline: the token that its forge vouches with is given for one of the server. It is asked for with the server as its
 * audience, so that it is good nowhere else.
 */
import { type AnchorwatchClient, answerOf } from "../../client/connect.ts";
import { AnchorwatchError, messageOf } from "../../domain/errors.ts";
import type { Surroundings } from "../surroundings.ts";
import type { Login } from "./logins.ts";

export interface PipelineFlags {
  /** Where the forge has put the token, as GitLab does with `id_tokens`. */
  readonly idTokenVariable?: string;
  /** Default: the server. */
  readonly audience?: string;
}

type Machine = Pick<Surroundings, "environment" | "remote">;

/** @throws AnchorwatchError `login_failed`, and what the server says */
export async function pipelineLogin(
  { server, api }: AnchorwatchClient,
  flags: PipelineFlags,
  machine: Machine,
  signal: AbortSignal,
): Promise<Login> {
  const idToken = await idTokenOf(flags, flags.audience ?? server, machine, signal);
  const given = await answerOf(api.POST("/api/v1/session/workload", { body: { token: idToken }, signal }));
  return { server, token: given.token, login: given.workload, expiresAt: given.expiresAt };
}

async function idTokenOf(
  { idTokenVariable }: PipelineFlags,
  audience: string,
  { environment, remote }: Machine,
  signal: AbortSignal,
): Promise<string> {
  if (idTokenVariable !== undefined) {
    const token = environment[idTokenVariable] ?? "";
    if (token !== "") return token;
    throw failed(
      `The variable ${idTokenVariable} holds no token`,
      "In .gitlab-ci.yml, id_tokens puts one there: docs/access.md shows how.",
    );
  }
  const url = environment["ACTIONS_ID_TOKEN_REQUEST_URL"] ?? "";
  const bearer = environment["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] ?? "";
  if (URL.canParse(url) && bearer !== "") return await githubToken(url, bearer, audience, remote, signal);
  throw failed(
    "This is no pipeline that can prove itself",
    "On GitHub, give the job `permissions: id-token: write`; on GitLab, name the variable of id_tokens with --id-token-variable.",
  );
}

/** @see https://docs.github.com/en/actions/reference/security/oidc */
async function githubToken(
  url: string,
  bearer: string,
  audience: string,
  { fetch }: Machine["remote"],
  signal: AbortSignal,
): Promise<string> {
  const address = new URL(url);
  address.searchParams.set("audience", audience);
  try {
    const response = await fetch(address, {
      headers: { authorization: `Bearer ${bearer}`, accept: "application/json" },
      redirect: "error",
      signal: AbortSignal.any([signal, AbortSignal.timeout(30_000)]),
    });
    const { value } = (await response.json()) as { readonly value?: unknown };
    if (response.ok && typeof value === "string" && value !== "") return value;
    throw failed(
      `GitHub gave no token, but status ${response.status}`,
      "Does the job have `permissions: id-token: write`?",
    );
  } catch (cause) {
    if (cause instanceof AnchorwatchError || signal.aborted) throw cause;
    throw new AnchorwatchError("login_failed", `GitHub could not be asked for a token: ${messageOf(cause)}`, {
      hint: "Run the job again.",
      cause,
    });
  }
}

function failed(message: string, hint: string): AnchorwatchError {
  return new AnchorwatchError("login_failed", message, { hint });
}
