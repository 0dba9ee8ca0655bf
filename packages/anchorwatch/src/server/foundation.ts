/** What all servers of ours have in common: limits, and what holds for every request, whatever its route. */
import fastify, { type FastifyReply, type FastifyRequest, LogController } from "fastify";
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from "fastify-type-provider-zod";
import { TooOftenError } from "../auth/attempts/tooOften.ts";
import { AnchorwatchError } from "../domain/errors.ts";
import type { Place } from "./access/place.ts";
import type { Api } from "./api.ts";
import { readStrictJson } from "./conventions/jsonBodies.ts";
import type { ServerDependencies, ServerLimits } from "./dependencies.ts";
import { guardRequest, SAFE_METHODS } from "./guard/guardRequest.ts";
import { namedLocalhost } from "./guard/namedLocalhost.ts";
import { responseHeaders } from "./guard/responseHeaders.ts";
import { sendProblemPage, wantsPage } from "./pages/problemPage.ts";
import { PROBLEM_TYPE, problemOf } from "./problems/problemOf.ts";
import { answerUnread, type LastAnswers, rememberAnswers } from "./problems/unreadRequests.ts";
import type { Problem } from "./shapes/problem.ts";

export type FoundationDependencies = Pick<
  ServerDependencies,
  "logger" | "newId" | "metrics" | "place" | "tls" | "every"
>;

export function createFoundation(
  { logger, newId, metrics, place, tls, every }: FoundationDependencies,
  limits: ServerLimits,
): Api {
  const lastAnswers: LastAnswers = new WeakMap();
  const api = fastify({
    loggerInstance: logger,
    // One line for each answer, written below: addresses may hold more than a log should.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: newId,
    requestIdHeader: false,
    trustProxy: place.trusts,
    bodyLimit: limits.body,
    requestTimeout: limits.requestMs,
    handlerTimeout: limits.answerMs,
    keepAliveTimeout: 65_000,
    forceCloseConnections: "idle",
    // What was on its way when it was told to stop is answered, and not with words of Fastify's.
    return503OnClosing: false,
    ...connectionOptions(tls, limits),
    routerOptions: { maxParamLength: 200 },
    clientErrorHandler: answerUnread({ logger, newId, metrics }, lastAnswers),
    // Addresses that cannot be read: none of the hooks below ever hears of them.
    frameworkErrors: (error, request, reply) => {
      const [asked, answer] = [request as FastifyRequest, reply as unknown as FastifyReply];
      void sendProblem(error, asked, answer);
      noteAnswer(asked, answer, metrics);
    },
  }).withTypeProvider<ZodTypeProvider>();
  api.server.maxConnections = limits.connections;
  // Node would drop in silence what is beyond; the guard refuses it instead.
  api.server.maxHeadersCount = 0;
  // Only JSON, unless a route says otherwise: a form of another page can send plain text.
  api.removeContentTypeParser("text/plain");
  readStrictJson(api);
  api.setValidatorCompiler(validatorCompiler);
  api.setSerializerCompiler(serializerCompiler);
  rememberAnswers(api, lastAnswers);
  watchAnswers(api, metrics, place);
  endInTime(api, limits.closeMs, every);
  return api;
}

/**
 * Node stops to look for requests that never arrive as soon as it is told to close: one connection that says nothing would keep the
 * process from ending.
 */
function endInTime(api: Api, closeMs: number, every: ServerDependencies["every"]): void {
  api.addHook("preClose", async () => {
    if (!api.server.listening) return;
    const stop = every(closeMs, () => api.server.closeAllConnections());
    api.server.once("close", stop);
  });
}

/** Its type is that of a server without TLS, of which it has everything. */
function connectionOptions(
  tls: ServerDependencies["tls"],
  { headersMs }: ServerLimits,
): { readonly http: object } {
  // Node looks every half a minute otherwise: who trickles would live that much longer.
  const connectionsCheckingInterval = Math.min(headersMs, CHECKING_MS);
  const http = {
    headersTimeout: headersMs,
    maxHeaderSize: 16 * 1024,
    connectionsCheckingInterval,
    // The guard refuses who names none, in our words.
    requireHostHeader: false,
  };
  if (tls === undefined) return { http };
  return { https: { ...http, ...tls, minVersion: "TLSv1.2" } } as unknown as { readonly http: object };
}

