/**
 * Slack: one message for each alert, changed in place; in its thread what is worth telling beside that. Slack drops nothing that comes
 * twice, so each message carries the delivery's key as metadata, and before one is posted those of the conversation are asked for it.
 * @see https://docs.slack.dev/messaging/message-metadata
 */
import type { ChatPostMessageArguments, ChatUpdateArguments } from "@slack/web-api";
import { z } from "zod";
import type { Channel, Delivery, Reference } from "../../channel.ts";
import { cut } from "../../message/fitting.ts";
import type { ChannelDefinition } from "../definition.ts";
import { noteOf, saidOf } from "../notes.ts";
import { secretOf } from "../posting.ts";
import { secretMembers } from "../secretMembers.ts";
import { escapeMarkup, type MessageBlock, messageBlocks, notificationText } from "./blocks.ts";
import { callSlack, type SlackApi, SlackRefusal } from "./slackApi.ts";

const section = z
  .strictObject({
    ...secretMembers("token", "the bot's token, xoxb-…, with the scope chat:write"),
    ...secretMembers(
      "signingSecret",
      "the app's signing secret: presses of buttons are believed by it. Without it messages have no buttons that answer",
    ),
    channel: z
      .string()
      .regex(/^[CGD][A-Z0-9]{2,30}$/)
      .meta({ description: "Id of the channel, as at the end of its address: C0123456789." }),
    endpoint: z.string().min(1).max(2000).optional().meta({
      description: "Another address in place of https://slack.com/api, such as https://slack-gov.com/api.",
    }),
  })
  .meta({ description: "Slack: a message that is changed in place, with buttons." });

export type SlackSection = z.infer<typeof section>;

export const slackChannel: ChannelDefinition<SlackSection> = {
  kind: "slack",
  section,
  secrets: [
    { name: "token", isNeeded: true },
    { name: "signingSecret", isNeeded: false },
  ],
  addresses: ["endpoint"],
  paths: [],
  open: (given, parts): Channel => ({
    name: parts.name,
    kind: "slack",
    updates: true,
    deliver: async (delivery, signal) => {
      const endpoint = (given.endpoint ?? "https://slack.com/api").replace(/\/$/, "");
      const api = { parts, endpoint, token: await secretOf(parts, "token"), signal };
      const hasButtons = (given.signingSecretFile ?? given.signingSecretVariable) !== undefined;
      const place = await sendMessage(
        api,
        given.channel,
        delivery,
        messageBlocks(delivery.message, hasButtons),
      );
      await sendNote(api, place, delivery);
      return { reference: { ...place, ...saidOf(delivery) } };
    },
  }),
};

type Place = { readonly channel: string; readonly ts: string };

const postedForm = z.looseObject({ channel: z.string(), ts: z.string().regex(/^\d+\.\d+$/) });

/** Changes the message that there is; where there is none any more, there is another. */
async function sendMessage(
  api: SlackApi,
  channel: string,
  delivery: Delivery,
  blocks: readonly MessageBlock[],
): Promise<Place> {
  const text = notificationText(delivery.message);
  const known = placeOf(delivery.reference) ?? (await findPosted(api, channel, delivery));
  if (known !== undefined) {
    const args = {
      ...known,
      text,
      blocks: [...blocks],
      parse: "none",
      link_names: false,
    } satisfies ChatUpdateArguments;
    try {
      await callSlack(api, "chat.update", args, z.unknown());
      return known;
    } catch (error) {
      if (!(error instanceof SlackRefusal && UNCHANGEABLE.has(error.word))) throw error;
    }
    const again = delivery.reference === undefined ? undefined : await findPosted(api, channel, delivery);
    if (again !== undefined) return again;
  }
  const args = {
    ...{ channel, text, blocks: [...blocks], metadata: metadataOf(delivery.key) },
    ...PLAIN,
  } satisfies ChatPostMessageArguments;
  const { channel: where, ts } = await callSlack(api, "chat.postMessage", args, postedForm);
  return { channel: where, ts };
}

/** Somebody deleted it, or the workspace forbids to change what is old. */
const UNCHANGEABLE: ReadonlySet<string> = new Set([
  "message_not_found",
  "cant_update_message",
  "edit_window_closed",
  "is_inactive",
]);

/** Nothing in it becomes a link or a preview. */
const PLAIN = { parse: "none", link_names: false, unfurl_links: false, unfurl_media: false } as const;

async function sendNote(api: SlackApi, { channel, ts }: Place, delivery: Delivery): Promise<void> {
  const note = noteOf(delivery);
  // A message that is new says it itself.
  if (note === undefined || delivery.reference?.["ts"] !== ts) return;
  const key = `${delivery.key}.note`;
  const replies = await posted(api, "conversations.replies", { channel, ts, limit: 200 });
  if (replies.some((reply) => keyOf(reply) === key)) return;
  const args = {
    ...{ channel, thread_ts: ts, text: escapeMarkup(cut(note.text, 1000)), metadata: metadataOf(key) },
    ...{ ...PLAIN, reply_broadcast: note.isLoud },
  } satisfies ChatPostMessageArguments;
  await callSlack(api, "chat.postMessage", args, postedForm);
}

function placeOf(reference: Reference | undefined): Place | undefined {
  const { channel, ts } = reference ?? {};
  return channel === undefined || ts === undefined ? undefined : { channel, ts };
}

const EVENT = "anchorwatch_alert";

function metadataOf(key: string) {
  return { event_type: EVENT, event_payload: { key } };
}

const listForm = z.looseObject({
  messages: z.array(
    z.looseObject({
      ts: z.string(),
      metadata: z
        .looseObject({ event_type: z.string().optional(), event_payload: z.looseObject({}).optional() })
        .optional(),
    }),
  ),
});
type Listed = z.infer<typeof listForm>["messages"][number];

/** It was posted, and the answer did not arrive or was lost with the process. */
async function findPosted(
  api: SlackApi,
  channel: string,
  { key, message }: Delivery,
): Promise<Place | undefined> {
  // Nothing of it is older; clocks may differ by some minutes.
  const oldest = String(Math.floor(message.openedAt.getTime() / 1000) - 600);
  const messages = await posted(api, "conversations.history", { channel, oldest, limit: 200 });
  const found = messages.find((one) => keyOf(one) === key);
  return found === undefined ? undefined : { channel, ts: found.ts };
}

/** Apps that may not read the conversation find nothing there: at worst a message comes twice after a crash. */
async function posted(
  api: SlackApi,
  method: "conversations.history" | "conversations.replies",
  args: Readonly<Record<string, unknown>>,
): Promise<readonly Listed[]> {
  try {
    const wanted = { ...args, include_all_metadata: true };
    return (await callSlack(api, method, wanted, listForm)).messages;
  } catch (error) {
    if (
      error instanceof SlackRefusal &&
      (error.word === "missing_scope" || error.word === "thread_not_found")
    )
      return [];
    throw error;
  }
}

function keyOf({ metadata }: Listed): unknown {
  return metadata?.event_type === EVENT ? metadata.event_payload?.["key"] : undefined;
}
