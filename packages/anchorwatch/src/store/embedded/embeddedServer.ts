/**
 * PostgreSQL as a part of the program: made, started, adopted and stopped by it. Every process that uses the server holds a shared
 * lock in it, on a connection of its own; whoever gets that lock alone is the last, and stops it.
 */
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { AnchorwatchError, messageOf } from "../../domain/errors.ts";
import { type ServerAccount, serverAccount } from "./account.ts";
import { findEmbeddedBinaries, type PostgresBinaries } from "./binaries.ts";
import { type ClusterFolder, OWNER, prepareFolder } from "./folder.ts";
import { isServerOf, readPostmaster } from "./postmaster.ts";
import { choosePlace, type Place, type StartedServer, spawnServer, stopServer } from "./serverProcess.ts";

export interface EmbeddedServer {
  /** Where it listens, and as whom; the database is `postgres`. It stays the same when the server is started anew. */
  readonly address: {
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly password: string;
  };
  /** It was running already: another process uses it, or one of ours crashed. */
  readonly adopted: boolean;
  /** Stops the server unless another process uses it. May be called twice. */
  stop(): Promise<void>;
}

export interface EmbeddedServerOptions {
  /** Absolute. Made where it is missing. */
  readonly folder: string;
  /** Ours, as the system numbers it. */
  readonly userId: number | undefined;
  readonly binaries?: PostgresBinaries;
  /** Told when the server died and could not be started again; tried on and on. */
  readonly onProblem?: (problem: AnchorwatchError) => void;
}

/**
 * @throws AnchorwatchError `database_binaries_missing`, `database_account_missing`, `database_folder_closed`, `database_damaged`,
 *   `database_version_other`, `database_start_failed`
 */
export async function openEmbeddedServer(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  const binaries = options.binaries ?? findEmbeddedBinaries(process.platform, process.arch);
  const account = serverAccount(options.userId);
  const folder = await prepareFolder(options.folder, binaries, account, options.userId);
  const cluster: Cluster = { folder, binaries, account };
  const found = await enter(cluster, undefined);
  const server = new UsedServer(cluster, found, options.onProblem);
  return {
    address: { ...found.place, user: OWNER, password: folder.password },
    adopted: found.adopted,
    stop: () => server.stop(),
  };
}

interface Cluster {
  readonly folder: ClusterFolder;
  readonly binaries: PostgresBinaries;
  readonly account: ServerAccount | undefined;
}

interface Presence {
  /** Its connection holds the shared lock. */
  readonly client: pg.Client;
  readonly place: Place;
  readonly adopted: boolean;
}

/** Recovery after a crash can take its time; the server tells that it is alive. */
const PATIENCE_MS = 300_000;
const PAUSE_MS = 20;
/** After a start that failed for a reason that may pass. */
const RETRY_MS = 100;

/** Uses the server that runs, or starts one; of several processes that start one, PostgreSQL lets one live. */
async function enter(cluster: Cluster, kept: Place | undefined): Promise<Presence> {
  const outputs: StartedServer[] = [];
  try {
    return await adoptOrStart(cluster, kept, (own) => outputs.push(own));
  } finally {
    for (const own of outputs) await own.forgetOutput();
  }
}

async function adoptOrStart(
  cluster: Cluster,
  kept: Place | undefined,
  onStart: (own: StartedServer) => void,
): Promise<Presence> {
  const { folder, binaries, account } = cluster;
  const started = performance.now();
  let own: StartedServer | undefined;
  while (performance.now() - started < PATIENCE_MS) {
    const running = await readPostmaster(folder.data);
    if (running !== undefined) {
      const client = await announce(running, folder.password);
      if (client !== undefined) return { client, place: placeOf(running), adopted: own?.pid !== running.pid };
    }
    const isRunning = running !== undefined && (await isServerOf(running.pid, folder.data));
    if (own?.ended() === true && !isRunning) {
      await explainUnlessTransient(own, cluster);
      await own.forgetOutput();
      own = undefined;
      await delay(RETRY_MS);
    }
    if (!isRunning && own === undefined) {
      own = await spawnServer(folder, kept ?? (await choosePlace(folder)), binaries, account);
      onStart(own);
    }
    await delay(PAUSE_MS);
  }
  throw startFailed(cluster, `it was not ready after ${PATIENCE_MS / 1000} s`, (await own?.output()) ?? "");
}

