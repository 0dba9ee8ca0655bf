/** What all servers of ours have in common: limits, and what holds for every request, whatever its route. */
import fastify, { type FastifyReply, type FastifyRequest, LogController } from "fastify";
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from "fastify-type-provider-zod";
import { TooOftenError } from "../auth/attempts/tooOften.ts";
import { AnchorwatchError } from "../domain/errors.ts";
import type { Place } from "./access/place.ts";
import type { Api } from "./api.ts";
import type { ServerDependencies, ServerLimits } from "./dependencies.ts";
import { guardRequest } from "./guard/guardRequest.ts";
import { namedLocalhost } from "./guard/namedLocalhost.ts";
import { responseHeaders } from "./guard/responseHeaders.ts";
import { PROBLEM_TYPE, problemOf } from "./problems/problemOf.ts";

export type FoundationDependencies = Pick<
  ServerDependencies,
  "logger" | "newId" | "metrics" | "place" | "tls" | "every"
>;

export function createFoundation(
  { logger, newId, metrics, place, tls, every }: FoundationDependencies,
  limits: ServerLimits,
): Api {
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
    frameworkErrors: (error, request, reply) =>
      void sendProblem(error, request as FastifyRequest, reply as unknown as FastifyReply),
  }).withTypeProvider<ZodTypeProvider>();
  api.server.maxConnections = limits.connections;
  // Node would drop in silence what is beyond; the guard refuses it instead.
  api.server.maxHeadersCount = 0;
  // Only JSON, unless a route says otherwise: a form of another page can send plain text.
  api.removeContentTypeParser("text/plain");
  api.setValidatorCompiler(validatorCompiler);
  api.setSerializerCompiler(serializerCompiler);
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
  const http = { headersTimeout: headersMs, maxHeaderSize: 16 * 1024 };
  if (tls === undefined) return { http };
  return { https: { ...http, ...tls, minVersion: "TLSv1.2" } } as unknown as { readonly http: object };
}

/** What holds for every request, whatever its route. */
function watchAnswers(api: Api, metrics: ServerDependencies["metrics"], place: Place): void {
  api.addHook("onRequest", async (request, reply) => {
    reply.headers({ ...responseHeaders(place.isOnlyTls), "x-request-id": request.id });
    guardRequest(request.raw, place);
    const elsewhere = namedLocalhost(request, place);
    if (elsewhere !== undefined) return reply.redirect(elsewhere, 307);
  });
  api.addHook("onResponse", async (request, reply) => {
    const route = request.routeOptions.url ?? "none";
    const { method } = request;
    const { statusCode: status, elapsedTime: durationMs } = reply;
    if (route !== STREAM_ROUTE) metrics.answered({ method, route, status, durationMs });
    const level = QUIET_ROUTES.includes(route) && status < 400 ? "debug" : "info";
    const code = problems.get(request);
    const answer = { method, route, status, ...(code === undefined ? {} : { code }) };
    request.log[level]({ ...answer, durationMs: Math.round(durationMs) }, "answered");
  });
  api.setErrorHandler((error, request, reply) => sendProblem(error, request, reply));
  api.setNotFoundHandler((request, reply) => {
    const { method, url } = request;
    const path = url.split("?", 1)[0] ?? "";
    const shown = JSON.stringify(path.length > 200 ? `${path.slice(0, 200)}…` : path);
    const error = new AnchorwatchError("request_not_found", `there is nothing to ${method} at ${shown}`, {
      hint: "GET /api/v1/openapi.json lists all there is.",
    });
    return sendProblem(error, request, reply);
  });
}

/** Open for hours by nature, which would say nothing as a duration. */
const STREAM_ROUTE = "/api/v1/stream";
const QUIET_ROUTES: readonly string[] = ["/healthz", "/readyz", "/metrics"];

/** What was wrong with requests that are not answered in the log yet. */
const problems = new WeakMap<FastifyRequest, string>();

function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply) {
  const problem = problemOf(error, request.id);
  problems.set(request, problem.code);
  if (problem.status >= 500) request.log.error({ err: error }, "a request failed");
  if (problem.code === "server_busy") reply.header("retry-after", "5");
  if (error instanceof TooOftenError) reply.header("retry-after", Math.ceil(error.retryAfterMs / 1000));
  if (problem.code === "sign_in_required") reply.header("www-authenticate", "Bearer");
  reply.headers({ ...responseHeaders(false), "x-request-id": request.id });
  return reply.code(problem.status).type(PROBLEM_TYPE).send(problem);
}
