import { z } from "zod";
import { ERROR_CODES } from "../../domain/error-codes.ts";
import type { Api } from "../api.ts";
import { presentConfiguration } from "../shapes/configuration.ts";
import { presentTotals, statusShape } from "../shapes/status.ts";
import { schemaName, timeOf } from "../shapes/wire.ts";
import type { Watch } from "../watch.ts";
import { notFound } from "./notFound.ts";
import { problemAnswers } from "./problemAnswers.ts";

const meaningShape = z.object({ schema: schemaName("problem-type"), code: z.string(), meaning: z.string() });

export function addStatusRoutes(api: Api, { watch, version }: { watch: Watch; version: string }): void {
  api.get(
    "/status",
    {
      schema: {
        summary: "The watch as a whole",
        tags: ["status"],
        response: { 200: statusShape, ...problemAnswers },
      },
    },
    async () => {
      const { startedAt, configuration } = watch.status();
      return {
        schema: "anchorwatch.status/v1" as const,
        version,
        startedAt: timeOf(startedAt),
        configuration: presentConfiguration(configuration),
        ...presentTotals(await watch.totals()),
      };
    },
  );

  api.get(
    "/problems/:code",
    {
      schema: {
        summary: "What an error code means",
        tags: ["status"],
        params: z.object({ code: z.string().max(200) }),
        response: { 200: meaningShape, ...problemAnswers },
      },
    },
    async ({ params: { code } }) => {
      const meanings: Readonly<Record<string, string>> = ERROR_CODES;
      const meaning = Object.hasOwn(meanings, code) ? meanings[code] : undefined;
      if (meaning === undefined) throw notFound("error code", code);
      return { schema: "anchorwatch.problem-type/v1" as const, code, meaning };
    },
  );
}
