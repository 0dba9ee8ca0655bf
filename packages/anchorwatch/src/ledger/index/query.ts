import type { SQLInputValue } from "node:sqlite";
import { BLOCK } from "./schema.ts";

/** What is looked for: everything that is given must be true. Without anything: every entry. */
export interface LedgerQuery {
  /** Name of a stack, in all workspaces unless one is given. */
  readonly stack?: string;
  readonly workspace?: string;
  readonly address?: string;
  /** Id or name of a principal outside. */
  readonly actor?: string;
  /** Id or name of a person here. */
  readonly user?: string;
  /** `drift.opened`, or the beginning of several: `drift`. */
  readonly kind?: string;
  /** The writer's clock: at or after. */
  readonly from?: Date;
  /** Before. */
  readonly to?: Date;
  /** Text, in any case, anywhere in an entry but for `before` and `after`. */
  readonly text?: string;
  /** Indexes at or after. */
  readonly fromIndex?: number;
  /** Indexes before. */
  readonly toIndex?: number;
  /** Default: in the order of the log. */
  readonly newestFirst?: boolean;
}

/** The numbers of the terms that a part of the query means. */
export type TermsOfColumn = ReadonlyMap<"stack" | "address" | "actor" | "kind", readonly number[]>;

interface Statement {
  readonly sql: string;
  readonly parameters: readonly SQLInputValue[];
}

/** The blocks that may hold something, in order; undefined: any of them may. */
export function blockSelection(query: LedgerQuery, terms: TermsOfColumn): Statement | undefined {
  const parts = [...terms.values()].map((numbers) => ({
    sql: `SELECT block FROM postings WHERE term IN (${marks(numbers)})`,
    parameters: [...numbers] as SQLInputValue[],
  }));
  if (query.from !== undefined || query.to !== undefined)
    parts.push({
      sql: "SELECT block FROM blocks WHERE latest >= ? AND earliest < ?",
      parameters: timesOf(query),
    });
  if (parts.length === 0) return undefined;
  const sql = `${parts.map((part) => part.sql).join(" INTERSECT ")} ORDER BY block ${directionOf(query)}`;
  return {
    sql: parts.length === 1 ? sql.replace("SELECT", "SELECT DISTINCT") : sql,
    parameters: parts.flatMap((part) => part.parameters),
  };
}

/** Entries of a range, whose bounds are the first two parameters of the statement. */
export function entrySelection(query: LedgerQuery, terms: TermsOfColumn): Statement {
  const conditions = ["e.entry >= ?", "e.entry < ?"];
  const parameters: SQLInputValue[] = [];
  for (const [column, numbers] of terms) {
    conditions.push(`e.${column} IN (${marks(numbers)})`);
    parameters.push(...numbers);
  }
  if (query.from !== undefined || query.to !== undefined) {
    conditions.push("e.time >= ? AND e.time < ?");
    parameters.push(...timesOf(query));
  }
  if (query.text !== undefined) {
    conditions.push("EXISTS (SELECT 1 FROM texts t WHERE t.entry = e.entry AND instr(t.text, ?) > 0)");
    parameters.push(query.text.toLowerCase());
  }
  const sql = `SELECT e.entry FROM entries e WHERE ${conditions.join(" AND ")} ORDER BY e.entry ${directionOf(query)}`;
  return { sql, parameters };
}

export interface Range {
  readonly first: number;
  /** After the last. */
  readonly end: number;
}

/** A read of this many entries at a time keeps memory small and the index free for writing. */
const LONGEST_RANGE = 16 * BLOCK;

/** Every range of the bounds, in order. */
export function* rangesWithin({ first, end }: Range, newestFirst: boolean): Iterable<Range> {
  if (newestFirst)
    for (let at = end; at > first; at -= LONGEST_RANGE)
      yield { first: Math.max(first, at - LONGEST_RANGE), end: at };
  else
    for (let at = first; at < end; at += LONGEST_RANGE)
      yield { first: at, end: Math.min(end, at + LONGEST_RANGE) };
}

/** The blocks as ranges within the bounds; neighbours are one. */
export function* rangesOf(blocks: readonly number[], bounds: Range, newestFirst: boolean): Iterable<Range> {
  for (let i = 0; i < blocks.length; ) {
    const from = i;
    const step = newestFirst ? -1 : 1;
    while (i < blocks.length && blocks[i] === (blocks[from] ?? 0) + step * (i - from)) i += 1;
    const [a, b] = [blocks[from] ?? 0, blocks[i - 1] ?? 0];
    const first = Math.max(bounds.first, Math.min(a, b) * BLOCK);
    const end = Math.min(bounds.end, (Math.max(a, b) + 1) * BLOCK);
    yield* rangesWithin({ first, end }, newestFirst);
  }
}

function timesOf({ from, to }: LedgerQuery): SQLInputValue[] {
  return [from?.getTime() ?? Number.MIN_SAFE_INTEGER, to?.getTime() ?? Number.MAX_SAFE_INTEGER];
}

function directionOf({ newestFirst }: LedgerQuery): string {
  return newestFirst === true ? "DESC" : "ASC";
}

function marks(list: readonly unknown[]): string {
  return list.map(() => "?").join();
}
