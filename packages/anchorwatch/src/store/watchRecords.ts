/** What the watch keeps, in PostgreSQL. */
import type { WatchRecords } from "../watch/records.ts";
import { actorRecords } from "./actorRecords.ts";
import { checkRecords } from "./checkRecords.ts";
import { claimRecords } from "./claimRecords.ts";
import type { Database } from "./connect.ts";
import { detectorRecords } from "./detectorRecords.ts";
import { driftRecords } from "./driftRecords.ts";
import { eventRecords } from "./eventRecords.ts";
import { exceptionRecords } from "./exceptionRecords.ts";
import { freezeRecords } from "./freezeRecords.ts";
import { identifierRecords } from "./identifierRecords.ts";
import { lookRecords } from "./lookRecords.ts";
import { outboxRecords } from "./outboxRecords.ts";
import { playbookRecords } from "./playbookRecords.ts";
import { resourceRecords } from "./resourceRecords.ts";
import type { Sql } from "./sql.ts";
import { stackRecords } from "./stackRecords.ts";
import { trailRecords } from "./trailRecords.ts";
import { inTransaction } from "./transaction.ts";
import { unmanagedRecords } from "./unmanagedRecords.ts";

/** Every call may throw AnchorwatchError `database_…`; nothing is kept then, or of a transaction nothing. */
export function createWatchRecords(database: Pick<Database, "kysely">): WatchRecords {
  return recordsOn(database.kysely);
}

/** On what the statements of records run. For `jobs`: a job that is sent inside a transaction is a part of it. */
export function connectionOf(records: WatchRecords): Sql | undefined {
  return CONNECTIONS.get(records);
}

const CONNECTIONS = new WeakMap<WatchRecords, Sql>();

function recordsOn(db: Sql): WatchRecords {
  const records: WatchRecords = {
    stacks: stackRecords(db),
    checks: checkRecords(db),
    drifts: driftRecords(db),
    exceptions: exceptionRecords(db),
    freezes: freezeRecords(db),
    playbooks: playbookRecords(db),
    claims: claimRecords(db),
    events: eventRecords(db),
    actors: actorRecords(db),
    identifiers: identifierRecords(db),
    resources: resourceRecords(db),
    looks: lookRecords(db),
    outbox: outboxRecords(db),
    detectors: detectorRecords(db),
    trails: trailRecords(db),
    unmanaged: unmanagedRecords(db),
    transaction: (work) => inTransaction(db, (transaction) => work(recordsOn(transaction))),
  };
  CONNECTIONS.set(records, db);
  return records;
}
