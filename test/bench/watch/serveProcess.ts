/** `anchorwatch serve` as users have it, in a process of its own that is measured from outside. */
import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import {
  type EmbeddedUrl,
  makeEmbeddedUrl,
} from "../../../packages/anchorwatch/src/store/embeddedUrl.fixture.ts";
import type { Environment } from "../../support/executable.ts";
import {
  type FirstAdministrator,
  makeFirstAdministrator,
  setupLinkIn,
} from "../../support/firstAdministrator.ts";
import { endGuarded, spawnGuarded } from "../../support/guarded.ts";
import { secretText, signedPost } from "../../support/signedPost.ts";
import { BenchError } from "../error.ts";
import type { CloudWorkplace } from "../workplace.ts";
import { makeReachable } from "./benchWatch.ts";
import { until } from "./steps.ts";

export interface ServeProcess {
  /** Of the server's own process: neither providers nor database are in it. */
  readonly pid: number;
  readonly administrator: FirstAdministrator;
  readonly databaseUrl: string;
  /** Resolves when every stack was checked completely, and since then. */
  checked(stacks: number, since: Date): Promise<void>;
  /** All items of a list of the API. */
  list<Item>(name: "stacks" | "events"): Promise<readonly Item[]>;
  /** Asks for a check of the stack with that id. */
  check(id: string): Promise<void>;
  /** Hands in events as an http source does. Resolves when they were taken. */
  post(body: string): Promise<void>;
  stop(): Promise<void>;
}

export interface ServedStack {
  readonly id: string;
  readonly lastCompleteAt?: string;
  readonly error?: { readonly message: string };
}

const SOURCE = "bench";
const STOP_MS = 40_000;

/**
 * @param stacks the folder that holds them
 * @param fill puts into the database what is there before the server starts
 */
export async function startServe(
  place: CloudWorkplace,
  name: string,
  stacks: string,
  env: Environment,
  fill: (databaseUrl: string) => Promise<void> = async () => {},
): Promise<ServeProcess> {
  const base = join(place.folder, name);
  mkdirSync(base, { recursive: true });
  makeReachable(place);
  const secret = randomBytes(32);
  const file = configuration(base, stacks, secret);
  const database = await filledDatabase(fill);
  const args = [place.installed.main, "serve", "--server", file, "--port", "0", "--log-level", "warn"];
  // It says its process id first: the child is the guard's shell.
  const child = spawnGuarded("/bin/sh", ["-c", 'echo "pid $$"; exec "$@"', "sh", process.execPath, ...args], {
    cwd: base,
    env: { ...env, DATABASE_URL: database.url, ANCHORWATCH_CACHE_DIR: join(base, "cache") },
    stdout: "pipe",
  });
  const output = { text: "" };
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (part: string) => {
      output.text = (output.text + part).slice(-10_000);
    });
  }
  const isOver = () => child.exitCode !== null || child.signalCode !== null;
  const stop = async (pid: number | undefined) => {
    if (pid !== undefined && !isOver()) process.kill(pid, "SIGTERM");
    await until(async () => isOver(), 20, STOP_MS).catch(() => undefined);
    await endGuarded(child);
    await database.stop();
  };
  let pid: number | undefined;
  try {
    const found = await firstWords(output, isOver, place.signal);
    pid = found.pid;
    const administrator = await makeFirstAdministrator(output.text);
    const prefix = `${basename(stacks)}/`;
    const { url: databaseUrl } = database;
    const known = { ...found, administrator, databaseUrl, secret, prefix };
    return served(place, { ...known, stop: () => stop(pid) });
  } catch (error) {
    await stop(pid);
    throw error;
  }
}

async function filledDatabase(fill: (databaseUrl: string) => Promise<void>): Promise<EmbeddedUrl> {
  const database = await makeEmbeddedUrl();
  try {
    await fill(database.url);
    return database;
  } catch (error) {
    await database.stop();
    throw error;
  }
}

function configuration(base: string, stacks: string, secret: Uint8Array): string {
  writeFileSync(join(base, "events.secret"), secretText(secret), { mode: 0o600 });
  const file = join(base, "anchorwatch.server.yaml");
  const text = `version: 1
ledger: { place: ledger }
watch: { folder: work, sweepEvery: 1h, stacks: [{ folder: ${JSON.stringify(stacks)} }] }
events: [{ name: ${SOURCE}, http: { secretFile: events.secret } }]
`;
  writeFileSync(file, text);
  return file;
}

async function firstWords(
  output: { readonly text: string },
  isOver: () => boolean,
  signal: AbortSignal,
): Promise<{ readonly pid: number }> {
  let found: { readonly pid: number } | undefined;
  await until(async () => {
    signal.throwIfAborted();
    if (isOver()) throw new BenchError("command_failed", `anchorwatch serve ended: ${output.text}`);
    const [, pid] = /^pid ([0-9]+)$/m.exec(output.text) ?? [];
    const link = setupLinkIn(output.text);
    if (pid !== undefined && link !== undefined) found = { pid: Number(pid) };
    return found !== undefined;
  }, 20);
  return found as { readonly pid: number };
}

interface Address {
  readonly pid: number;
  readonly databaseUrl: string;
  readonly secret: Uint8Array;
  /** Of the names of the stacks that are watched: others may be in the database for their number's sake. */
  readonly prefix: string;
  readonly stop: () => Promise<void>;
}

function served(
  { signal }: CloudWorkplace,
  {
    pid,
    administrator,
    databaseUrl,
    secret,
    prefix,
    stop,
  }: Address & { readonly administrator: FirstAdministrator },
): ServeProcess {
  const { address, headers } = administrator;
  const queries = { stacks: `stacks?prefix=${encodeURIComponent(prefix)}&`, events: "events?" } as const;
  const list = <Item>(name: keyof typeof queries) =>
    allOf<Item>(`${address}/api/v1/${queries[name]}`, name, headers);
  return {
    pid,
    administrator,
    databaseUrl,
    stop,
    list,
    async checked(stacks, since) {
      await until(async () => {
        signal.throwIfAborted();
        const all = await list<ServedStack>("stacks");
        const [failed] = all.flatMap(({ error }) => error ?? []);
        if (failed !== undefined) throw new BenchError("reports_differ", failed.message);
        const done = all.filter((one) => new Date(one.lastCompleteAt ?? 0) >= since);
        return done.length >= stacks;
      }, 200);
    },
    async check(id) {
      const url = `${address}/api/v1/stacks/${id}/check`;
      await expectOk(await fetch(url, { method: "POST", headers: { ...JSON_TYPE, ...headers }, body: "{}" }));
    },
    async post(body) {
      await expectOk(await signedPost(`${address}/api/v1/events/${SOURCE}`, secret, body));
    },
  };
}

const JSON_TYPE = { "content-type": "application/json" };

async function allOf<Item>(
  url: string,
  name: string,
  headers: FirstAdministrator["headers"],
): Promise<readonly Item[]> {
  const items: Item[] = [];
  let cursor = "";
  do {
    const answer = await fetch(`${url}limit=500${cursor && `&cursor=${encodeURIComponent(cursor)}`}`, {
      headers: { ...headers },
    });
    await expectOk(answer);
    const page = (await answer.json()) as Readonly<Record<string, readonly Item[] & string>>;
    items.push(...(page[name] ?? []));
    cursor = page["next"] ?? "";
  } while (cursor !== "");
  return items;
}

async function expectOk(answer: Response): Promise<void> {
  if (!answer.ok) throw new BenchError("reports_differ", `${answer.url}: ${await answer.text()}`);
}
