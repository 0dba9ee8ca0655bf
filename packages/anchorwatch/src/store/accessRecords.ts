/** What access keeps, in PostgreSQL. */
import type { AccessRecords } from "../auth/records.ts";
import { answerRecords } from "./access/answerRecords.ts";
import { assignmentRecords } from "./access/assignmentRecords.ts";
import { attemptRecords } from "./access/attemptRecords.ts";
import { ceremonyRecords } from "./access/ceremonyRecords.ts";
import { chatAccountRecords } from "./access/chatAccountRecords.ts";
import { labelRecords } from "./access/labelRecords.ts";
import { passkeyRecords } from "./access/passkeyRecords.ts";
import { passwordRecords } from "./access/passwordRecords.ts";
import { secretRecords } from "./access/secretRecords.ts";
import { sessionRecords } from "./access/sessionRecords.ts";
import { tokenRecords } from "./access/tokenRecords.ts";
import { userRecords } from "./access/userRecords.ts";
import type { Database } from "./connect.ts";
import { outboxRecords } from "./outboxRecords.ts";
import type { Sql } from "./sql.ts";
import { inTransaction } from "./transaction.ts";

/** Every call may throw AnchorwatchError `database_…`; nothing is kept then, or of a transaction nothing. */
export function createAccessRecords(database: Pick<Database, "kysely">): AccessRecords {
  return recordsOn(database.kysely);
}

function recordsOn(db: Sql): AccessRecords {
  return {
    users: userRecords(db),
    passwords: passwordRecords(db),
    passkeys: passkeyRecords(db),
    sessions: sessionRecords(db),
    tokens: tokenRecords(db),
    chatAccounts: chatAccountRecords(db),
    assignments: assignmentRecords(db),
    attempts: attemptRecords(db),
    ceremonies: ceremonyRecords(db),
    answers: answerRecords(db),
    secrets: secretRecords(db),
    labels: labelRecords(db),
    outbox: outboxRecords(db),
    transaction: (work) => inTransaction(db, (transaction) => work(recordsOn(transaction))),
  };
}
