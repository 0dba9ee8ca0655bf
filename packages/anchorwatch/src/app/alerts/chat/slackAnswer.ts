/** An answer to who pressed a button in Slack, which he alone sees. */
import { escapeMarkup } from "../../../alerts/channels/slack/blocks.ts";
import type { Outbound } from "../../../alerts/outbound.ts";
import { messageOf } from "../../../domain/errors.ts";

const PATIENCE_MS = 10_000;

/**
 * Never rejects.
 * @param address that Slack has sent for it
 * @returns why it did not arrive; undefined: it did
 * @see https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
 */
export async function answerInSlack(
  outbound: Outbound,
  address: string,
  text: string,
): Promise<string | undefined> {
  const body = JSON.stringify({
    response_type: "ephemeral",
    replace_original: false,
    text: escapeMarkup(text),
  });
  const headers = { "content-type": "application/json; charset=utf-8" };
  try {
    const request = { method: "POST", url: address, headers, body } as const;
    const { status } = await outbound(request, AbortSignal.timeout(PATIENCE_MS));
    return status >= 200 && status < 300 ? undefined : `it answered ${status}`;
  } catch (error) {
    return messageOf(error);
  }
}
