import { gunzipSync, gzipSync } from "node:zlib";
import { sql } from "kysely";
import type { KnownResource, ResourceRecords } from "../watch/records.ts";
import type { Sql } from "./sql.ts";
import { lockStack } from "./stackKey.ts";
import { storable } from "./text.ts";

export function resourceRecords(db: Sql): ResourceRecords {
  return {
    async replace(stackId, resources) {
      const stack = await lockStack(db, stackId);
      const packed = gzipSync(JSON.stringify(resources));
      await sql`
        INSERT INTO anchorwatch.known_resources (stack, resources) VALUES (${stack}, ${packed}::bytea)
        ON CONFLICT (stack) DO UPDATE SET resources = excluded.resources`.execute(db);
    },
    async list(stackId) {
      const { rows } = await sql<{ resources: Buffer }>`
        SELECT r.resources FROM anchorwatch.known_resources r JOIN anchorwatch.stacks s ON s.key = r.stack
        WHERE s.id = ${storable(stackId)}`.execute(db);
      const [row] = rows;
      return row === undefined ? [] : (JSON.parse(gunzipSync(row.resources).toString()) as KnownResource[]);
    },
  };
}
