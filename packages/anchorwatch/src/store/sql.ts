import type { Kysely } from "kysely";

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
