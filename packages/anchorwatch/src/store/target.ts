/** What `DATABASE_URL` names. */
import { accessSync, constants } from "node:fs";
import pg from "pg";
import { AnchorwatchError, messageOf } from "../domain/errors.ts";
import type { Target } from "./pool.ts";

/** Everything that a connection has apart from the pool's own. */
export const COMMON: pg.ClientConfig = {
  application_name: "anchorwatch",
  connectionTimeoutMillis: 10_000,
  keepAlive: true,
  keepAliveInitialDelayMillis: 10_000,
};

/** @throws AnchorwatchError `database_url_invalid`, which does not repeat the address: it may hold a password */
export function targetOf(url: string): Target {
  checkFiles(url);
  const config = { ...COMMON, connectionString: verified(url) };
  try {
    if (!/^(postgres|postgresql|socket):/.test(url))
      throw new TypeError("it does not begin with postgresql:");
    const { host, port, database } = new pg.Client(config);
    return { config, name: `${host}:${port}/${database}` };
  } catch {
    // The cause quotes the address.
    throw new AnchorwatchError(
      "database_url_invalid",
      "DATABASE_URL is no address of a PostgreSQL database.",
      {
        hint: "Write postgresql://user:password@host:5432/database, with special characters of the password percent-encoded.",
      },
    );
  }
}

/**
 * Whoever wants TLS gets a server whose certificate was verified: a connection that anybody in between can read or answer would only look
 * safe. `no-verify`, and `uselibpqcompat=true`, which makes the modes mean what they do elsewhere, are choices that are left to people.
 */
function verified(url: string): string {
  if (/[?&]uselibpqcompat=true(?:&|$)/.test(url)) return url;
  return url.replace(/([?&]sslmode=)(?:prefer|require|verify-ca)(?=&|$)/, "$1verify-full");
}

/** The driver would only say that the address is wrong. */
function checkFiles(url: string): void {
  const parameters = new URLSearchParams(url.split("?", 2)[1] ?? "");
  for (const name of ["sslrootcert", "sslcert", "sslkey"]) {
    const file = parameters.get(name);
    if (file === null) continue;
    try {
      accessSync(file, constants.R_OK);
    } catch (cause) {
      throw new AnchorwatchError(
        "database_url_invalid",
        `The file that DATABASE_URL names as ${name} cannot be read: ${messageOf(cause)}`,
        { hint: "Correct the path, or give this user the right to read it.", location: { file }, cause },
      );
    }
  }
}