/** Milliseconds between two looks for requests that take too long to arrive. */
const CHECKING_MS = 5_000;

/** What holds for every request, whatever its route. */
function watchAnswers(api: Api, metrics: ServerDependencies["metrics"], place: Place): void {
  api.addHook("onRequest", async (request, reply) => {
    reply.headers({ ...responseHeaders(place.isOnlyTls), "x-request-id": request.id });
    guardRequest(request.raw, place);
    const elsewhere = namedLocalhost(request, place);
    if (elsewhere !== undefined) return reply.redirect(elsewhere, 307);
  });
  api.addHook("onResponse", async (request, reply) => noteAnswer(request, reply, metrics));
  api.setErrorHandler((error, request, reply) => sendProblem(error, request, reply));
  api.setNotFoundHandler((request, reply) => {
    const { method, url } = request;
    const path = url.split("?", 1)[0] ?? "";
    const shown = JSON.stringify(path.length > 200 ? `${path.slice(0, 200)}…` : path);
    // A server of health alone has none.
    const hasPages = api.hasRoute({ method: "GET", url: ACCOUNT_PAGE });
    if (hasPages && SAFE_METHODS.includes(method) && !path.startsWith("/api/") && wantsPage(request)) {
      const error = new AnchorwatchError("request_not_found", `there is no page at ${shown}`, {
        hint: "Look whether the whole address was copied.",
      });
      return sendProblemPage(reply, NO_PAGE, noted(error, request, reply));
    }
    const error = new AnchorwatchError("request_not_found", `there is nothing to ${method} at ${shown}`, {
      hint: "GET /api/v1/openapi.json lists all there is.",
    });
    return sendProblem(error, request, reply);
  });
}

const ACCOUNT_PAGE = "/account";
const NO_PAGE = {
  title: "No such page",
  heading: "There is no such page",
  link: { path: ACCOUNT_PAGE, text: "To your account" },
};

function noteAnswer(
  request: FastifyRequest,
  reply: FastifyReply,
  metrics: ServerDependencies["metrics"],
): void {
  const route = request.routeOptions.url ?? "none";
  const { method } = request;
  const { statusCode: status, elapsedTime: durationMs } = reply;
  if (route !== STREAM_ROUTE) metrics.answered({ method, route, status, durationMs });
  const level = QUIET_ROUTES.includes(route) && status < 400 ? "debug" : "info";
  const code = problems.get(request);
  const answer = { method, route, status, ...(code === undefined ? {} : { code }) };
  request.log[level]({ ...answer, durationMs: Math.round(durationMs) }, "answered");
}

/** Open for hours by nature, which would say nothing as a duration. */
const STREAM_ROUTE = "/api/v1/stream";
const QUIET_ROUTES: readonly string[] = ["/healthz", "/readyz", "/metrics"];

/** What was wrong with requests that are not answered in the log yet. */
const problems = new WeakMap<FastifyRequest, string>();

function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply) {
  const problem = noted(error, request, reply);
  return reply.code(problem.status).type(PROBLEM_TYPE).send(problem);
}

/** What went wrong, for its answer: in the log, and in the headers that it needs. */
function noted(error: unknown, request: FastifyRequest, reply: FastifyReply): Problem {
  const problem = problemOf(error, request.id);
  problems.set(request, problem.code);
  if (problem.status >= 500) request.log.error({ err: error }, "a request failed");
  if (problem.code === "server_busy") reply.header("retry-after", "5");
  if (error instanceof TooOftenError) reply.header("retry-after", Math.ceil(error.retryAfterMs / 1000));
  if (problem.code === "sign_in_required") reply.header("www-authenticate", "Bearer");
  reply.headers({ ...responseHeaders(false), "x-request-id": request.id });
  return problem;
}
