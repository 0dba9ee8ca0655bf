/** What alerts keep, in PostgreSQL. */
import type { AlertRecords } from "../alerts/records.ts";
import { deliveryRecords } from "./alerts/deliveries.ts";
import { keptAlerts } from "./alerts/keptAlerts.ts";
import type { Database } from "./connect.ts";
import { outboxRecords } from "./outboxRecords.ts";
import type { Sql } from "./sql.ts";
import { inTransaction } from "./transaction.ts";

/** Every call may throw AnchorwatchError `database_…`; nothing is kept then, or of a transaction nothing. */
export function createAlertRecords(database: Pick<Database, "kysely">): AlertRecords {
  return recordsOn(database.kysely);
}

function recordsOn(db: Sql): AlertRecords {
  return {
    alerts: keptAlerts(db),
    deliveries: deliveryRecords(db),
    outbox: outboxRecords(db),
    transaction: (work) => inTransaction(db, (transaction) => work(recordsOn(transaction))),
  };
}
