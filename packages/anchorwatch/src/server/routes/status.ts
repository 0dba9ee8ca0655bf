import { z } from "zod";
import { ERROR_CODES } from "../../domain/error-codes.ts";
import type { Api } from "../api.ts";
import type { ServerDependencies } from "../dependencies.ts";
import { presentInstallation, statusShape } from "../shapes/status.ts";
import { schemaName, timeOf } from "../shapes/wire.ts";
import { notFound } from "./notFound.ts";
import { problemAnswers } from "./problemAnswers.ts";

const meaningShape = z.object({ schema: schemaName("problem-type"), code: z.string(), meaning: z.string() });

export function addStatusRoutes(
  api: Api,
  { watch, version, access }: Pick<ServerDependencies, "watch" | "version" | "access">,
): void {
  api.get(
    "/status",
    {
      config: { access: "stack.view" },
      schema: {
        summary: "The watch as a whole",
        description: "Counted is what whoever asks may see.",
        tags: ["status"],
        response: { 200: statusShape, ...problemAnswers },
      },
    },
    async ({ access: { principal, visible } }) => {
      const { startedAt, configuration } = watch.status();
      const seesAll = await access.allows(principal, "watch.view");
      const whole = seesAll ? await watch.totals() : undefined;
      // Who sees every stack is told the numbers of the whole: they are counted once.
      const isWhole = visible === undefined && whole !== undefined;
      const { stacks, openDrifts, drifts, openClaims } = isWhole
        ? whole
        : await watch.records.stacks.totals({ visible });
      return {
        schema: "anchorwatch.status/v1" as const,
        version,
        startedAt: timeOf(startedAt),
        stacks,
        openDrifts,
        drifts,
        openClaims,
        ...(whole === undefined ? {} : { installation: presentInstallation(configuration, whole) }),
      };
    },
  );

  api.get(
    "/problems/:code",
    {
      config: { access: "public" },
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
