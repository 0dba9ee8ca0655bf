import type { DeliveryRecord } from "../../alerts/records.ts";
import type { AlertContext } from "./alertContext.ts";

/**
 * Quiet hours are over: several alerts that they held back are told in one message, that of the first.
 * @param due of one channel
 * @returns those that are still told by themselves
 */
export async function joinHeld(
  { records, now }: Pick<AlertContext, "records" | "now">,
  due: readonly DeliveryRecord[],
): Promise<readonly DeliveryRecord[]> {
  const at = now();
  const held = due.filter((record) => isHeld(record, at));
  const [first, ...others] = held;
  if (first === undefined || others.length === 0) return due;
  for (const { lookAt: _, heldSince: __, ...other } of others)
    await records.deliveries.settle({ ...other, toldIn: first.alert });
  return due.filter((record) => !others.includes(record));
}

/** It would be told as something new. */
function isHeld({ heldSince, told, toldIn, lookAt }: DeliveryRecord, at: Date): boolean {
  const isNew = told === undefined || told.step === "resolve";
  return heldSince !== undefined && isNew && toldIn === undefined && lookAt !== undefined && lookAt <= at;
}
