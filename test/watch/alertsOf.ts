/** Whom a watch tells, and what it sets in motion, as an operator's file says it: over the real client, with every name on this machine. */
import type { ChannelSettings } from "../../packages/anchorwatch/src/app/alerts/alertSettings.ts";
import { channelParts } from "../../packages/anchorwatch/src/app/alerts/channelParts.ts";
import type { ServerConfiguration } from "../../packages/anchorwatch/src/app/configuration/server/serverConfiguration.ts";
import type { WatchOptions } from "../../packages/anchorwatch/src/app/watch/startWatch.ts";
import { newEgress } from "../../packages/anchorwatch/src/egress/egress.ts";
import { newConnect } from "../../packages/anchorwatch/src/egress/egressConnect.ts";

export function alertsOf(configuration: ServerConfiguration): NonNullable<WatchOptions["alerts"]> {
  const rules = () => configuration.egress;
  const resolve = async () => [{ address: "127.0.0.1", family: 4 }];
  const parts = {
    ...{ outbound: newEgress({ rules, resolve, version: "0" }), connect: newConnect({ rules, resolve }) },
    ...{
      append: async () => {},
      environment: {},
      now: () => new Date(),
      version: "0",
      origin: "https://here",
    },
  };
  return {
    ...{ settings: () => configuration.alerts, origin: () => "https://here", onSettings: () => () => {} },
    partsOf: (one: ChannelSettings) => channelParts(one, parts),
    playbooks: () => configuration.playbooks,
  };
}
