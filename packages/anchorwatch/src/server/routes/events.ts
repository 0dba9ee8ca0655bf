import { z } from "zod";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { StackId } from "../../watch/stack.ts";
import type { Api } from "../api.ts";
import { eventShape, presentEvent, receiptShape } from "../shapes/event.ts";
import { next, pageQuery, readPage } from "../shapes/page.ts";
import { schemaName } from "../shapes/wire.ts";
import type { Watch } from "../watch.ts";
import { withoutUndefined } from "../withoutUndefined.ts";
import { notFound } from "./notFound.ts";
import { problemAnswers } from "./problemAnswers.ts";

const eventsShape = z.object({ schema: schemaName("events"), events: z.array(eventShape), next });

export function addEventRoutes(api: Api, watch: Watch, limits: { readonly eventBody: number }): void {
  api.get(
    "/events",
    {
      schema: {
        summary: "Changes that audit trails told of, newest first",
        tags: ["events"],
        querystring: pageQuery({
          stack: z
            .string()
            .max(200)
            .optional()
            .meta({ description: "Only what touched this stack; its id." }),
          candidates: z
            .enum(["true", "false"])
            .optional()
            .meta({ description: "true: only what touched nothing that a stack knows." }),
        }),
        response: { 200: eventsShape, ...problemAnswers },
      },
    },
    async ({ query }) => {
      const filter = withoutUndefined({
        stackId: query.stack as StackId | undefined,
        onlyCandidates: query.candidates === undefined ? undefined : query.candidates === "true",
      });
      const page = await readPage(query, (part) => watch.records.events.list({ ...filter, ...part }));
      return {
        schema: "anchorwatch.events/v1" as const,
        events: page.items.map(presentEvent),
        next: page.next,
      };
    },
  );

  // Signatures are over the bytes as they came: nothing may parse them before.
  api.register(async (raw) => {
    raw.removeAllContentTypeParsers();
    raw.addContentTypeParser("*", { parseAs: "buffer", bodyLimit: limits.eventBody }, (_, body, done) =>
      done(null, body),
    );
    addReceivingRoute(raw as Api, watch, limits);
  });
}

function addReceivingRoute(api: Api, watch: Watch, limits: { readonly eventBody: number }): void {
  api.post(
    "/events/:source",
    {
      bodyLimit: limits.eventBody,
      schema: {
        summary: "Takes events for a source of kind http",
        description:
          "Signed as Standard Webhooks are (docs/events.md). Answers once everything is stored. What was answered with 409 is stored already; after any other problem the same may be sent again.",
        tags: ["events"],
        body: z.unknown().meta({ description: "Events, in one of the forms of docs/events.md." }),
        params: z.object({ source: z.string().min(1).max(200) }),
        response: { 200: receiptShape, ...problemAnswers },
      },
    },
    async ({ params: { source }, headers, body }) => {
      const bytes = body instanceof Uint8Array ? body : new Uint8Array();
      const receipt = await watch.receive(source, headers, bytes);
      switch (receipt.kind) {
        case "accepted": {
          const { records, changes, malformed } = receipt;
          return { schema: "anchorwatch.receipt/v1" as const, records, changes, malformed };
        }
        case "unknown_source":
          throw notFound("event source of kind http", source);
        // Were this a success, another event that was sent under the same id would be lost in silence.
        case "repeated":
          throw new AnchorwatchError("event_replayed", "a delivery of that webhook-id is stored already", {
            hint: "There is nothing to do, unless it was meant as another event: then give it an id of its own.",
          });
        case "unauthentic":
        case "unreadable":
          throw receipt.error;
      }
    },
  );
}
