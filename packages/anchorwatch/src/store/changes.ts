/** What the triggers of the tables tell as it is committed, and what they mean by it. */

import type { DriftId, DriftStep } from "../watch/drift.ts";
import type { StackId } from "../watch/stack.ts";
import type { StoredChange } from "../watch/storedChange.ts";
import { checkWithKey } from "./checkRecords.ts";
import { detectorRecords } from "./detectorRecords.ts";
import { driftRecords } from "./driftRecords.ts";
import { eventWithDigest } from "./listEvents.ts";
import type { Sql } from "./sql.ts";
import { stackRecords } from "./stackRecords.ts";
import { stored } from "./text.ts";

/** The channel of these messages. */
export const CHANGES = "anchorwatch_changes";

/** What is told when the ledger has something to get. */
export const OUTBOX = "outbox";

/** The records that a message means, as they are now; none of what is gone since. @throws AnchorwatchError `database_*` */
export async function changesOf(db: Sql, message: string): Promise<readonly StoredChange[]> {
  const [, kind, key = ""] = /^([a-z]+) (.*)$/s.exec(message) ?? [];
  switch (kind) {
    case "drift":
      return await driftChange(db, key);
    case "check":
      return await checkChanges(db, key);
    case "stack":
      return await stackChange(db, stored(key) as StackId);
    case "detector": {
      const detector = await detectorRecords(db).byName(stored(key));
      return detector === undefined ? [] : [{ kind, detector }];
    }
    case "event": {
      const event = await eventWithDigest(db, key);
      return event === undefined ? [] : [{ kind, event }];
    }
    // Of a newer process, which told of what this one does not know.
    default:
      return [];
  }
}

async function driftChange(db: Sql, told: string): Promise<readonly StoredChange[]> {
  const [step = "", ...id] = told.split(" ");
  const drift = await driftRecords(db).byId(stored(id.join(" ")) as DriftId);
  return drift === undefined ? [] : [{ kind: "drift", step: step as DriftStep["kind"], drift }];
}

/** With what its stack is like now. */
async function checkChanges(db: Sql, key: string): Promise<readonly StoredChange[]> {
  const check = await checkWithKey(db, key);
  return check === undefined ? [] : [{ kind: "check", check }, ...(await stackChange(db, check.stackId))];
}

async function stackChange(db: Sql, id: StackId): Promise<readonly StoredChange[]> {
  const stack = await stackRecords(db).byId(id);
  return stack === undefined ? [] : [{ kind: "stack", stack }];
}
