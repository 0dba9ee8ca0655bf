/** Every kind of channel that talks HTTP, each with secrets that may be nowhere but where its service wants them. */
import type { Channel, ChannelKind } from "../channel.ts";
import { githubChannel } from "./github/githubChannel.ts";
import { gitlabChannel } from "./gitlab/gitlabChannel.ts";
import { opened } from "./opened.fixture.ts";
import { opsgenieChannel } from "./opsgenie/opsgenieChannel.ts";
import { pagerdutyChannel } from "./pagerduty/pagerdutyChannel.ts";
import { siemChannel } from "./siem/siemChannel.ts";
import { slackChannel } from "./slack/slackChannel.ts";
import { teamsChannel } from "./teams/teamsChannel.ts";
import { webhookChannel } from "./webhook/webhookChannel.ts";

export const CANARY = "hunter2-canary";
const WHSEC = `whsec_${Buffer.from(CANARY.repeat(2)).toString("base64")}`;
const PLACE = `/in/${CANARY}?token=${CANARY}`;

/** What is in every spelling of the canary: in base64 it begins at one of three places. */
export const TRACES = new RegExp(
  [
    "canary",
    ...[0, 1, 2].map((before) => {
      const encoded = Buffer.concat([Buffer.alloc(before), Buffer.from("hunter2-")]).toString("base64");
      return encoded.slice(Math.ceil((before * 8) / 6), Math.floor(((before + 8) * 8) / 6));
    }),
  ].join("|"),
);

export interface Place {
  readonly url: string;
  /** `egress.allow`; absent: the Internet alone. */
  readonly allow?: string;
  readonly timeoutMs?: number;
}

export interface TriedKind {
  /** What makes it believe that the service has taken it. */
  readonly believes: "status" | "answer";
  readonly open: (place: Place) => Channel;
}

/** By kind, so that another one does not compile without being here; of some there are two, and mail is not HTTP. */
const BY_KIND: Readonly<Record<ChannelKind, Readonly<Record<string, TriedKind>>>> = {
  webhook: {
    webhook: {
      believes: "status",
      open: ({ url, ...place }) =>
        opened(webhookChannel, { url: `${url}${PLACE}` }, { secrets: { secret: WHSEC }, ...place }),
    },
  },
  siem: {
    "siem lines": {
      believes: "status",
      open: ({ url, ...place }) =>
        opened(siemChannel, { url: `${url}${PLACE}` }, { secrets: { token: CANARY }, ...place }),
    },
    "siem splunk": {
      believes: "answer",
      open: ({ url, ...place }) => {
        const section = { url: `${url}${PLACE}`, format: "splunk" };
        return opened(siemChannel, section, { secrets: { token: CANARY }, ...place });
      },
    },
  },
  pagerduty: {
    pagerduty: {
      believes: "answer",
      open: ({ url, ...place }) =>
        opened(pagerdutyChannel, { endpoint: url }, { secrets: { routingKey: CANARY }, ...place }),
    },
  },
  opsgenie: {
    opsgenie: {
      believes: "answer",
      open: ({ url, ...place }) =>
        opened(opsgenieChannel, { endpoint: url }, { secrets: { apiKey: CANARY }, ...place }),
    },
  },
  slack: {
    slack: {
      believes: "answer",
      open: ({ url, ...place }) => {
        const section = { channel: "C012", tokenFile: "t", endpoint: url };
        return opened(slackChannel, section, { secrets: { token: CANARY }, ...place });
      },
    },
  },
  github: {
    github: {
      believes: "answer",
      open: ({ url, ...place }) => {
        const section = { repository: "a/b", tokenFile: "t", endpoint: url };
        return opened(githubChannel, section, { secrets: { token: CANARY }, ...place });
      },
    },
  },
  gitlab: {
    gitlab: {
      believes: "answer",
      open: ({ url, ...place }) => {
        const section = { project: "a/b", tokenFile: "t", endpoint: url };
        return opened(gitlabChannel, section, { secrets: { token: CANARY }, ...place });
      },
    },
  },
  teams: {
    teams: {
      believes: "status",
      open: ({ url, ...place }) => opened(teamsChannel, {}, { secrets: { url: `${url}${PLACE}` }, ...place }),
    },
  },
  // Its troubles are in mail/mailTroubles.test.ts.
  mail: {},
};

export const HTTP_KINDS: readonly (readonly [string, TriedKind])[] = Object.values(BY_KIND).flatMap((tried) =>
  Object.entries(tried),
);
export const TRIED_KINDS = Object.keys(BY_KIND);

/** Everything that a log could show of it. */
export function told(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, stack, cause, ...members } = error;
  return [message, stack, JSON.stringify(members), cause === undefined ? "" : told(cause)].join("\n");
}
