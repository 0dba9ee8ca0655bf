/** An alert as data for programs. Within `anchorwatch.alert/v1` members are added, never changed. */
import type { JsonObject } from "../../../domain/jsonValue.ts";
import type { Delivery, Question } from "../../channel.ts";
import type { AlertMessage } from "../../message/message.ts";
import type { ChannelParts } from "../definition.ts";

export interface CloudEvent {
  readonly specversion: "1.0";
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  readonly time: string;
  readonly datacontenttype: "application/json";
  readonly data: { readonly schema: "anchorwatch.alert/v1" } & AlertMessage;
}

const TYPES = {
  open: "opened",
  update: "updated",
  acknowledge: "acknowledged",
  resolve: "resolved",
} as const;

/** In the structured form: `application/cloudevents+json`. Dates are written as RFC 3339 by `JSON.stringify`. */
export function cloudEvent({ step, message }: Delivery, id: string, { origin }: ChannelParts): CloudEvent {
  return {
    specversion: "1.0",
    id,
    source: `${origin}/api/v1/alerts`,
    type: `anchorwatch.alert.${TYPES[step]}`,
    subject: message.id,
    time: message.updatedAt.toISOString(),
    datacontenttype: "application/json",
    data: { schema: "anchorwatch.alert/v1", ...withoutCallbacks(message) },
  };
}

/** What a playbook asks: `anchorwatch.question/v1`. */
export function questionEvent(
  { type, source, subject, time, data }: Question,
  id: string,
  { origin }: ChannelParts,
): Omit<CloudEvent, "data"> & { readonly data: JsonObject } {
  return {
    specversion: "1.0",
    ...{ id, source: `${origin}${source}`, type, subject, time: time.toISOString() },
    datacontenttype: "application/json",
    data: { schema: "anchorwatch.question/v1", ...data },
  };
}

/** A button of a channel means nothing to a program. */
function withoutCallbacks(message: AlertMessage): AlertMessage {
  return { ...message, actions: message.actions.filter(({ url }) => url !== undefined) };
}
