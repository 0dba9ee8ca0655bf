/** The running watch as the server knows it. */
import { shownConfiguration } from "../../app/configuration/server/shownConfiguration.ts";
import { changeBaseline } from "../../app/watch/baseline.ts";
import type { RunningWatch as StartedWatch } from "../../app/watch/startWatch.ts";
import type { RunningWatch, WatchStart } from "./runningWatch.ts";

export function servedWatch(
  started: StartedWatch,
  {
    configuration,
    stateFolder,
    databaseUrl,
  }: Pick<WatchStart, "configuration" | "stateFolder" | "databaseUrl">,
  startedAt: Date,
  openAccess: RunningWatch["openAccess"],
): RunningWatch {
  return {
    records: started.context.records,
    ledger: started.ledger,
    addStack: (wanted, requester) => started.addStack(wanted, requester),
    removeStack: (id, requester) => started.removeStack(id, requester),
    checkNow: (id, addresses) => started.checkNow(id, addresses),
    changeBaseline: (wanted, requester) => changeBaseline(started.context, wanted, requester),
    receive: (source, headers, body) => started.receive(source, { headers, body }),
    subscribe: (listener) => {
      const leaveWatch = started.subscribe(listener);
      const leaveStatus = configuration.onStatus((status) =>
        listener({ kind: "configuration", configuration: status }),
      );
      return () => {
        leaveWatch();
        leaveStatus();
      };
    },
    status: () => ({ startedAt, configuration: configuration.status }),
    configuration: () => ({
      settings: shownConfiguration(configuration.inForce, {
        stateFolder,
        hasDatabaseUrl: databaseUrl !== undefined,
      }),
      atNextStart: configuration.atNextStart,
    }),
    readiness: () => started.readiness(),
    totals: () => started.totals(),
    gauges: () => started.gauges(),
    openAccess,
    stop: () => started.stop(),
    failed: started.failed,
  };
}
