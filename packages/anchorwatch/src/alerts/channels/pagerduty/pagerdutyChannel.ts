/**
 * PagerDuty's Events API v2: one alert is one `dedup_key`, so whatever is sent twice is one incident.
 * @see https://developer.pagerduty.com/docs/events-api-v2-overview
 */
import { z } from "zod";
import type { Channel, Delivery } from "../../channel.ts";
import type { ChannelDefinition, ChannelParts } from "../definition.ts";
import { failureOf, nonsense, parsedAs, saying, secretOf, sendAnyway } from "../posting.ts";
import { secretMembers } from "../secretMembers.ts";
import { eventOf } from "./event.ts";

const section = z
  .strictObject({
    ...secretMembers("routingKey", "the integration key of an Events API v2 integration"),
    region: z.enum(["us", "eu"]).optional().meta({ description: "Where the account lives. Default: us." }),
    endpoint: z
      .string()
      .min(1)
      .max(2000)
      .optional()
      .meta({ description: "Another address in place of PagerDuty's; /v2/enqueue is asked below it." }),
  })
  .meta({ description: "PagerDuty: trigger, acknowledge and resolve." });

type PagerdutySection = z.infer<typeof section>;

const HOSTS = { us: "https://events.pagerduty.com", eu: "https://events.eu.pagerduty.com" } as const;

export const pagerdutyChannel: ChannelDefinition<PagerdutySection> = {
  kind: "pagerduty",
  section,
  secrets: [{ name: "routingKey", isNeeded: true }],
  addresses: ["endpoint"],
  paths: [],
  open: ({ endpoint, region = "us" }, parts): Channel => ({
    name: parts.name,
    kind: "pagerduty",
    updates: true,
    deliver: async (delivery, signal) => {
      const url = `${(endpoint ?? HOSTS[region]).replace(/\/$/, "")}/v2/enqueue`;
      const key = await secretOf(parts, "routingKey");
      await enqueue(delivery, url, key, parts, signal);
      return { reference: { dedupKey: eventOf(delivery, key).dedup_key } };
    },
  }),
};

async function enqueue(
  delivery: Delivery,
  url: string,
  routingKey: string,
  parts: ChannelParts,
  signal: AbortSignal,
): Promise<void> {
  const body = JSON.stringify(eventOf(delivery, routingKey));
  const headers = { "content-type": "application/json" };
  const answer = await sendAnyway(parts, { method: "POST", url, headers, body }, signal);
  const said = parsedAs(answerForm, answer);
  if (answer.status === 202 && said?.status === "success") return;
  const failure = answer.status >= 200 && answer.status < 300 ? nonsense() : failureOf(answer, parts.now());
  throw saying(failure, [said?.message ?? "", ...(said?.errors ?? [])].join(" ").trim(), [routingKey]);
}

const answerForm = z.object({
  status: z.string(),
  message: z.string().optional(),
  errors: z.array(z.string()).optional(),
});
