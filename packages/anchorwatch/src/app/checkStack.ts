/** The use case of a check: state, code and providers joined, read, and summed up. */
import { type OpenProvider, openProvider } from "../terraform/provider/open.ts";
import type { StackRead } from "../terraform/read/readStack.ts";
import { targeting } from "../terraform/read/targets.ts";
import { checkLoaded } from "./checkLoaded.ts";
import { trackProgress } from "./checkProgress.ts";
import type { CheckObserver, CheckRequest, CheckStack } from "./checkRequest.ts";
import { identityOf } from "./checkResult.ts";
import { loadParts, openParts } from "./loadedStack.ts";
import type { Machine } from "./machine.ts";
import { ownRules } from "./policy/classifyCheck.ts";
import { ownAccess } from "./stackAccess.ts";

/** @param open how providers are got; absent: each check starts its own, and ends them */
export function createCheckStack(machine: Machine, open: OpenProvider = openProvider): CheckStack {
  return async (request, on) => {
    const startedAt = machine.now();
    const signal = limitedBy(request, on);
    const access = ownAccess(request, machine);
    on.progress({ phase: "state", text: "reading the state" });
    const opened = await openParts(request, access);
    try {
      const state = await opened.state.load(undefined, signal);
      if (opened.code !== undefined) on.progress({ phase: "code", text: "reading the code" });
      const loaded = await loadParts(request, access, opened, state);
      const isTargeted = targeting(request.targets, loaded.stack.state.instances, loaded.stack.state.origin);
      const rules = ownRules(request, identityOf(request, loaded.stack), machine.now);
      let wholes: StackRead["wholes"] = new Map();
      const result = await checkLoaded(loaded, {
        machine,
        open,
        startedAt,
        trigger: request.trigger,
        isTargeted,
        withPending: true,
        onStart: (source) => on.progress({ phase: "providers", text: `starting ${source}` }),
        mustTell: rules.mustTell,
        onWholes: (found) => {
          wholes = found;
        },
        onResult: trackProgress(loaded.stack.state, isTargeted, on),
        signal,
      });
      on.signal.throwIfAborted();
      return await rules.classified(result, wholes);
    } finally {
      opened.state.close();
    }
  };
}

/** Fires when the person gives up or the check's time is up. */
function limitedBy({ timeoutMs }: CheckRequest, on: CheckObserver): AbortSignal {
  return timeoutMs === undefined ? on.signal : AbortSignal.any([on.signal, AbortSignal.timeout(timeoutMs)]);
}