function placeOf({ host, port }: Place): Place {
  return { host, port };
}

/** Children of a killed server hold its memory for some moments, and another process may have been faster. */
const TRANSIENT = /still in use|lock file .* already exists|Address already in use/;

async function explainUnlessTransient(own: StartedServer, cluster: Cluster): Promise<void> {
  const output = await own.output();
  if (!TRANSIENT.test(output)) throw startFailed(cluster, "it ended at once", output);
}

function startFailed({ folder }: Cluster, why: string, output: string): AnchorwatchError {
  return new AnchorwatchError(
    "database_start_failed",
    `The embedded PostgreSQL of ${folder.data} did not start: ${why}.${output === "" ? "" : ` It wrote:\n${output.trim()}`}`,
    { hint: `Its log is in ${folder.log}.`, location: { file: folder.data } },
  );
}

/** Any two numbers; the same in all versions of ours. */
const PRESENCE_LOCK = "1634234231, 1";

/** Undefined while it starts, stops, or is gone. */
async function announce({ host, port }: Place, password: string): Promise<pg.Client | undefined> {
  const client = new pg.Client({
    ...{ host, port, user: OWNER, password, database: "postgres", ssl: false },
    ...{ application_name: "anchorwatch presence", connectionTimeoutMillis: 5_000, keepAlive: true },
  });
  client.on("error", () => {}); // Told by "end", which whoever uses it listens to.
  try {
    await client.connect();
    await client.query(`SELECT pg_advisory_lock_shared(${PRESENCE_LOCK})`);
    return client;
  } catch (error) {
    await client.end().catch(() => {}); // It never was one.
    if (isAuthentication(error)) {
      throw new AnchorwatchError(
        "database_damaged",
        "The server of the embedded database does not take the password that is kept beside it.",
        { hint: "Stop whatever else uses this folder, or restore it from its backup.", cause: error },
      );
    }
    return undefined;
  }
}

function isAuthentication(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "28P01";
}

/** One process's use of the server, from start to stop. */
class UsedServer {
  readonly #cluster: Cluster;
  readonly #onProblem: (problem: AnchorwatchError) => void;
  #presence: Presence;
  #stopping: Promise<void> | undefined;
  #revival: Promise<void> | undefined;

  constructor(
    cluster: Cluster,
    presence: Presence,
    onProblem: ((problem: AnchorwatchError) => void) | undefined,
  ) {
    this.#cluster = cluster;
    this.#presence = presence;
    this.#onProblem = onProblem ?? (() => {});
    this.#watch(presence);
  }

  /** A server that died is started again, at the same place. */
  #watch({ client }: Presence): void {
    client.once("end", () => {
      if (this.#stopping === undefined) this.#revival = this.#revive();
    });
  }

  async #revive(): Promise<void> {
    while (this.#stopping === undefined) {
      try {
        this.#presence = await enter(this.#cluster, this.#presence.place);
        this.#watch(this.#presence);
        return;
      } catch (error) {
        this.#onProblem(
          error instanceof AnchorwatchError ? error : startFailed(this.#cluster, messageOf(error), ""),
        );
        await delay(1_000);
      }
    }
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#leave();
    return this.#stopping;
  }

  async #leave(): Promise<void> {
    await this.#revival;
    const { client } = this.#presence;
    const { folder, binaries, account } = this.#cluster;
    if (await isLast(client)) await stopServer(folder, binaries, account);
    await client.end().catch(() => {}); // The server may have ended it.
  }
}

/** Nobody else can be: two that leave at once both give up their share first, so one of them sees the other gone. */
async function isLast(client: pg.Client): Promise<boolean> {
  try {
    await client.query(`SELECT pg_advisory_unlock_shared(${PRESENCE_LOCK})`);
    const { rows } = await client.query<{ last: boolean }>(
      `SELECT pg_try_advisory_lock(${PRESENCE_LOCK}) AS last`,
    );
    return rows[0]?.last ?? false;
  } catch {
    return false; // The connection is lost, and with it the server, or it stops already.
  }
}
