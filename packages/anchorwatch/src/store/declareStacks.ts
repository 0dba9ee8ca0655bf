import { type RawBuilder, sql } from "kysely";
import type { LabelSetKey, Labels } from "../domain/labels.ts";
import type { Declared, Declaring } from "../watch/records.ts";
import type { StackHealth, StackId, WatchedStack } from "../watch/stack.ts";
import { keysOfLabels } from "./access/labelSets.ts";
import { isDuplicate } from "./databaseError.ts";
import { given } from "./given.ts";
import { nameTaken } from "./nameTaken.ts";
import { json, type Sql } from "./sql.ts";
import { STACK_COLUMNS, type StackRow, stackOf } from "./stackRow.ts";
import { storable, stored } from "./text.ts";
import { inTransaction } from "./transaction.ts";

/** The stacks of the configuration, a few statements for all of them. What did not change is not written. */
export function declareStacks(
  db: Sql,
  stacks: readonly WatchedStack[],
  at: Date,
  { keeps, firstSweepAt = () => at }: Declaring = {},
): Promise<Declared> {
  return inTransaction(db, async (transaction) => {
    await sql`SELECT pg_advisory_xact_lock(hashtextextended('anchorwatch declare', 0))`.execute(transaction);
    const labelSets = await keysOfLabels(
      transaction,
      stacks.map(({ labels = {} }) => labels),
    );
    await refuseTakenNames(transaction, stacks);
    const gone = await sendAway(transaction, stacks, keeps);
    const known = await healthOf(transaction, stacks);
    const added = stacks.filter(({ id }) => (known.get(id) ?? "gone") === "gone");
    const sweeps = new Map(added.map((stack, index) => [stack.id, firstSweepAt(stack, index)]));
    const rowsOf: RowsOf = (some) => table(some, { sweeps, at, labelSets });
    await update(transaction, stacks, rowsOf, at);
    await insert(
      transaction,
      stacks.filter(({ id }) => !known.has(id)),
      rowsOf,
    );
    const returned = added.flatMap(({ id }) => (known.has(id) ? [id] : []));
    return { added, returned, gone };
  });
}

interface Written {
  /** When they are looked at first; absent: at once. */
  readonly sweeps: ReadonlyMap<StackId, Date>;
  readonly at: Date;
  readonly labelSets: (labels: Labels) => LabelSetKey;
}

type RowsOf = (stacks: readonly WatchedStack[]) => RawBuilder<unknown>;

async function healthOf(
  db: Sql,
  stacks: readonly WatchedStack[],
): Promise<ReadonlyMap<StackId, StackHealth>> {
  const { rows } = await sql<{ id: string; health: StackHealth }>`
    SELECT s.id, s.health FROM ${names(stacks)} JOIN anchorwatch.stacks s ON s.id = given.id`.execute(db);
  return new Map(rows.map(({ id, health }) => [stored(id) as StackId, health]));
}

function names(stacks: readonly WatchedStack[]) {
  return given(stacks, {
    id: ["text", ({ id }) => storable(id)],
    name: ["text", ({ name }) => storable(name)],
  });
}

function table(stacks: readonly WatchedStack[], { sweeps, at, labelSets }: Written) {
  return given(stacks, {
    id: ["text", ({ id }) => storable(id)],
    name: ["text", ({ name }) => storable(name)],
    engine: ["text", ({ engine }) => engine],
    origin: ["text", ({ origin }) => json(origin)],
    workspace: ["text", ({ workspace }) => (workspace === undefined ? null : storable(workspace))],
    declared_by: ["text", ({ declaredBy }) => declaredBy],
    sweep_every_ms: ["bigint", ({ sweepEveryMs }) => sweepEveryMs],
    added_at: ["timestamptz", ({ addedAt }) => addedAt],
    first_sweep_at: ["timestamptz", ({ id }) => sweeps.get(id) ?? at],
    label_set: ["integer", ({ labels = {} }) => labelSets(labels)],
  });
}

