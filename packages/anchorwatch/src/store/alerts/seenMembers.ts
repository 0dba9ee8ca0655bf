import { type RawBuilder, sql } from "kysely";
import type { VisibleAlerts } from "../../alerts/records.ts";
import { seen } from "../page.ts";

/** A condition, with AND, on what alerts have as `m`: what is in a stack is seen by other rights than what is in an account. */
export function seenMembers({ visible }: VisibleAlerts): RawBuilder<unknown> {
  if (visible === undefined) return sql``;
  const { stacks, accounts } = visible;
  const labelSet = sql`m.label_set`;
  return sql`AND CASE WHEN m.stack IS NULL THEN true ${seen(labelSet, { visible: accounts })}
    ELSE true ${seen(labelSet, { visible: stacks })} END`;
}
