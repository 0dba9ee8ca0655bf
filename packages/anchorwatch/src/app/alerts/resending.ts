/** Dead letters are tried again: in the ledger with who wanted that. */
import type { AlertId } from "../../alerts/alert.ts";
import { actorOf } from "../access/entries.ts";
import type { KnownRequester } from "../access/requester.ts";
import type { AlertContext } from "./alertContext.ts";
import { alertEntry } from "./entries.ts";

/** @returns how many */
export async function resend(
  { records, now, newId }: Pick<AlertContext, "records" | "now" | "newId">,
  filter: { readonly channel?: string; readonly alert?: AlertId },
  requester: KnownRequester,
): Promise<number> {
  return await records.transaction(async ({ deliveries, outbox }) => {
    const count = await deliveries.revive(filter);
    if (count === 0) return 0;
    const common = { id: newId(), at: now(), actor: actorOf(requester), drifts: [] };
    await outbox.put([
      alertEntry({ ...common, kind: "alert.resent", data: { ...filter, deadLetters: count } }),
    ]);
    return count;
  });
}
