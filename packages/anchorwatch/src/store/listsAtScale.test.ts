/** Lists by severity over 100,000 drifts: found in an index, whoever asks. */
import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { LabelSetKey } from "../domain/labels.ts";
import { listDrifts } from "./listDrifts.ts";
import { openTestDatabase, quickTestServer } from "./postgres.fixture.ts";
import { execute } from "./testServer.fixture.ts";

const DRIFTS = 100_000;
const SETS = 50;

/** Of 50 teams, of every severity, changed at any time. */
const FILL = [
  `INSERT INTO anchorwatch.label_sets (digest, labels)
    SELECT sha256(n::text::bytea), jsonb_build_object('team', n::text) FROM generate_series(2, ${SETS}) n`,
  `INSERT INTO anchorwatch.stacks (id, name, engine, origin, declared_by, sweep_every_ms, added_at, health, label_set)
    SELECT 's' || key, 's' || key, 'terraform', '{}', 'config', 1, now(), 'ok', key FROM anchorwatch.label_sets`,
  `INSERT INTO anchorwatch.drifts (id, stack, label_set, resource, resource_digest, address, type, status, verdict, digest, opened_at,
      updated_at, times, entry_id, found, attributions, state, marks, seen_at, class, severity, weight)
    SELECT 'd' || n, s.key, s.label_set, 'r' || n, n::text::bytea, 'a.r' || n, 'aws_vpc',
      CASE WHEN n % 3 = 0 THEN 'closed' ELSE 'open' END, 'changed', 'sha256:00', at, at, 1, 'e', '{}', '[]', '{}', '[]', at,
      CASE WHEN n % 2 = 0 THEN 'security' ELSE 'operational' END,
      (ARRAY['info', 'low', 'medium', 'high', 'critical'])[1 + n / 50 % 5],
      (2 + n / 50 % 5) * 1000000000000000 + (extract(epoch FROM at) * 1000)::bigint
    FROM (SELECT n, timestamptz '2026-01-01' + (n * 7919 % ${DRIFTS}) * interval '1 minute' AS at
      FROM generate_series(1, ${DRIFTS}) n) AS many
    JOIN anchorwatch.stacks s ON s.id = 's' || (1 + n % ${SETS})`,
  "ANALYZE",
];

interface Plan {
  readonly "Node Type": string;
  readonly "Actual Rows": number;
  readonly "Actual Loops": number;
  readonly "Rows Removed by Filter"?: number;
  readonly "Relation Name"?: string;
  readonly Plans?: readonly Plan[];
}

let pool: pg.Pool;
beforeAll(async () => {
  const url = await (await quickTestServer()).createDatabase();
  await (await openTestDatabase(url)).close();
  // Nobody is to be told of them.
  await execute(url, ["SET session_replication_role = replica", ...FILL].join(";\n"));
  pool = new pg.Pool({ connectionString: url, max: 1 });
}, 120_000);
afterAll(() => pool.end());

/** How the statement is carried out that the list makes. */
async function planOf(filter: Parameters<typeof listDrifts>[1]): Promise<Plan> {
  const asked: { sql: string; parameters: readonly unknown[] }[] = [];
  const db = new Kysely<unknown>({
    dialect: new PostgresDialect({ pool }),
    log: ({ query: { sql, parameters } }) => void asked.push({ sql, parameters }),
  });
  expect(await listDrifts(db, filter)).toHaveLength(filter.limit);
  const { sql, parameters } = asked.at(-1) ?? expect.unreachable();
  const { rows } = await pool.query(`EXPLAIN (ANALYZE, FORMAT JSON) ${sql}`, [...parameters]);
  return rows[0]["QUERY PLAN"][0].Plan;
}

function nodesOf(plan: Plan): readonly Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}

const some = (count: number) => Array.from({ length: count }, (_, n) => (n + 1) as LabelSetKey);
const page = { limit: 50, sort: "severity" } as const;
const deep = { after: { value: `${4_000_000_000_000_000n + 1_770_000_000_000n}`, id: "d5" } };

it.each([
  ["everything", page],
  ["what is open", { ...page, status: "open" }],
  ["what is open, of everybody who sees all teams", { ...page, status: "open", visible: some(SETS) }],
  ["what is open, of one team", { ...page, status: "open", visible: some(1) }],
  ["a page far behind", { ...page, ...deep }],
  ["the least first", { ...page, order: "asc" }],
  ["what is critical, the newest first", { limit: 50, severity: "critical" }],
  [
    "what is critical and open, of a few teams",
    { limit: 50, severity: "critical", status: "open", visible: some(3) },
  ],
  ["security, by severity", { ...page, class: "security", status: "open" }],
] as const)("%s is found without going through the table", async (_, filter) => {
  const nodes = nodesOf(await planOf(filter)).filter((node) => node["Relation Name"] === "drifts");
  expect(nodes.length).toBeGreaterThan(0);
  expect(nodes.map((node) => node["Node Type"])).not.toContain("Seq Scan");
  const touched = nodes.map(
    (node) => (node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0)) * node["Actual Loops"],
  );
  // Of each team a page at most, besides the page itself.
  expect(Math.max(...touched)).toBeLessThanOrEqual(51 * SETS);
});
