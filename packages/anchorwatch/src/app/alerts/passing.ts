/** Time passes: snoozes end, and what nobody answered goes further up. */
import { escalatedTo, nextMoment, stepAlert } from "../../alerts/conversation/stepAlert.ts";
import { causeKey } from "../../alerts/grouping/cause.ts";
import type { AlertContext } from "./alertContext.ts";

const BATCH = 200;

/** @returns how many moments had come @throws AnchorwatchError `database_*` */
export async function passMoments({ records, now }: Pick<AlertContext, "records" | "now">): Promise<number> {
  return await records.transaction(async ({ alerts, deliveries }) => {
    const at = now();
    const due = await alerts.due(at, BATCH);
    const stepped = (await alerts.lock(due)).map((alert) => stepAlert(alert, { kind: "passed", at }));
    await alerts.save(
      stepped.map((alert) => ({ alert, key: causeKey(alert.cause), nextMoment: nextMoment(alert) })),
    );
    await deliveries.wantAll(stepped.map(({ id }) => id));
    await deliveries.want(stepped.map((alert) => ({ alert: alert.id, channels: escalatedTo(alert) })));
    return due.length;
  });
}
