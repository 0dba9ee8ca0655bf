import type { PlaybookStep } from "../../../alerts/playbooks/playbook.ts";
import type { FreezeId, FreezeRecord } from "../../../watch/freeze.ts";
import { PLAYBOOK_ACTOR } from "../entries.ts";
import { freezeOnce } from "../freezes.ts";
import type { Deed, Done } from "./deed.ts";

/** With the step's outcome, or not at all: so there is one, however often it is tried, and however many drifts ask for it. */
export async function freeze({
  context,
  playbook,
  run,
  step,
  key,
  found,
}: Deed<Extract<PlaybookStep, { readonly kind: "freeze" }>>): Promise<Done> {
  const at = context.now();
  const { drift, stack } = found;
  const until = step.forMs === undefined ? {} : { until: new Date(at.getTime() + step.forMs) };
  const record: FreezeRecord = {
    ...{ id: key as FreezeId, stackId: stack.id, reason: step.reason, run: run.id, ...until },
    ...{ by: `playbook:${playbook.name}`, byName: `the playbook ${playbook.name}` },
    ...{ at, updatedAt: at, state: "active", version: 1 },
  };
  return {
    kind: "done",
    message: `deployments of ${stack.name} are frozen${step.forMs === undefined ? "" : ` until ${until.until?.toISOString()}`}`,
    within: (records) => freezeOnce(records, record, { actor: PLAYBOOK_ACTOR, newId: context.newId, drift }),
  };
}
