/** As whom PostgreSQL runs: it refuses to run as root, so that nobody who breaks into it is root. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, parse } from "node:path";
import { promisify } from "node:util";
import { AnchorwatchError } from "../../domain/errors.ts";

export interface ServerAccount {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/**
 * Another account than ours, or undefined where the server runs as we do.
 * @param userId ours; undefined where the system has none
 * @throws AnchorwatchError `database_account_missing`
 */
export function serverAccount(userId: number | undefined): ServerAccount | undefined {
  if (userId !== 0) return undefined;
  const accounts = readFileSync("/etc/passwd", "utf8").split("\n").map(accountOf);
  for (const name of ["postgres", "nobody"]) {
    const account = accounts.find((found) => found?.name === name);
    if (account !== undefined) return account;
  }
  throw new AnchorwatchError(
    "database_account_missing",
    "PostgreSQL refuses to run as root, and /etc/passwd has no account postgres or nobody to run it as.",
    { hint: "Start Anchorwatch as an ordinary user, make an account postgres, or set DATABASE_URL." },
  );
}

function accountOf(line: string): ServerAccount | undefined {
  const [name, , uid, gid] = line.split(":");
  if (name === undefined || uid === undefined || gid === undefined) return undefined;
  return { name, uid: Number(uid), gid: Number(gid) };
}

/** For `spawn` and `execFile`. */
export function runAs(account: ServerAccount | undefined): { uid?: number; gid?: number } {
  return account === undefined ? {} : { uid: account.uid, gid: account.gid };
}

/**
 * Sees whether the account can get to a file or folder, by trying it: mode bits alone do not tell.
 * @throws AnchorwatchError `database_folder_closed`, naming the outermost folder that is closed
 */
export async function ensureReachable(path: string, account: ServerAccount | undefined): Promise<void> {
  if (account === undefined) return;
  for (const step of [...parentsOf(path), path]) {
    if (await canEnter(step, account)) continue;
    throw new AnchorwatchError(
      "database_folder_closed",
      `The account ${account.name}, which runs the embedded PostgreSQL, may not enter ${step} on the way to ${path}.`,
      {
        hint: "Choose a folder that other accounts can reach, such as /var/lib/anchorwatch, start Anchorwatch as an ordinary user, or set DATABASE_URL.",
        location: { file: step },
      },
    );
  }
}

/** The outermost first. */
function parentsOf(path: string): string[] {
  const { root } = parse(path);
  const parents: string[] = [];
  for (let at = dirname(path); at !== root; at = dirname(at)) parents.unshift(at);
  return parents;
}

async function canEnter(path: string, account: ServerAccount): Promise<boolean> {
  try {
    await promisify(execFile)("/bin/sh", ["-c", 'test -x "$1"', "sh", path], {
      ...runAs(account),
      cwd: "/",
      env: {},
    });
    return true;
  } catch (error) {
    // Status 1 is the answer "no"; everything else is a problem of its own.
    if (error instanceof Error && "code" in error && error.code === 1) return false;
    throw error;
  }
}
