/**
 * Alerts posted to any address, signed so that the receiver knows from whom they are.
 * @see https://www.standardwebhooks.com for the headers, https://github.com/cloudevents/spec (1.0.2) for the envelope
 */
import { hash } from "node:crypto";
import { z } from "zod";
import type { Channel, Delivery, Question } from "../../channel.ts";
import type { ChannelDefinition, ChannelParts } from "../definition.ts";
import { optionalSecretOf, secretOf, send } from "../posting.ts";
import { secretMembers } from "../secretMembers.ts";
import { cloudEvent, questionEvent } from "./cloudEvent.ts";
import { signingHeaders } from "./signing.ts";

const section = z
  .strictObject({
    url: z.string().min(1).max(2000).optional().meta({
      description:
        "Address that each alert is posted to, on https. One that is a secret itself belongs into urlFile.",
    }),
    ...secretMembers("url", "the address"),
    ...secretMembers("secret", "whsec_ and the base64 of 24 to 64 random bytes, which signs"),
    ...secretMembers(
      "previousSecret",
      "the secret before, which signs beside the new one while receivers change",
    ),
  })
  .meta({ description: "Any program: Standard Webhooks around CloudEvents." });

type WebhookSection = z.infer<typeof section>;

export const webhookChannel: ChannelDefinition<WebhookSection> = {
  kind: "webhook",
  section,
  secrets: [
    { name: "url", isNeeded: false },
    { name: "secret", isNeeded: true },
    { name: "previousSecret", isNeeded: false },
  ],
  addresses: ["url"],
  paths: [],
  check: ({ url, urlFile, urlVariable }) => {
    const isOther = urlFile !== undefined || urlVariable !== undefined;
    if ((url !== undefined) !== isOther) return [];
    return [
      {
        problem: url === undefined ? "has no “url”" : "names its address twice",
        hint: "Give one of url, urlFile and urlVariable.",
      },
    ];
  },
  open: (given, parts): Channel => ({
    name: parts.name,
    kind: "webhook",
    updates: true,
    deliver: async (delivery, signal) => {
      const url = given.url ?? (await secretOf(parts, "url"));
      const body = JSON.stringify(cloudEvent(delivery, eventId(delivery), parts));
      const headers = await headersOf(delivery, body, parts);
      await send(parts, { method: "POST", url, headers, body }, signal);
      return { reference: delivery.reference ?? { alert: delivery.message.id } };
    },
    ask: async (question, signal) => {
      const url = given.url ?? (await secretOf(parts, "url"));
      const body = JSON.stringify(questionEvent(question, eventId(question), parts));
      const headers = await headersOf(question, body, parts);
      const { status, text } = await send(parts, { method: "POST", url, headers, body }, signal);
      return { status, text };
    },
  }),
};

/** What is signed has dots between its parts, so the id has none; and the same when it is sent again: receivers drop what they have. */
function eventId({ key }: Delivery | Question): string {
  return `msg_${hash("sha256", key).slice(0, 32)}`;
}

async function headersOf(
  delivery: Delivery | Question,
  body: string,
  parts: ChannelParts,
): Promise<Record<string, string>> {
  const previous = await optionalSecretOf(parts, "previousSecret");
  const secrets = [await secretOf(parts, "secret"), ...(previous === undefined ? [] : [previous])];
  return {
    "content-type": "application/cloudevents+json; charset=utf-8",
    ...signingHeaders({ id: eventId(delivery), at: parts.now(), body }, secrets),
  };
}
