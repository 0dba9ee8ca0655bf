/**
 * States from Terraform's HTTP backend: one GET. Answers come from outside: neither credentials nor the request ever
 * follow a redirect to another host.
 * @see https://developer.hashicorp.com/terraform/language/backend/http
 */
import { createHash } from "node:crypto";
import http, { type IncomingMessage, type RequestOptions } from "node:http";
import https from "node:https";
import { setTimeout as pause } from "node:timers/promises";
import { AnchorwatchError } from "../../../domain/errors.ts";
import { wholeStateError } from "../errors.ts";
import { absent } from "./absent.ts";
import { displayUrl, parseUrl } from "./address.ts";
import { collect } from "./limits.ts";
import type { FetchedState, HttpSource, StateSurroundings } from "./source.ts";
import { networkCode, unreachable } from "./unreachable.ts";

const MAX_REDIRECTS = 5;
const RETRIES = 2;
const RETRY_WAIT_MS = 1000;
const NOT_DEPLOYED = "Deploy the stack first (`terraform apply`), or correct the address of the backend.";

interface Call {
  readonly source: HttpSource;
  readonly origin: string;
  readonly environment: StateSurroundings["environment"];
  readonly limit: AbortSignal;
  readonly known: string | undefined;
}

/** `passing`: trouble that another try may not meet again. */
type Attempt = FetchedState | { readonly kind: "passing"; readonly error: AnchorwatchError };

/**
 * @param known ETag of what was fetched before
 * @throws AnchorwatchError `state_absent`, `state_http_*`, `state_unreachable`, `state_truncated`, `state_too_large`
 */
export async function getHttpState(
  source: HttpSource,
  origin: string,
  { environment }: StateSurroundings,
  limit: AbortSignal,
  known: string | undefined,
): Promise<FetchedState> {
  const url = parseUrl(source.address, "address");
  const call = { source, origin, environment, limit, known };
  for (let left = source.retries ?? RETRIES; ; left -= 1) {
    const attempt = await tryToGet(call, url);
    if (attempt.kind !== "passing") return attempt;
    if (left <= 0) throw attempt.error;
    await pause(source.retryWaitMs ?? RETRY_WAIT_MS, undefined, { signal: limit });
  }
}

async function tryToGet(call: Call, address: URL): Promise<Attempt> {
  let url = address;
  try {
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
      const response = await request(call, url);
      const next = redirectOf(call, url, response);
      if (next === undefined) return await answer(call, url, response);
      response.destroy();
      url = next;
    }
  } catch (error) {
    call.limit.throwIfAborted();
    if (error instanceof AnchorwatchError || networkCode(error) === undefined) throw error;
    return { kind: "passing", error: unreachable(call.origin, displayUrl(url), error) };
  }
  throw failed(call, `${displayUrl(address)} leads from one redirect to the next`);
}

function request({ source, environment, limit, known }: Call, url: URL): Promise<IncomingMessage> {
  const agentOptions = { proxyEnv: { ...environment } };
  const options: RequestOptions = {
    headers: {
      accept: "application/json",
      "user-agent": "anchorwatch",
      ...(known === undefined ? {} : { "if-none-match": known }),
      ...source.headers,
    },
    signal: limit,
    ...authorisation(source, url),
  };
  return new Promise((resolve, reject) => {
    const started =
      url.protocol === "https:"
        ? https.get(url, { ...options, ...tlsOptions(source), agent: new https.Agent(agentOptions) }, resolve)
        : http.get(url, { ...options, agent: new http.Agent(agentOptions) }, resolve);
    started.on("error", reject);
  });
}

function authorisation({ username, password }: HttpSource, url: URL): RequestOptions {
  if (username !== undefined) return { auth: `${username}:${password ?? ""}` };
  if (url.username === "") return {};
  const [user, secret] = [url.username, url.password].map(decodeURIComponent);
  return { auth: `${user}:${secret}` };
}

function tlsOptions(source: HttpSource): https.RequestOptions {
  return {
    ...(source.skipCertVerification === true ? { rejectUnauthorized: false } : {}),
    ...(source.caCertificate === undefined ? {} : { ca: source.caCertificate }),
    ...(source.clientCertificate === undefined ? {} : { cert: source.clientCertificate }),
    ...(source.clientKey === undefined ? {} : { key: source.clientKey }),
  };
}

/** Where a redirect on the same host leads; undefined when the answer is none. */
function redirectOf(call: Call, url: URL, { statusCode = 0, headers }: IncomingMessage): URL | undefined {
  if (![301, 302, 303, 307, 308].includes(statusCode)) return undefined;
  const next = URL.parse(headers.location ?? "", url.href);
  if (next === null) throw failed(call, `${displayUrl(url)} answered ${statusCode} without a usable address`);
  const upgraded = url.protocol === "http:" && next.protocol === "https:" && next.hostname === url.hostname;
  if (next.origin === url.origin || upgraded) {
    next.username = url.username;
    next.password = url.password;
    return next;
  }
  throw wholeStateError(
    call.origin,
    "state_http_redirected",
    `was not read: ${displayUrl(url)} redirects to another host, ${displayUrl(next)}`,
    "Credentials are never sent to a host that was not named. If it is the right one, give its address to the backend.",
  );
}

async function answer(call: Call, url: URL, response: IncomingMessage): Promise<Attempt> {
  const { statusCode = 0 } = response;
  if (statusCode === 200) {
    const bytes = await collect(response, lengthOf(response), call.origin);
    if (bytes.length === 0) throw absent(call.origin, NOT_DEPLOYED);
    checkDigest(call, response, bytes);
    return { kind: "state", bytes, mark: response.headers.etag };
  }
  response.destroy();
  if (statusCode === 304 && call.known !== undefined) return { kind: "unchanged" };
  if (statusCode === 204 || statusCode === 404) throw absent(call.origin, NOT_DEPLOYED);
  if (statusCode === 401 || statusCode === 403) throw refused(call, url, statusCode);
  const error = failed(
    call,
    `${displayUrl(url)} answered ${statusCode} ${response.statusMessage ?? ""}`.trim(),
  );
  if (statusCode === 429 || statusCode >= 500) return { kind: "passing", error };
  throw error;
}

function lengthOf({ headers }: IncomingMessage): number | undefined {
  const length = headers["content-length"];
  return length === undefined || headers["content-encoding"] !== undefined ? undefined : Number(length);
}

/** Some servers send the digest that Terraform sent them along with the state. */
function checkDigest(call: Call, { headers }: IncomingMessage, bytes: Buffer): void {
  const expected = headers["content-md5"];
  if (expected === undefined) return;
  const found = createHash("md5").update(bytes).digest("base64");
  if (found !== expected)
    throw failed(call, "its bytes do not have the digest that the server names (Content-MD5)");
}

function refused({ origin, source }: Call, url: URL, status: number): AnchorwatchError {
  const known = source.username !== undefined || url.username !== "";
  const hint =
    status === 401 && !known
      ? "Give user and password: TF_HTTP_USERNAME and TF_HTTP_PASSWORD, or the backend block."
      : "Check the user and the password, and that this user may read the state.";
  return wholeStateError(
    origin,
    "state_http_refused",
    `was not read: ${displayUrl(url)} answered ${status}`,
    hint,
  );
}

function failed({ origin }: Call, why: string): AnchorwatchError {
  const hint = "Ask for the address with curl, or look into the log of that server.";
  return wholeStateError(origin, "state_http_failed", `was not read: ${why}`, hint);
}
