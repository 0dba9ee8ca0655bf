/**
 * Opsgenie's Alert API v2: one alert is one alias, so whatever is sent twice is one alert there.
 * @see https://docs.opsgenie.com/docs/alert-api
 */
import { z } from "zod";
import type { Channel } from "../../channel.ts";
import type { ChannelDefinition, ChannelParts } from "../definition.ts";
import { failureOf, nonsense, parsedAs, saying, secretOf, sendAnyway } from "../posting.ts";
import { secretMembers } from "../secretMembers.ts";
import { aliasOf, type OpsgenieRequest, requestsOf } from "./requests.ts";

const section = z
  .strictObject({
    ...secretMembers("apiKey", "the key of an API integration that may create and update alerts"),
    region: z.enum(["us", "eu"]).optional().meta({ description: "Where the account lives. Default: us." }),
    endpoint: z
      .string()
      .min(1)
      .max(2000)
      .optional()
      .meta({ description: "Another address in place of Opsgenie's; /v2/alerts is asked below it." }),
  })
  .meta({ description: "Opsgenie: create, acknowledge and close." });

type OpsgenieSection = z.infer<typeof section>;

const HOSTS = { us: "https://api.opsgenie.com", eu: "https://api.eu.opsgenie.com" } as const;

export const opsgenieChannel: ChannelDefinition<OpsgenieSection> = {
  kind: "opsgenie",
  section,
  secrets: [{ name: "apiKey", isNeeded: true }],
  addresses: ["endpoint"],
  paths: [],
  open: ({ endpoint, region = "us" }, parts): Channel => ({
    name: parts.name,
    kind: "opsgenie",
    updates: true,
    deliver: async (delivery, signal) => {
      const key = await secretOf(parts, "apiKey");
      const base = (endpoint ?? HOSTS[region]).replace(/\/$/, "");
      // Each has the same effect when it comes twice.
      for (const request of requestsOf(delivery)) await call(request, base, key, parts, signal);
      return { reference: { alias: aliasOf(delivery.message) } };
    },
  }),
};

const answerForm = z.object({
  result: z.string().optional(),
  message: z.string().optional(),
  requestId: z.string(),
});

async function call(
  { method, path, body }: OpsgenieRequest,
  base: string,
  key: string,
  parts: ChannelParts,
  signal: AbortSignal,
): Promise<void> {
  const headers = { "content-type": "application/json", authorization: `GenieKey ${key}` };
  const request = { method, url: `${base}${path}`, headers, body: JSON.stringify(body) };
  const answer = await sendAnyway(parts, request, signal);
  const said = parsedAs(answerForm, answer);
  if (answer.status >= 200 && answer.status < 300) {
    if (said === undefined) throw nonsense();
    return;
  }
  throw saying(failureOf(answer, parts.now()), said?.message ?? "", [key]);
}
