import { expect } from "vitest";
import type { LabelSetKey } from "../../domain/labels.ts";
import type { WatchRecords } from "../../watch/records.ts";
import { at } from "../records.fixture.ts";
import { execute } from "../testServer.fixture.ts";

const ROWS = 2_000;
const ADA = "arn:aws:iam::1:user/äda";
const CI = "arn:aws:iam::1:role/ci";
/** JSON can say it, and text of PostgreSQL cannot. */
const UNTEXTABLE = String.raw`"\u0000"`;

/** As JSON in SQL: who, when, and which person that was. */
function attribution(principal: string, seconds: number, person?: string): string {
  const who = person === undefined ? `{"kind": "unmapped"}` : `{"kind": "mapped", "name": "${person}"}`;
  return `{"time": "${at(seconds).toISOString()}", "actor": {"principal": ${principal}}, "person": ${who}}`;
}

/** One in four drifts each: nobody; one; two, of whom one was somebody else by then; and one that no text can name. */
const ATTRIBUTIONS = [
  "",
  attribution(`"${ADA}"`, 0, "Ada"),
  [attribution(`"${ADA}"`, 0, "Ada"), attribution(`"${CI}"`, 1), attribution(`"${ADA}"`, 2)].join(),
  attribution(UNTEXTABLE, 3),
];

/** A database of before, full, and what must be true of it afterwards. */
export const ACCESS = {
  async fill(url: string): Promise<void> {
    for (const statement of FILLING) await execute(url, statement);
  },
  async check(records: WatchRecords): Promise<void> {
    await checkLabels(records);
    await checkActors(records);
    await checkEvents(records);
  },
};

const MOMENT = `'${at(0).toISOString()}'`;
const FILLING = [
  `INSERT INTO anchorwatch.stacks (id, name, engine, origin, declared_by, sweep_every_ms, added_at, health)
  SELECT 's' || n, 'stack ' || n, 'terraform', '{"kind": "folder", "path": "/"}', 'config', 1, ${MOMENT}, 'ok'
  FROM generate_series(1, ${ROWS}) n`,
  `INSERT INTO anchorwatch.checks (id, stack, trigger, started_at, finished_at, outcome)
  SELECT 'c' || key, key, 'schedule', ${MOMENT}, ${MOMENT}, 'complete' FROM anchorwatch.stacks`,
  `INSERT INTO anchorwatch.drifts (id, stack, resource, resource_digest, address, type, status, verdict, digest,
    opened_at, updated_at, times, entry_id, found, attributions, state, marks, seen_at)
  SELECT 'd' || n, s.key, 'r', decode('00', 'hex'), 'a.b', 'a', CASE WHEN n % 8 < 4 THEN 'open' ELSE 'closed' END,
    'changed', 'd', ${MOMENT}, ${MOMENT}, 1, 'e', '{}',
    ('[' || (ARRAY['${ATTRIBUTIONS.join("','")}'])[1 + n % 4] || ']')::json,
    '{"lineage": "l", "serial": 1, "digest": "d"}', '[]', ${MOMENT}
  FROM generate_series(1, ${ROWS}) n JOIN anchorwatch.stacks s ON s.id = 's' || n`,
  // Every other one touched something; and one in four is of nobody that text could name.
  `INSERT INTO anchorwatch.events (digest, time, received_at, is_candidate, event)
  SELECT substring(sha256(convert_to('e' || n, 'UTF8')) FOR 16), ${MOMENT}, ${MOMENT}, n % 2 = 0,
    ('{"id": "e' || n || '", "name": "N' || n % 5 || '", "service": "s' || n % 2 || '", "identifiers": [], "actor": {"principal": '
      || CASE n % 4 WHEN 3 THEN '${UNTEXTABLE}' ELSE '"${ADA}"' END || '}}')::json
  FROM generate_series(1, ${ROWS}) n`,
  `INSERT INTO anchorwatch.touches (event_digest, stack, address_digest, address, time, received_at)
  SELECT e.digest, s.key, decode('00', 'hex'), 'a.b', e.time, e.received_at
  FROM anchorwatch.events e, anchorwatch.stacks s WHERE NOT e.is_candidate AND s.id = 's1'`,
];

const ALL = { limit: 2 * ROWS, visible: [1 as LabelSetKey] };

/** No stack has labels, nor has what belongs to it: only who may see that sees any. */
async function checkLabels({ stacks, drifts, checks }: WatchRecords): Promise<void> {
  for (const { list } of [stacks, drifts, checks]) {
    expect(await list({ limit: 2 * ROWS })).toHaveLength(ROWS);
    expect(await list(ALL)).toHaveLength(ROWS);
    expect(await list({ limit: 1, visible: [2 as LabelSetKey] })).toEqual([]);
  }
}

/** A drift counts once for a principal, whoever that was at the time. */
async function checkActors({ actors, drifts }: WatchRecords): Promise<void> {
  expect(await actors.list(ALL)).toEqual([
    { principal: ADA, lastSeenAt: at(2), drifts: ROWS / 2, openDrifts: ROWS / 4 },
    { principal: CI, lastSeenAt: at(1), drifts: ROWS / 4, openDrifts: ROWS / 8 },
  ]);
  for (const [actor, share] of [
    [ADA, 2],
    ["Ada", 2],
    [CI, 4],
  ] as const) {
    expect(await drifts.list({ ...ALL, actor })).toHaveLength(ROWS / share);
  }
}

async function checkEvents({ events }: WatchRecords): Promise<void> {
  const number = async (filter: object) =>
    (await events.list({ limit: 2 * ROWS, candidates: "also", ...filter })).length;
  expect(await number({})).toBe(ROWS);
  expect(await number({ principal: ADA })).toBe((ROWS * 3) / 4);
  expect(await number({ eventName: "N1", service: "s0" })).toBe(ROWS / 10);
  expect(await number({ principal: ADA, ...ALL, candidates: "none" })).toBe(ROWS / 4);
}
