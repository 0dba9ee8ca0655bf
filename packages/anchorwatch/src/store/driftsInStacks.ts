import { sql } from "kysely";
import type { LabelSetKey } from "../domain/labels.ts";
import type { DriftInStack, DriftsInStacks } from "../watch/driftInStack.ts";
import type { Database } from "./connect.ts";
import { DRIFT_COLUMNS, type DriftRow, driftOf } from "./driftRow.ts";
import type { Sql } from "./sql.ts";
import { STACK_COLUMNS, type StackRow, stackOf } from "./stackRow.ts";
import { storable, stored } from "./text.ts";

/** Every call may throw AnchorwatchError `database_…`. */
export function createDriftsInStacks({ kysely }: Pick<Database, "kysely">): DriftsInStacks {
  return { byIds: (ids) => byIds(kysely, ids) };
}

interface PlacedStackRow extends StackRow {
  readonly revision: string | null;
  readonly regions: readonly string[] | null;
}

async function byIds(db: Sql, ids: readonly string[]): Promise<readonly DriftInStack[]> {
  if (ids.length === 0) return [];
  const { rows: drifts } = await sql<DriftRow>`
    SELECT ${DRIFT_COLUMNS} FROM anchorwatch.drifts d JOIN anchorwatch.stacks s ON s.key = d.stack
    WHERE d.id = ANY (${ids.map(storable)}::text[])`.execute(db);
  const { rows: stacks } = await sql<PlacedStackRow>`
    SELECT ${STACK_COLUMNS}, s.revision, p.regions FROM anchorwatch.stacks s
    LEFT JOIN anchorwatch.stack_places p ON p.stack = s.key
    WHERE s.id = ANY (${[...new Set(drifts.map(({ stackId }) => stackId))]}::text[])`.execute(db);
  const known = new Map(stacks.map((row) => [row.id, row]));
  return drifts.flatMap((row) => {
    const stack = known.get(row.stackId);
    return stack === undefined ? [] : [joined(row, stack)];
  });
}

function joined(row: DriftRow, stack: PlacedStackRow): DriftInStack {
  return {
    drift: driftOf(row),
    stack: stackOf(stack),
    labelSet: stack.labelSet as LabelSetKey,
    ...(stack.revision === null ? {} : { revision: stack.revision }),
    regions: (stack.regions ?? []).map(stored),
  };
}
