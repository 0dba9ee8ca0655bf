/** What the database of a watch holds, read past the product. */
import type { JsonObject } from "../../packages/anchorwatch/src/domain/jsonValue.ts";
import { execute } from "../../packages/anchorwatch/src/store/testServer.fixture.ts";

export interface DriftRow {
  readonly id: string;
  readonly stack: string;
  readonly address: string;
  readonly status: "open" | "closed";
  readonly verdict: string;
  /** Ids of the events that are named as its causes, the likeliest first. */
  readonly causes: readonly string[];
  readonly found: JsonObject;
}

export interface StepRow {
  readonly drift: string;
  readonly stack: string;
  readonly address: string;
  readonly kind: string;
  readonly check: string;
}

export interface WatchRows {
  drifts(): Promise<readonly DriftRow[]>;
  /** Of all drifts, in the order in which they were taken. */
  steps(): Promise<readonly StepRow[]>;
  /** Once for each row. */
  eventIds(): Promise<readonly string[]>;
  checkIds(): Promise<readonly string[]>;
  /** Entries that are not in the ledger yet, or not known to be. */
  outbox(): Promise<readonly JsonObject[]>;
  /** Looks and jobs whose time has come, and jobs that are under way; a line for each. */
  toDo(): Promise<readonly string[]>;
  unhealthy(): Promise<readonly string[]>;
  /** Jobs that were given up. */
  dead(): Promise<number>;
  dataFolder(): Promise<string>;
}

export function watchRows(url: string): WatchRows {
  const select = async <Row>(statement: string) => (await execute(url, statement)) as readonly Row[];
  const texts = async (statement: string) =>
    (await select<{ readonly text: string }>(statement)).map(({ text }) => text);
  return {
    drifts: () =>
      select(`SELECT d.id, s.name AS stack, d.address, d.status, d.verdict, d.found,
          ARRAY(SELECT json_array_elements(d.attributions)->>'eventId') AS causes
        FROM anchorwatch.drifts d JOIN anchorwatch.stacks s ON s.key = d.stack`),
    steps: () =>
      select(`SELECT p.drift_id AS drift, s.name AS stack, d.address, p.kind, p.check_id AS check
        FROM anchorwatch.drift_steps p JOIN anchorwatch.drifts d ON d.id = p.drift_id
        JOIN anchorwatch.stacks s ON s.key = d.stack ORDER BY p.number`),
    eventIds: () => texts("SELECT event->>'id' AS text FROM anchorwatch.events"),
    checkIds: () => texts("SELECT id AS text FROM anchorwatch.checks"),
    outbox: async () =>
      (await select<{ readonly entry: JsonObject }>("SELECT entry FROM anchorwatch.outbox")).map(
        ({ entry }) => entry,
      ),
    toDo: () =>
      texts(`SELECT format('look at %s, due since %s', address, now() - due_at) AS text
        FROM anchorwatch.looks WHERE due_at <= now()
        UNION ALL
        SELECT format('job %s of %s, %s since %s, attempt %s', name, singleton_key, state,
          now() - coalesce(heartbeat_on, start_after), retry_count + 1)
        FROM anchorwatch_jobs.job
        WHERE name IN ('look', 'sweep', 'check') AND (state = 'active' OR state < 'active' AND start_after <= now())`),
    unhealthy: () =>
      texts(`SELECT format('stack %s is %s: %s', name, health, error) AS text
        FROM anchorwatch.stacks WHERE health <> 'ok'`),
    dead: async () =>
      (await texts("SELECT id::text AS text FROM anchorwatch_jobs.job WHERE state = 'failed'")).length,
    dataFolder: async () => (await texts("SELECT current_setting('data_directory') AS text"))[0] ?? "",
  };
}
