import { gunzipSync, gzipSync } from "node:zlib";
import { sql } from "kysely";
import type { DriftId, DriftVerdict } from "../watch/drift.ts";
import type { KnownResource, ListedResource, ResourceRecords } from "../watch/records.ts";
import type { StackId } from "../watch/stack.ts";
import type { Sql } from "./sql.ts";
import { lockStack } from "./stackKey.ts";
import { storable, stored } from "./text.ts";

export function resourceRecords(db: Sql): ResourceRecords {
  return {
    async replace(stackId, resources) {
      const stack = await lockStack(db, stackId);
      const packed = gzipSync(JSON.stringify(resources));
      await sql`
        INSERT INTO anchorwatch.known_resources (stack, resources) VALUES (${stack}, ${packed}::bytea)
        ON CONFLICT (stack) DO UPDATE SET resources = excluded.resources`.execute(db);
    },
    list: (stackId) => known(db, stackId),
    listed: (filter) => listed(db, filter),
  };
}

async function known(db: Sql, stackId: StackId): Promise<readonly KnownResource[]> {
  const { rows } = await sql<{ resources: Buffer }>`
        SELECT r.resources FROM anchorwatch.known_resources r JOIN anchorwatch.stacks s ON s.key = r.stack
        WHERE s.id = ${storable(stackId)}`.execute(db);
  const [row] = rows;
  return row === undefined ? [] : (JSON.parse(gunzipSync(row.resources).toString()) as KnownResource[]);
}

type Filter = Parameters<ResourceRecords["listed"]>[0];

async function listed(db: Sql, filter: Filter): Promise<readonly ListedResource[]> {
  const { stackId, type, addressPrefix = "", limit, after } = filter;
  const wanted = (await known(db, stackId)).filter(
    (resource) =>
      resource.address.startsWith(addressPrefix) &&
      (type === undefined || resource.type === type) &&
      (after === undefined || resource.address > after.value),
  );
  const page = wanted.toSorted((a, b) => (a.address < b.address ? -1 : 1)).slice(0, limit);
  const drifts = await openDrifts(db, stackId, page);
  return page.map((resource) => {
    const drift = drifts.get(resource.address);
    return drift === undefined ? resource : { ...resource, drift };
  });
}

interface OpenDrift {
  readonly id: string;
  readonly verdict: DriftVerdict;
  readonly address: string;
}

/** The newest one of each address. */
async function openDrifts(
  db: Sql,
  stackId: StackId,
  resources: readonly KnownResource[],
): Promise<ReadonlyMap<string, NonNullable<ListedResource["drift"]>>> {
  const { rows } = await sql<OpenDrift>`
    SELECT d.id, d.verdict, d.address FROM anchorwatch.drifts d
    WHERE d.stack = (SELECT key FROM anchorwatch.stacks WHERE id = ${storable(stackId)}) AND d.status = 'open'
      AND d.address = ANY (${resources.map(({ address }) => storable(address))}::text[])
    ORDER BY d.updated_at, d.id`.execute(db);
  return new Map(
    rows.map(({ id, verdict, address }) => [stored(address), { id: stored(id) as DriftId, verdict }]),
  );
}
