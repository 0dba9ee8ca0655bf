/** The HTTP server: routes, and what holds for every request. It listens nowhere by itself, see listen.ts. */
import swagger from "@fastify/swagger";
import fastify, { type FastifyReply, type FastifyRequest, LogController } from "fastify";
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from "fastify-type-provider-zod";
import { AnchorwatchError } from "../domain/errors.ts";
import type { Api } from "./api.ts";
import type { ServerDependencies, ServerLimits } from "./dependencies.ts";
import { guardRequest } from "./guard/guardRequest.ts";
import { RESPONSE_HEADERS } from "./guard/responseHeaders.ts";
import { describedApi } from "./openApi.ts";
import { PROBLEM_TYPE, problemOf } from "./problems/problemOf.ts";
import { addCheckRoutes } from "./routes/checks.ts";
import { addDetectorRoutes } from "./routes/detectors.ts";
import { addDriftRoutes } from "./routes/drifts.ts";
import { addEventRoutes } from "./routes/events.ts";
import { addHealthRoutes } from "./routes/health.ts";
import { addLedgerRoutes } from "./routes/ledger.ts";
import { addStackRoutes } from "./routes/stacks.ts";
import { addStatusRoutes } from "./routes/status.ts";
import { addStreamRoute } from "./routes/stream.ts";
import { Broadcast } from "./stream/broadcast.ts";

const SERVER_LIMITS: ServerLimits = {
  body: 256 * 1024,
  eventBody: 8 * 1024 * 1024,
  requestMs: 60_000,
  headersMs: 15_000,
  answerMs: 30_000,
  connections: 2000,
  streams: 500,
  keepAliveMs: 15_000,
};

export async function createServer(dependencies: ServerDependencies): Promise<Api> {
  const { watch, logger, now, newId } = dependencies;
  const limits: ServerLimits = { ...SERVER_LIMITS, ...dependencies.limits };
  const api = fastify({
    loggerInstance: logger,
    // One line for each answer, written below: addresses may hold more than a log should.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: newId,
    requestIdHeader: false,
    bodyLimit: limits.body,
    requestTimeout: limits.requestMs,
    handlerTimeout: limits.answerMs,
    keepAliveTimeout: 65_000,
    forceCloseConnections: "idle",
    http: { headersTimeout: limits.headersMs, maxHeaderSize: 16 * 1024 },
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
  watchAnswers(api, dependencies);
  await api.register(swagger, describedApi);

  const broadcast = new Broadcast(newId());
  const unsubscribe = watch.subscribe((change) => broadcast.publish(change, now()));
  api.addHook("onClose", async () => unsubscribe());
  addHealthRoutes(api, dependencies, broadcast);
  addLedgerRoutes(api, watch);
  await api.register(
    async (v1) => {
      addStatusRoutes(v1 as Api, dependencies);
      addStackRoutes(v1 as Api, dependencies);
      addDriftRoutes(v1 as Api, watch.records);
      addCheckRoutes(v1 as Api, watch.records);
      addEventRoutes(v1 as Api, watch, limits);
      addDetectorRoutes(v1 as Api, dependencies);
      addStreamRoute(v1 as Api, dependencies, broadcast, limits);
      v1.get("/openapi.json", { schema: { hide: true } }, async () => api.swagger());
    },
    { prefix: "/api/v1" },
  );
  return api;
}

/** What holds for every request, whatever its route. */
function watchAnswers(api: Api, { metrics }: Pick<ServerDependencies, "metrics">): void {
  api.addHook("onRequest", async (request, reply) => {
    reply.headers({ ...RESPONSE_HEADERS, "x-request-id": request.id });
    guardRequest(request.raw);
  });
  api.addHook("onResponse", async (request, reply) => {
    const route = request.routeOptions.url ?? "none";
    const { method } = request;
    const { statusCode: status, elapsedTime: durationMs } = reply;
    if (route !== STREAM_ROUTE) metrics.answered({ method, route, status, durationMs });
    const level = QUIET_ROUTES.includes(route) && status < 400 ? "debug" : "info";
    request.log[level]({ method, route, status, durationMs: Math.round(durationMs) }, "answered");
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

function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply) {
  const problem = problemOf(error, request.id);
  if (problem.status >= 500) request.log.error({ err: error }, "a request failed");
  if (problem.code === "server_busy") reply.header("retry-after", "5");
  reply.headers({ ...RESPONSE_HEADERS, "x-request-id": request.id });
  return reply.code(problem.status).type(PROBLEM_TYPE).send(problem);
}
