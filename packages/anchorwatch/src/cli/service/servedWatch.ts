/** The running watch as the server knows it. */
import type { RunningWatch as StartedWatch } from "../../app/watch/startWatch.ts";
import type { RunningWatch, WatchStart } from "./runningWatch.ts";

export function servedWatch(
  started: StartedWatch,
  { configuration }: Pick<WatchStart, "configuration">,
  startedAt: Date,
): RunningWatch {
  return {
    records: started.context.records,
    ledger: { read: (path) => started.readLog(path) },
    addStack: (wanted) => started.addStack(wanted),
    removeStack: (id) => started.removeStack(id),
    checkNow: (id, addresses) => started.checkNow(id, addresses),
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
    readiness: () => started.readiness(),
    totals: () => started.totals(),
    gauges: () => started.gauges(),
    stop: () => started.stop(),
    failed: started.failed,
  };
}
