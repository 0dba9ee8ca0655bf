import { z } from "zod";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { StackId } from "../../watch/stack.ts";
import type { Api } from "../api.ts";
import type { ServerDependencies } from "../dependencies.ts";
import { eventShape, presentEvent, receiptShape } from "../shapes/event.ts";
import { next, pageQuery } from "../shapes/page.ts";
import { moment, schemaName, timeOf } from "../shapes/wire.ts";
import type { Watch } from "../watch.ts";
import { withoutUndefined } from "../withoutUndefined.ts";
import { notFound } from "./notFound.ts";
import { problemAnswers } from "./problemAnswers.ts";

const eventsShape = z.object({ schema: schemaName("events"), events: z.array(eventShape), next });

export function addEventRoutes(
  api: Api,
  { watch, pages, access }: Pick<ServerDependencies, "watch" | "pages" | "access">,
  limits: { readonly eventBody: number },
): void {
  api.get(
    "/events",
    {
      config: { access: "stack.view" },
      schema: {
        summary: "Changes that audit trails told of, newest first",
        tags: ["events"],
        querystring: pageQuery({
          stack: z
            .string()
            .max(200)
            .optional()
            .meta({ description: "Only what touched this stack; its id." }),
          candidates: z.enum(["true", "false"]).optional().meta({
            description:
              "true: only what touched nothing that a stack knows; false: without that. Only those who may see the watch as a whole see it.",
          }),
          principal: z.string().max(2000).optional().meta({ description: "Who made the change, exactly." }),
          name: z
            .string()
            .max(200)
            .optional()
            .meta({ description: "Such as AuthorizeSecurityGroupIngress." }),
          service: z.string().max(200).optional().meta({ description: "Such as ec2.amazonaws.com." }),
          from: moment.meta({ description: "Only those that were received then or later." }),
          to: moment.meta({ description: "Only those that were received before." }),
        }),
        response: { 200: eventsShape, ...problemAnswers },
      },
    },
    async (request) => {
      const { stack, candidates, principal, name, service, from, to } = request.query;
      const { visible, principal: asking } = request.access;
      // What touched nothing belongs to no stack: only who sees everything sees it.
      const seesCandidates = stack === undefined && (await access.allows(asking, "watch.view"));
      const filter = withoutUndefined({
        stackId: stack as StackId | undefined,
        principal,
        eventName: name,
        service,
        from,
        to,
      });
      const wanted = wantedCandidates(candidates, seesCandidates);
      const { events } = watch.records;
      const page = await pages.read(
        request,
        async (part) =>
          wanted === "nothing" ? [] : events.list({ ...filter, ...part, visible, candidates: wanted }),
        ({ receivedAt, id }) => ({ value: timeOf(receivedAt), id }),
      );
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

function wantedCandidates(asked: "true" | "false" | undefined, seesThem: boolean) {
  if (asked === "true") return seesThem ? "only" : "nothing";
  return asked === "false" || !seesThem ? "none" : "also";
}

function addReceivingRoute(api: Api, watch: Watch, limits: { readonly eventBody: number }): void {
  api.post(
    "/events/:source",
    {
      // Its signature is what lets it in.
      config: { access: "public" },
      bodyLimit: limits.eventBody,
      schema: {
        summary: "Takes events for a source of kind http",
        description:
          "Signed as Standard Webhooks are (docs/events.md). Answers once everything is stored. What was answered with 409 is stored already; after any other problem the same may be sent again.",
        tags: ["events"],
        // Whoever sends may add to the address what he needs.
        querystring: z.looseObject({}),
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
