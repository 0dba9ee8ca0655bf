/** What the operator's file says of alerts, with defaults filled in. */
import type { Channel, ChannelKind } from "../../alerts/channel.ts";
import type { ChannelParts } from "../../alerts/channels/definition.ts";
import { DEFAULT_GROUPING, type GroupSettings } from "../../alerts/grouping/group.ts";
import type { QuietHours } from "../../alerts/routing/quietHours.ts";
import type { RoutingSettings } from "../../alerts/routing/route.ts";

export interface AlertSettings {
  readonly channels: readonly ChannelSettings[];
  readonly routing: RoutingSettings;
  readonly grouping: GroupSettings;
}

export interface ChannelSettings {
  readonly name: string;
  readonly kind: ChannelKind;
  /** Equal as long as nothing of it changed. */
  readonly digest: string;
  /** Where its secrets are, by what the channel calls them. */
  readonly secrets: ReadonlyMap<string, SecretPlace>;
  readonly quiet?: QuietHours;
  /** Messages, and changes of them. */
  readonly mostPerMinute: number;
  /** Reaches nothing yet. */
  readonly open: (parts: ChannelParts) => Channel;
}

/** Files are absolute. */
export type SecretPlace =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "variable"; readonly name: string };

export const DEFAULT_ALERTS: AlertSettings = {
  channels: [],
  routing: { owners: new Map() },
  grouping: DEFAULT_GROUPING,
};