async function refuseTakenNames(db: Sql, stacks: readonly WatchedStack[]): Promise<void> {
  const { rows } = await sql<{ name: string }>`
    SELECT given.name FROM ${names(stacks)} JOIN anchorwatch.stacks s ON s.name = given.name OR s.id = given.id
    WHERE s.health <> 'gone' AND s.declared_by = 'api' LIMIT 1`.execute(db);
  if (rows[0] !== undefined) throw nameTaken(stored(rows[0].name));
}

async function sendAway(
  db: Sql,
  stacks: readonly WatchedStack[],
  keeps: Declaring["keeps"] = () => false,
): Promise<readonly WatchedStack[]> {
  const { rows } = await sql<StackRow>`
    SELECT ${STACK_COLUMNS} FROM anchorwatch.stacks s
    WHERE s.declared_by = 'config' AND s.health <> 'gone'
      AND s.id <> ALL (${stacks.map(({ id }) => storable(id))}::text[])`.execute(db);
  const gone = rows.map(stackOf).filter((stack) => !keeps(stack));
  if (gone.length === 0) return [];
  await sql`
    UPDATE anchorwatch.stacks SET health = 'gone', next_sweep_at = NULL
    WHERE id = ANY (${gone.map(({ id }) => storable(id))}::text[])`.execute(db);
  return gone;
}

async function update(db: Sql, stacks: readonly WatchedStack[], rowsOf: RowsOf, at: Date): Promise<void> {
  // Two that exchange their names must not meet on the way.
  await sql`
    UPDATE anchorwatch.stacks s SET name = ${"\u0002"} || s.id FROM ${names(stacks)}
    WHERE s.id = given.id AND s.name <> given.name AND s.health <> 'gone'`.execute(db);
  await refusingDuplicates(
    stacks,
    sql`
      UPDATE anchorwatch.stacks s SET
        name = given.name, engine = given.engine, origin = given.origin::json, workspace = given.workspace,
        declared_by = given.declared_by, sweep_every_ms = given.sweep_every_ms, label_set = given.label_set,
        health = CASE s.health WHEN 'gone' THEN 'new' ELSE s.health END,
        added_at = CASE s.health WHEN 'gone' THEN given.added_at ELSE s.added_at END,
        next_sweep_at = CASE s.health WHEN 'gone' THEN given.first_sweep_at
          ELSE least(s.next_sweep_at, ${at}::timestamptz + given.sweep_every_ms * interval '1 millisecond') END
      FROM ${rowsOf(stacks)}
      WHERE s.id = given.id AND (s.health = 'gone' OR
        (s.name, s.engine, s.origin::text, s.workspace, s.declared_by, s.sweep_every_ms, s.label_set)
        IS DISTINCT FROM (given.name, given.engine, given.origin, given.workspace, given.declared_by,
          given.sweep_every_ms, given.label_set))`.execute(db),
  );
}

async function insert(db: Sql, stacks: readonly WatchedStack[], rowsOf: RowsOf): Promise<void> {
  await refusingDuplicates(
    stacks,
    sql`
      INSERT INTO anchorwatch.stacks (id, name, engine, origin, workspace, declared_by, sweep_every_ms, added_at,
        health, next_sweep_at, label_set)
      SELECT id, name, engine, origin::json, workspace, declared_by, sweep_every_ms, added_at, 'new', first_sweep_at,
        label_set
      FROM ${rowsOf(stacks)}`.execute(db),
  );
}

/** Two of the given stacks have one name, or somebody added one by API this very moment. */
async function refusingDuplicates(stacks: readonly WatchedStack[], work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!isDuplicate(error, "stacks_name")) throw error;
    const names = stacks.map(({ name }) => name);
    throw nameTaken(names.find((name, index) => names.indexOf(name) !== index) ?? "one of those declared");
  }
}
