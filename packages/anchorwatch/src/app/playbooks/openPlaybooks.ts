/** What playbooks work with, out of the running watch. */
import type { Channel } from "../../alerts/channel.ts";
import type { Jobs } from "../../jobs/jobs.ts";
import type { DriftsInStacks } from "../../watch/driftInStack.ts";
import type { AlertsOptions } from "../alerts/alertsOptions.ts";
import type { WatchQueues } from "../watch/queues.ts";
import type { WatchContext } from "../watch/watchContext.ts";
import type { PlaybookContext } from "./playbookContext.ts";

export interface PlaybookParts {
  readonly jobs: Pick<Jobs<WatchQueues>, "send">;
  readonly drifts: DriftsInStacks;
  readonly watch: WatchContext;
  readonly alerts: AlertsOptions;
}

export function openPlaybooks({ jobs, drifts, watch, alerts }: PlaybookParts): PlaybookContext {
  const { records, now, newId, onWarning } = watch;
  const { settings, partsOf, origin, playbooks = () => [] } = alerts;
  return {
    ...{ records, drifts, watch, playbooks, origin, now, newId, onWarning },
    channel: (name): Channel | undefined => {
      const found = settings().channels.find((one) => one.name === name);
      return found?.open(partsOf(found));
    },
    grouping: () => settings().grouping,
    // That role is the operator's, whatever a repository says.
    isBreakGlass: (actor) => watch.rules.ofAccounts().policy.isBreakGlass(actor),
    sendStep: ({ id, steps }, step, options) =>
      jobs.send(queueOf(steps[step]?.kind), `${id}-${step}`, { run: id, step }, options),
    sendCall: (call, options) => jobs.send("playbookCall", call, { call }, options),
  };
}

/** Whoever makes a program or a provider slow holds up what waits for such answers, and nothing else. */
function queueOf(kind: string | undefined): "playbook" | "playbookAnswer" {
  return kind === "webhook" || kind === "confirm" ? "playbookAnswer" : "playbook";
}
