import { type RawBuilder, sql } from "kysely";

/** Types of columns, as PostgreSQL calls them. */
type ColumnType = "text" | "bytea" | "timestamptz" | "bigint" | "integer" | "boolean";

/**
 * Rows as a table named `given`, with one parameter for each column: one statement for a batch, however long it is.
 * JSON goes as `text`, and is cast where it is used.
 */
export function given<Row>(
  rows: readonly Row[],
  columns: Readonly<Record<string, readonly [ColumnType, (row: Row) => unknown]>>,
): RawBuilder<unknown> {
  const arrays = Object.values(columns).map(([type, value]) => sql`${rows.map(value)}::${sql.raw(type)}[]`);
  const names = Object.keys(columns).map((name) => sql.ref(name));
  return sql`unnest(${sql.join(arrays)}) AS given(${sql.join(names)})`;
}
