/** What PostgreSQL and its driver throw, in the product's words. No message of theirs that we pass on holds a password. */
import pg from "pg";
import type { ErrorCode } from "../domain/error-codes.ts";
import { AnchorwatchError, messageOf } from "../domain/errors.ts";

/** Five characters, https://www.postgresql.org/docs/current/errcodes-appendix.html; of an error of ours, that of its cause. */
function sqlStateOf(error: unknown): string | undefined {
  if (error instanceof pg.DatabaseError) return error.code;
  return error instanceof AnchorwatchError && error.cause !== undefined ? sqlStateOf(error.cause) : undefined;
}

/** @param target what was spoken to, for people: `localhost:5432/anchorwatch` */
export function databaseError(error: unknown, target: string): AnchorwatchError {
  if (error instanceof AnchorwatchError) return error;
  const state = sqlStateOf(error);
  const kind = state === undefined ? kindOnTheWay(error) : (kindOf(state) ?? FAILED);
  return new AnchorwatchError(kind.code, `${kind.says(target)}: ${messageOf(error)}`, {
    ...(kind.hint === undefined ? {} : { hint: kind.hint }),
    cause: error,
  });
}

interface Kind {
  readonly code: ErrorCode;
  readonly says: (target: string) => string;
  readonly hint?: string;
}

const UNREACHABLE: Kind = {
  code: "database_unreachable",
  says: (target) => `The database ${target} cannot be reached`,
  hint: "Work goes on when it is back. Check that PostgreSQL runs and that DATABASE_URL is right.",
};

const UNTRUSTED: Kind = {
  code: "database_untrusted",
  says: (target) => `The database ${target} cannot be trusted with a connection`,
  hint: "Name its certificate's authority with sslrootcert=FILE in DATABASE_URL, and the host as the certificate does. Only sslmode=disable goes without TLS.",
};

/** What Node says of certificates, and the driver of servers without any. */
const CERTIFICATE =
  /^(?:ERR_TLS_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|INVALID_PURPOSE|HOSTNAME_MISMATCH)/;
const NO_TLS = "The server does not support SSL connections";

/** Whatever the server did not say is about the way to it. */
function kindOnTheWay(error: unknown): Kind {
  if (!(error instanceof Error)) return UNREACHABLE;
  const code = "code" in error ? String(error.code) : "";
  return CERTIFICATE.test(code) || error.message === NO_TLS ? UNTRUSTED : UNREACHABLE;
}

const FAILED: Kind = {
  code: "database_failed",
  says: (target) => `The database ${target} refused a statement`,
};

const REFUSED: Kind = {
  code: "database_refused",
  says: (target) => `The database ${target} lets us not in, or not do it`,
  hint: "Check user, password, database and permissions.",
};

/** By state or class of states, the longest first. */
const KINDS: readonly (readonly [prefix: string, Kind])[] = [
  ["57P0", UNREACHABLE], // shut down, crashed, starting up, database dropped
  ["08", UNREACHABLE],
  ["28", REFUSED],
  ["3D000", REFUSED],
  ["42501", REFUSED],
  ["53300", { ...UNREACHABLE, says: (target) => `The database ${target} takes no more connections` }],
  ["53100", { code: "database_full", says: (target) => `The disk of the database ${target} is full` }],
  ["25006", { code: "database_read_only", says: (target) => `The database ${target} cannot be written` }],
];

function kindOf(state: string): Kind | undefined {
  return KINDS.find(([prefix]) => state.startsWith(prefix))?.[1];
}

/** Two transactions collided, and this one lost: done again, it may succeed. */
export function isCollision(error: unknown): boolean {
  const state = sqlStateOf(error);
  return state === "40001" || state === "40P01";
}

/** Another row has that value already. */
export function isDuplicate(error: unknown, index: string): boolean {
  if (error instanceof pg.DatabaseError) return error.code === "23505" && error.constraint === index;
  return error instanceof AnchorwatchError && isDuplicate(error.cause, index);
}
