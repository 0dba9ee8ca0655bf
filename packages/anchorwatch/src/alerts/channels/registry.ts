/** Every kind of channel that there is; another one is a line here. */
import type { z } from "zod";
import type { Channel } from "../channel.ts";
import type { ChannelDefinition, ChannelParts } from "./definition.ts";
import { githubChannel } from "./github/githubChannel.ts";
import { gitlabChannel } from "./gitlab/gitlabChannel.ts";
import { mailChannel } from "./mail/mailChannel.ts";
import { opsgenieChannel } from "./opsgenie/opsgenieChannel.ts";
import { pagerdutyChannel } from "./pagerduty/pagerdutyChannel.ts";
import { siemChannel } from "./siem/siemChannel.ts";
import { slackChannel } from "./slack/slackChannel.ts";
import { teamsChannel } from "./teams/teamsChannel.ts";
import { webhookChannel } from "./webhook/webhookChannel.ts";

/** A kind, with sections of its own form that nobody else has to know. */
export interface RegisteredChannel extends Pick<ChannelDefinition<unknown>, "kind" | "secrets"> {
  readonly section: z.ZodType;
  readonly addresses: readonly string[];
  readonly paths: readonly string[];
  check(section: unknown): ReturnType<NonNullable<ChannelDefinition<unknown>["check"]>>;
  open(section: unknown, parts: ChannelParts): Channel;
}

export const CHANNELS: readonly RegisteredChannel[] = [
  registered(slackChannel),
  registered(teamsChannel),
  registered(mailChannel),
  registered(githubChannel),
  registered(gitlabChannel),
  registered(pagerdutyChannel),
  registered(opsgenieChannel),
  registered(webhookChannel),
  registered(siemChannel),
];

/** What was read by its own schema is of its own form. */
function registered<Section>(definition: ChannelDefinition<Section>): RegisteredChannel {
  const { kind, secrets, section, addresses, paths } = definition;
  return {
    ...{ kind, secrets, section, addresses, paths },
    check: (given) => definition.check?.(section.parse(given)) ?? [],
    open: (given, parts) => definition.open(section.parse(given), parts),
  };
}
