import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { Api } from "../api.ts";
import type { ServerDependencies, ServerLimits } from "../dependencies.ts";
import { responseHeaders } from "../guard/responseHeaders.ts";
import type { Broadcast } from "../stream/broadcast.ts";
import type { StreamReader } from "../stream/reader.ts";
import { serveStream } from "../stream/streamClient.ts";
import { problemAnswers } from "./problemAnswers.ts";

type StreamLimits = Pick<ServerLimits, "streams" | "streamsOfOne" | "keepAliveMs" | "streamMs">;
type StreamDependencies = Pick<ServerDependencies, "every" | "metrics" | "place" | "access">;

/** Streams that are open, so that they can be ended. */
export class OpenStreams {
  readonly #open = new Map<() => void, string>();

  get size(): number {
    return this.#open.size;
  }

  of(userId: string): number {
    return [...this.#open.values()].filter((whose) => whose === userId).length;
  }

  add(end: () => void, userId: string): () => void {
    this.#open.set(end, userId);
    return () => this.#open.delete(end);
  }

  /** Of a user, or all. Whoever may still come comes back by himself, and goes on where he was. */
  end(userId?: string): void {
    for (const [end, whose] of [...this.#open]) if (userId === undefined || whose === userId) end();
  }
}

export function addStreamRoute(
  api: Api,
  { every, metrics, place, access }: StreamDependencies,
  { broadcast, open }: { readonly broadcast: Broadcast; readonly open: OpenStreams },
  limits: StreamLimits,
): void {
  api.get(
    "/stream",
    {
      exposeHeadRoute: false,
      handlerTimeout: NEVER,
      config: { access: "stack.view" },
      schema: {
        summary: "Live changes, as server-sent events",
        description:
          "What any process that works on the same database stored, as far as whoever asks may see it. Events: drift, stack, check, alert (that one began, changed or ended), event (one that touched something that a stack knows), detector, configuration, in the shapes of the routes; and `ready`, first of all and after a gap, which says whether everything since Last-Event-ID follows (`resumed`), or has to be loaded anew. It ends by itself now and then, and goes on when its reader comes back.",
        tags: ["stream"],
        querystring: z.strictObject({
          stack: z.string().max(200).optional().meta({ description: "Id of the only stack to hear of." }),
        }),
        headers: z.object({ "last-event-id": z.string().optional() }),
        response: { 200: { content: { "text/event-stream": { schema: z.string() } } }, ...problemAnswers },
      },
    },
    async (request, reply) => {
      const reader = await readerOf(request, access, request.query.stack);
      const { id: userId } = request.access.principal;
      assertRoom(open, userId, limits);
      reply.hijack();
      // Whoever went while that was decided is not told to go again, and would keep his place.
      if (reply.raw.destroyed) return;
      for (const [name, value] of Object.entries(reply.getHeaders())) {
        if (value !== undefined) reply.raw.setHeader(name, value);
      }
      const end = serveStream(reply.raw, broadcast, {
        lastEventId: request.headers["last-event-id"],
        reader,
        keepAliveMs: limits.keepAliveMs,
        longestMs: limits.streamMs,
        every,
        onCutOff: metrics.streamCutOff,
        headers: responseHeaders(place.isOnlyTls),
      });
      const leave = open.add(end, userId);
      reply.raw.on("close", leave);
    },
  );
  // Before the server waits for its connections: these would never end by themselves.
  api.addHook("preClose", async () => open.end());
}

/** @throws AnchorwatchError `server_busy` */
function assertRoom(open: OpenStreams, userId: string, { streams, streamsOfOne }: StreamLimits): void {
  if (open.size >= streams) {
    throw new AnchorwatchError("server_busy", `${open.size} readers hold the stream open already`);
  }
  // Nobody keeps all others out.
  if (open.of(userId) >= streamsOfOne) {
    throw new AnchorwatchError(
      "server_busy",
      `this account holds the stream open ${streamsOfOne} times already`,
      { hint: "Close some of its readers: one can tell many pages or programs of what it hears." },
    );
  }
}

async function readerOf(
  { access: { principal } }: Pick<FastifyRequest, "access">,
  access: StreamDependencies["access"],
  stackId: string | undefined,
): Promise<StreamReader> {
  // Asked first: what is decided below is decided about at least these.
  const decidedUpTo = access.newestLabels();
  const visible = new Set(await access.visible(principal, "stack.view"));
  const visibleAccounts = new Set(await access.visible(principal, "account.view"));
  const seesWatch = await access.allows(principal, "watch.view");
  return { visible, visibleAccounts, decidedUpTo, seesWatch, ...(stackId === undefined ? {} : { stackId }) };
}

/** The longest that a timer can wait, 24.8 days; the stream hijacks its answer at once, which ends the timer's meaning. */
const NEVER = 2_147_483_647;
