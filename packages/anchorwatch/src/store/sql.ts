import { type Kysely, sql } from "kysely";

/** What statements run on: the pool, or one transaction. Tables are named in the statements themselves. */
export type Sql = Kysely<unknown>;

/** Rows as the database has them have null where records have no member. */
export function withoutNulls<Row extends object>(row: Row): WithoutNulls<Row> {
  const kept = Object.entries(row).filter(([, value]) => value !== null);
  return Object.fromEntries(kept) as WithoutNulls<Row>;
}

type WithoutNulls<Row> = {
  readonly [Key in keyof Row as null extends Row[Key] ? never : Key]: Row[Key];
} & {
  readonly [Key in keyof Row as null extends Row[Key] ? Key : never]?: NonNullable<Row[Key]>;
};

/** For a column of JSON. */
export function json(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

/** Begins statements that are planned for the values they have: of lists, whose best plan depends on who asks for what. */
export const PLANNED_ANEW = "/* planned anew */";

/** The same, as a part of the statement. */
export const plannedAnew = sql.raw(PLANNED_ANEW);
