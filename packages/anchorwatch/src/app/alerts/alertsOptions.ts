import type { ChannelParts } from "../../alerts/channels/definition.ts";
import type { Playbook } from "../../alerts/playbooks/playbook.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { AlertContext } from "./alertContext.ts";
import { type ChannelSettings, DEFAULT_ALERTS } from "./alertSettings.ts";

/** Whom people have told of drift, and what channels are opened with. */
export interface AlertsOptions extends Pick<AlertContext, "settings" | "origin"> {
  /** Calls back when other settings are in force, until what it returns is called. */
  readonly onSettings: (listener: () => void) => () => void;
  readonly partsOf: (settings: ChannelSettings) => ChannelParts;
  /** Absent: drift sets nothing in motion. */
  readonly playbooks?: () => readonly Playbook[];
}

/** Nobody is told of anything. */
export const NOBODY: AlertsOptions = {
  settings: () => DEFAULT_ALERTS,
  origin: () => "",
  onSettings: () => () => {},
  partsOf: () => {
    throw new AnchorwatchError("internal", "a channel was opened where there are none");
  },
};
