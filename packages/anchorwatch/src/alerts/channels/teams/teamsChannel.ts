/**
 * Microsoft Teams by a workflow's webhook, which posts the card that it gets into a channel. What was posted cannot be changed or found again.
 * @see https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook
 */
import { z } from "zod";
import type { Channel } from "../../channel.ts";
import type { ChannelDefinition } from "../definition.ts";
import { secretOf, send } from "../posting.ts";
import { secretMembers } from "../secretMembers.ts";
import { teamsMessage } from "./card.ts";

const section = z
  .strictObject(secretMembers("url", "the address of the workflow. Whoever knows it can post"))
  .meta({
    description:
      "Microsoft Teams: a card in a channel, by the workflow “when a Teams webhook request is received”.",
  });

type TeamsSection = z.infer<typeof section>;

export const teamsChannel: ChannelDefinition<TeamsSection> = {
  kind: "teams",
  section,
  secrets: [{ name: "url", isNeeded: true }],
  addresses: [],
  paths: [],
  open: (_section, parts): Channel => ({
    name: parts.name,
    kind: "teams",
    updates: false,
    deliver: async ({ message, reference }, signal) => {
      const url = await secretOf(parts, "url");
      const body = JSON.stringify(teamsMessage(message));
      const headers = { "content-type": "application/json" };
      await send(parts, { method: "POST", url, headers, body }, signal);
      return { reference: reference ?? { alert: message.id } };
    },
  }),
};
