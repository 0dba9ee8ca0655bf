/**
 * Findings of the Open Cybersecurity Schema Framework for SIEMs: as JSON Lines to an address or into a file that a forwarder follows, or to
 * Splunk's HTTP Event Collector. All drifts of an alert that it shows are one request.
 */
import { z } from "zod";
import type { Channel, Delivery } from "../../channel.ts";
import type { ChannelDefinition } from "../definition.ts";
import { secretMembers } from "../secretMembers.ts";
import { findingsOf } from "./findings.ts";
import { sinkOf } from "./sink.ts";

const section = z
  .strictObject({
    url: z
      .string()
      .min(1)
      .max(2000)
      .optional()
      .meta({ description: "Address that findings are posted to, on https." }),
    format: z.enum(["lines", "splunk"]).optional().meta({
      description:
        "lines: one finding a line (application/x-ndjson). splunk: for /services/collector/event of Splunk's HTTP Event Collector. Default: lines.",
    }),
    header: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/)
      .optional()
      .meta({
        description:
          "Header that the token is sent in as it is, such as X-Api-Key. Default: Authorization, after Bearer or Splunk.",
      }),
    ...secretMembers("token", "the token of the receiver"),
    path: z.string().min(1).max(2000).optional().meta({
      description:
        "In place of url: a file that lines are added to, or - for the server's output. Relative to this file.",
    }),
  })
  .meta({ description: "A SIEM: findings of OCSF 1.6." });

type SiemSection = z.infer<typeof section>;

export const siemChannel: ChannelDefinition<SiemSection> = {
  kind: "siem",
  section,
  secrets: [{ name: "token", isNeeded: false }],
  addresses: ["url"],
  paths: ["path"],
  check: (given) => {
    const { url, path, format, header, tokenFile, tokenVariable } = given;
    if ((url === undefined) === (path === undefined)) {
      return [{ problem: "needs one of url and path", hint: "Give the receiver's address, or a file." }];
    }
    const hasToken = tokenFile !== undefined || tokenVariable !== undefined;
    const needless = [format, header].some((member) => member !== undefined) || hasToken;
    if (path !== undefined && needless) {
      return [
        { member: "path", problem: "has nobody to show a token or a format to", hint: "Remove those." },
      ];
    }
    if (format === "splunk" && !hasToken) {
      return [{ problem: "has no “tokenFile”", hint: "Splunk's collector takes nothing without its token." }];
    }
    return [];
  },
  open: (given, parts): Channel => ({
    name: parts.name,
    kind: "siem",
    updates: true,
    deliver: async (delivery, signal) => {
      const { events, open } = findingsOf(delivery, openOf(delivery), parts);
      await sinkOf(given, parts)(events, signal);
      return { reference: { alert: delivery.message.id, open: open.join(" ") } };
    },
  }),
};

/** Ids of findings have no spaces. */
function openOf({ reference }: Delivery): readonly string[] | undefined {
  return reference?.["open"]?.split(" ").filter((uid) => uid !== "");
}
