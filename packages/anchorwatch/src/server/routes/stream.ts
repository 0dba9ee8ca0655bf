import { z } from "zod";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { Api } from "../api.ts";
import type { ServerDependencies, ServerLimits } from "../dependencies.ts";
import type { Broadcast } from "../stream/broadcast.ts";
import { serveStream } from "../stream/streamClient.ts";
import { problemAnswers } from "./problemAnswers.ts";

export function addStreamRoute(
  api: Api,
  { every, metrics }: Pick<ServerDependencies, "every" | "metrics">,
  broadcast: Broadcast,
  limits: Pick<ServerLimits, "streams" | "keepAliveMs">,
): void {
  const open = new Set<() => void>();
  api.get(
    "/stream",
    {
      exposeHeadRoute: false,
      handlerTimeout: NEVER,
      schema: {
        summary: "Live changes, as server-sent events",
        description:
          "What any process that works on the same database stored. Events: drift, stack, check, event (one that touched something that a stack knows), detector, configuration, in the shapes of the routes; and `ready`, first of all and after a gap, which says whether everything since Last-Event-ID follows (`resumed`), or has to be loaded anew.",
        tags: ["stream"],
        querystring: z.strictObject({
          stack: z.string().max(200).optional().meta({ description: "Id of the only stack to hear of." }),
        }),
        headers: z.object({ "last-event-id": z.string().optional() }),
        response: { 200: { content: { "text/event-stream": { schema: z.string() } } }, ...problemAnswers },
      },
    },
    async ({ query, headers }, reply) => {
      if (open.size >= limits.streams) {
        throw new AnchorwatchError("server_busy", `${open.size} readers hold the stream open already`);
      }
      reply.hijack();
      reply.raw.setHeader("x-request-id", reply.request.id);
      const end = serveStream(reply.raw, broadcast, {
        lastEventId: headers["last-event-id"],
        stackId: query.stack,
        keepAliveMs: limits.keepAliveMs,
        every,
        onCutOff: metrics.streamCutOff,
      });
      open.add(end);
      reply.raw.on("close", () => open.delete(end));
    },
  );
  // Before the server waits for its connections: these would never end by themselves.
  api.addHook("preClose", async () => {
    for (const end of open) end();
  });
}

/** The longest that a timer can wait, 24.8 days; the stream hijacks its answer at once, which ends the timer's meaning. */
const NEVER = 2_147_483_647;
