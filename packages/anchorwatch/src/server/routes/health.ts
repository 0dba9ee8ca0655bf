import { z } from "zod";
import type { Api } from "../api.ts";
import type { ServerDependencies } from "../dependencies.ts";
import { scrape } from "../metrics/scrape.ts";
import { presentConfiguration } from "../shapes/configuration.ts";
import { healthShape, isReady, presentPart, readinessShape } from "../shapes/status.ts";

/** For supervisors and Prometheus: at the root, where they look. */
export function addHealthRoutes(
  api: Api,
  { watch, version, metrics, now }: Pick<ServerDependencies, "watch" | "version" | "metrics" | "now">,
  streamReaders: () => number,
): void {
  api.get(
    "/healthz",
    { schema: { summary: "The process lives", tags: ["health"], response: { 200: healthShape } } },
    async () => ({ schema: "anchorwatch.health/v1" as const, alive: true as const, version }),
  );

  api.get(
    "/readyz",
    {
      schema: {
        summary: "Everything works that has to",
        description: "503 while the database or the ledger's publisher does not.",
        tags: ["health"],
        response: { 200: readinessShape, 503: readinessShape },
      },
    },
    async (_, reply) => {
      const readiness = await watch.readiness();
      const ready = isReady(readiness);
      return reply.code(ready ? 200 : 503).send({
        schema: "anchorwatch.readiness/v1",
        ready,
        database: presentPart(readiness.database),
        publisher: presentPart(readiness.publisher),
        configuration: presentConfiguration(watch.status().configuration),
      });
    },
  );

  api.get(
    "/metrics",
    {
      schema: {
        summary: "Numbers for Prometheus",
        tags: ["health"],
        response: { 200: { content: { "text/plain": { schema: z.string() } } } },
      },
      // Its own type has parameters, which the schema's compiler does not look for.
      serializerCompiler: () => String,
    },
    async ({ log }, reply) => {
      const asked = await scrape(watch, { now: now(), streamReaders: streamReaders() });
      if (asked.problem !== undefined)
        log.warn({ err: asked.problem }, "the database did not answer a scrape");
      reply.type(metrics.registry.contentType);
      return `${await metrics.registry.metrics()}\n${asked.text}`;
    },
  );
}
