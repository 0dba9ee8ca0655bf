import type { RawBuilder } from "kysely";
import { AnchorwatchError } from "../domain/errors.ts";
import type { Sql } from "./sql.ts";

export interface Position {
  readonly at: Date;
  readonly id: string;
}

/**
 * Where the record stands that the last page ended with. One that changed since stands further up, and then records come twice; none is
 * left out.
 * @param find selects when it was, as `at`
 * @throws AnchorwatchError `page_position_invalid` when there is no such record (any more)
 */
export async function positionOf(
  db: Sql,
  before: string | undefined,
  find: (id: string) => RawBuilder<{ at: Date }>,
): Promise<Position | undefined> {
  if (before === undefined) return undefined;
  const { rows } = await find(before).execute(db);
  if (rows[0] !== undefined) return { at: rows[0].at, id: before };
  throw noSuchPosition();
}

export function noSuchPosition(): AnchorwatchError {
  return new AnchorwatchError(
    "page_position_invalid",
    "The record that the page should begin behind is not there.",
    {
      hint: "It was forgotten meanwhile, or never existed. Begin with the first page.",
    },
  );
}
