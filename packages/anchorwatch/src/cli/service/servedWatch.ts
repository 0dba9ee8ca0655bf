/** The running watch as the server knows it. */
import { shownConfiguration } from "../../app/configuration/server/shownConfiguration.ts";
import { sharedRules } from "../../app/gate/sharedRules.ts";
import { addException, revokeException } from "../../app/policy/exceptions.ts";
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
    alerts: started.alerts,
    addStack: (wanted, requester) => started.addStack(wanted, requester),
    removeStack: (id, requester) => started.removeStack(id, requester),
    checkNow: (id, addresses) => started.checkNow(id, addresses),
    changeBaseline: (wanted, requester) => changeBaseline(started.context, wanted, requester),
    addException: (wanted, requester) => addException(started.context, wanted, requester),
    revokeException: (id, version, requester) => revokeException(started.context, id, version, requester),
    gate: () => {
      const { gate, policy } = configuration.current;
      return { settings: gate, rules: sharedRules(policy) };
    },
    playbooks: started.playbooks,
    freezeOf: async (id) => {
      const found = await started.playbooks.freezeOf(id);
      return found && { ...found, by: found.byName };
    },
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
