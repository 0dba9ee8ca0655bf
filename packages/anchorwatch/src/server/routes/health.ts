import { z } from "zod";
import type { Api } from "../api.ts";
import type { ServerDependencies } from "../dependencies.ts";
import { scrape } from "../metrics/scrape.ts";
import { presentConfiguration } from "../shapes/configuration.ts";
import { healthShape, isReady, type presentPart, presentState, readinessShape } from "../shapes/status.ts";
import { problemAnswers } from "./problemAnswers.ts";

/**
 * For supervisors and Prometheus: at the root, where they look.
 * @param present `presentPart` where only this machine can ask
 */
export function addHealthRoutes(
  api: Api,
  { watch, version, metrics, now }: Pick<ServerDependencies, "watch" | "version" | "metrics" | "now">,
  streamReaders: () => number,
  present: typeof presentPart = presentState,
): void {
  api.get(
    "/healthz",
    {
      config: { access: "public" },
      schema: { summary: "The process lives", tags: ["health"], response: { 200: healthShape } },
    },
    async () => ({ schema: "anchorwatch.health/v1" as const, alive: true as const, version }),
  );

  api.get(
    "/readyz",
    {
      config: { access: "public" },
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
        database: present(readiness.database),
        publisher: present(readiness.publisher),
        ...(present === presentState
          ? {}
          : { configuration: presentConfiguration(watch.status().configuration) }),
      });
    },
  );

  api.get(
    "/metrics",
    {
      config: { access: "metrics.view" },
      schema: {
        summary: "Numbers for Prometheus",
        tags: ["health"],
        response: { 200: { content: { "text/plain": { schema: z.string() } } }, ...problemAnswers },
      },
      // Its own type has parameters, which the schema's compiler does not look for.
      serializerCompiler: () => (answer) => (typeof answer === "string" ? answer : JSON.stringify(answer)),
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
