import { hash } from "node:crypto";
import { sql } from "kysely";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { LabelSetKey, Labels } from "../../domain/labels.ts";
import { given } from "../given.ts";
import type { Sql } from "../sql.ts";
import { storable, stored } from "../text.ts";

/** Equal for equal sets, whatever the order in which they were written. */
export function canonicalLabels(labels: Labels): string {
  const entries = Object.entries(labels).map(([key, value]) => [key, storable(value)] as const);
  return JSON.stringify(Object.fromEntries(entries.toSorted(([one], [other]) => (one < other ? -1 : 1))));
}

/**
 * The numbers of these sets; those that are new get one. Only within a transaction.
 *
 * Whoever makes new ones does so alone until his transaction ends: higher numbers are never seen before lower ones, so whoever has all up
 * to one has missed none.
 */
export async function keysOfLabels(
  db: Sql,
  sets: readonly Labels[],
): Promise<(labels: Labels) => LabelSetKey> {
  const texts = [...new Set(sets.map(canonicalLabels))];
  const keys = await find(db, texts);
  const missing = texts.filter((text) => !keys.has(text));
  if (missing.length > 0) {
    await sql`SELECT pg_advisory_xact_lock(hashtextextended('anchorwatch label sets', 0))`.execute(db);
    await sql`
      INSERT INTO anchorwatch.label_sets (digest, labels)
      SELECT digest, labels::jsonb FROM ${table(missing)} ON CONFLICT (digest) DO NOTHING`.execute(db);
    for (const [text, key] of await find(db, missing)) keys.set(text, key);
  }
  return (labels) => {
    const key = keys.get(canonicalLabels(labels));
    if (key !== undefined) return key;
    throw new AnchorwatchError("internal", "labels were asked for whose number was never looked up");
  };
}

function table(texts: readonly string[]) {
  return given(texts, {
    digest: ["bytea", (text) => hash("sha256", text, "buffer")],
    labels: ["text", (text) => text],
  });
}

async function find(db: Sql, texts: readonly string[]): Promise<Map<string, LabelSetKey>> {
  const { rows } = await sql<{ key: LabelSetKey; text: string }>`
    SELECT l.key, given.labels AS text
    FROM ${table(texts)} JOIN anchorwatch.label_sets l ON l.digest = given.digest`.execute(db);
  return new Map(rows.map(({ key, text }) => [text, key]));
}

/** @param row as the database has them */
export function labelsOf(row: Labels): Labels {
  return Object.fromEntries(Object.entries(row).map(([key, value]) => [key, stored(value)]));
}
