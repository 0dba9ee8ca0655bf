/** What a program may answer when a playbook asks it whether to go on. */
import { z } from "zod";
import { escapeText } from "../../domain/escape.ts";
import { ChannelFailure } from "../channel.ts";
import { cut } from "../message/fitting.ts";

const form = z.object({ decision: z.enum(["continue", "stop"]), reason: z.string().optional() });

export interface WebhookAnswer {
  readonly decision: "continue" | "stop";
  /** Its words, made safe to show. */
  readonly reason?: string;
}

const MOST_SAID = 500;

/**
 * @param status 202: it has not decided yet, and is asked again
 * @throws ChannelFailure
 */
export function answerIn({
  status,
  text,
}: {
  readonly status: number;
  readonly text: string;
}): WebhookAnswer {
  if (status === 202) throw new ChannelFailure("it has not decided yet", "again");
  const parsed = form.safeParse(jsonIn(text));
  if (!parsed.success)
    throw new ChannelFailure(
      'its answer is none: expected {"decision": "continue"} or {"decision": "stop", "reason": "…"}',
      "never",
    );
  const { decision, reason } = parsed.data;
  return { decision, ...(reason === undefined ? {} : { reason: cut(escapeText(reason), MOST_SAID) }) };
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
