/** Workers of one watch and their database are killed at random while events come; then it looks whether anything was lost. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type EmbeddedUrl,
  makeEmbeddedUrl,
} from "../../packages/anchorwatch/src/store/embeddedUrl.fixture.ts";
import { leftovers } from "../check/leftovers.ts";
import { Deliveries } from "./deliveries.ts";
import { TortureError } from "./error.ts";
import { makeCloud, type WatchedCloud } from "./watchedCloud.ts";
import { broken, evidenceOf, standingIn, unsettled } from "./watchJudge.ts";
import { type WatchPlace, WatchProcess } from "./watchProcess.ts";
import { type WatchRows, watchRows } from "./watchRows.ts";

export interface WatchTortureOptions {
  readonly folder: string;
  /** How long things are killed. */
  readonly milliseconds: number;
  /** 0 to below 1. */
  readonly random: () => number;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

export interface WatchTortureReport {
  readonly workersKilled: number;
  readonly databaseKills: number;
  /** Events that were acknowledged. */
  readonly events: number;
  /** Of these, the ones that were acknowledged while things were killed. */
  readonly eventsAtNight: number;
  /** So often an event was handed in again, since nobody had said that it was taken. */
  readonly redelivered: number;
  readonly steps: number;
  readonly entries: number;
  readonly deadJobs: number;
  readonly settledAfterMs: number;
}

const WORKERS = 3;
/** A lease of 15 s, and 30 s. */
const SETTLED_WITHIN_MS = 45_000;
/** A process waits for its database for half a minute, and is slow to start on a busy machine. */
const OPEN_WITHIN_MS = 60_000;

/** @throws TortureError `watch_wrong`, `program_failed` */
export async function tortureWatch(options: WatchTortureOptions): Promise<WatchTortureReport> {
  const { folder, random } = options;
  const [temporary, stacks] = [join(folder, "tmp"), join(folder, "stacks")];
  for (const path of [temporary, stacks]) mkdirSync(path);
  const cloud = await makeCloud(stacks, random);
  const environment = {
    PATH: "/usr/bin:/bin",
    HOME: join(folder, "home"),
    TMPDIR: temporary,
    ANCHORWATCH_CACHE_DIR: join(folder, "cache"),
  };
  const place: WatchPlace = {
    home: environment.HOME,
    work: join(folder, "work"),
    ledger: join(folder, "ledger"),
    stacks: cloud.folders.map((stack) => ({ ...stack, environment })),
    environment,
  };
  const database = await makeEmbeddedUrl();
  const torture = new WatchTorture(options, { place, cloud, database });
  let data: string;
  let report: WatchTortureReport;
  try {
    data = await watchRows(database.url).dataFolder();
    report = await torture.run();
  } finally {
    await torture.end();
    await database.stop();
  }
  expectNone("left behind", [...(await leftovers(folder, temporary)), ...standingIn(data)]);
  return report;
}

interface Stage {
  readonly place: WatchPlace;
  readonly cloud: WatchedCloud;
  readonly database: EmbeddedUrl;
}

class WatchTorture {
  readonly #options: WatchTortureOptions;
  readonly #stage: Stage;
  readonly #rows: WatchRows;
  readonly #workers: (WatchProcess | undefined)[] = [];
  readonly #warnings = new Map<string, number>();
  readonly #deliveries: Deliveries;
  readonly #failures: string[] = [];
  #workersKilled = 0;
  #databaseKills = 0;
  /** While things are killed. */
  #isNight = true;
  readonly #morning = Promise.withResolvers<void>();

  constructor(options: WatchTortureOptions, stage: Stage) {
    this.#options = options;
    this.#stage = stage;
    this.#rows = watchRows(stage.database.url);
    const { random, signal } = options;
    this.#deliveries = new Deliveries({ workers: () => this.#workers, random, signal });
  }

  async run(): Promise<WatchTortureReport> {
    await this.#startAll();
    await this.#settle("before anything was killed");
    const { acknowledged } = this.#deliveries;
    await this.#night();
    const eventsAtNight = acknowledged.size;
    await this.#startAnew();
    await this.#within(OPEN_WITHIN_MS, this.#deliveries.allTaken(), "events are not taken any more");
    const settledAfterMs = await this.#settle("after the last event was taken");
    await this.end();
    const evidence = await evidenceOf(this.#rows, this.#stage.place.ledger);
    expectNone("broken", broken(evidence, acknowledged));
    return {
      workersKilled: this.#workersKilled,
      databaseKills: this.#databaseKills,
      events: acknowledged.size,
      eventsAtNight,
      redelivered: this.#deliveries.redelivered,
      steps: evidence.steps.length,
      entries: evidence.entries.length,
      deadJobs: await this.#rows.dead(),
      settledAfterMs,
    };
  }

  /** Lets all workers end by themselves. May be called twice. */
  async end(): Promise<void> {
    this.#endNight();
    this.#deliveries.end();
    const workers = this.#workers.splice(0).filter((worker) => worker !== undefined);
    for (const worker of workers) worker.leave();
    const ended = Promise.all(workers.map((worker) => worker.ended));
    const isLate = await Promise.race([ended.then(() => false), sleep(OPEN_WITHIN_MS, true, { ref: false })]);
    if (!isLate) return;
    for (const worker of workers) worker.kill();
    await ended;
    throw new TortureError("watch_wrong", `a worker did not end within ${OPEN_WITHIN_MS / 1000} s`);
  }

  /** Things are killed while events come. Of these, some are still under way when it resolves. */
  async #night(): Promise<void> {
    const { milliseconds, signal, random } = this.#options;
    const lives = Array.from({ length: WORKERS }, (_, slot) => this.#live(slot));
    const killing = Promise.all([...lives, this.#killDatabases()]);
    killing.catch(() => {}); // Awaited below, unless something else broke before.
    const started = performance.now();
    for (let told = started; performance.now() - started < milliseconds; ) {
      signal.throwIfAborted();
      this.#expectNoFailure();
      if (this.#deliveries.hasRoom) this.#deliveries.begin(this.#stage.cloud.change());
      await sleep(20 + random() * 180);
      if (performance.now() - told < 30_000) continue;
      told = performance.now();
      this.#sayHowFar();
    }
    this.#endNight();
    await killing;
  }

  #endNight(): void {
    this.#isNight = false;
    this.#morning.resolve();
  }

  #sayHowFar(): void {
    const killed = `${this.#workersKilled} workers and ${this.#databaseKills} databases killed`;
    this.#options.say(`${killed}, ${this.#deliveries.acknowledged.size} events taken`);
  }

  /** Of one worker after another, each of which is killed. */
  async #live(slot: number): Promise<void> {
    const { random } = this.#options;
    while (this.#isNight) {
      const worker = this.#workers[slot] ?? this.#start(slot);
      // Some die while they start.
      const life =
        random() < 0.2 ? sleep(300 + random() * 1500) : worker.opened.then(() => this.#while(20_000));
      await Promise.race([life, this.#morning.promise, worker.ended]);
      worker.kill();
      const { signal } = await worker.ended;
      if (signal === "SIGKILL") this.#workersKilled += 1;
      this.#workers[slot] = undefined;
    }
  }

  /** Mostly short, and now and then long enough for much to be done before something dies again. */
  #while(atMostMs: number): Promise<void> {
    return sleep(500 + this.#options.random() ** 2 * atMostMs, undefined, { ref: false });
  }

  async #killDatabases(): Promise<void> {
    while (this.#isNight) {
      await Promise.race([this.#while(15_000), this.#morning.promise]);
      if (!this.#isNight) return;
      await this.#killDatabase();
    }
  }

  async #killDatabase(): Promise<void> {
    try {
      await this.#stage.database.kill();
      this.#databaseKills += 1;
    } catch (error) {
      // The one before is dead, and the next has not begun.
      if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
    }
  }

  #start(slot: number): WatchProcess {
    const { place, database } = this.#stage;
    const worker = new WatchProcess(place, database.url, this.#warnings);
    this.#workers[slot] = worker;
    void worker.ended.then(({ status, signal, code, stderr }) => {
      // Without a database none can start.
      if (signal === "SIGKILL" || status === 0 || code?.startsWith("database_") === true) return;
      this.#failures.push(`a worker ended by itself with ${status ?? signal}: ${code ?? ""} ${stderr}`);
    });
    return worker;
  }

  async #startAll(): Promise<void> {
    const workers = Array.from({ length: WORKERS }, (_, slot) => this.#start(slot));
    const opened = Promise.all(workers.map((worker) => worker.opened));
    await this.#within(OPEN_WITHIN_MS, opened, "a worker does not start");
    this.#expectNoFailure();
    if (!workers.every((worker) => worker.isOpen))
      throw new TortureError("watch_wrong", "a worker cannot start, though the database runs");
  }

  /** All was killed, and nothing will be from now on. */
  async #startAnew(): Promise<void> {
    await this.#killDatabase();
    const back = performance.now();
    for (;;) {
      try {
        await this.#rows.toDo();
        break;
      } catch (error) {
        if (performance.now() - back > OPEN_WITHIN_MS) throw error;
        await sleep(100);
      }
    }
    await this.#startAll();
  }

  async #settle(when: string): Promise<number> {
    const started = performance.now();
    for (;;) {
      this.#options.signal.throwIfAborted();
      this.#expectNoFailure();
      const faults = await unsettled(this.#rows, this.#stage.cloud.resources);
      const waited = performance.now() - started;
      if (faults.length === 0) return Math.round(waited);
      if (waited > SETTLED_WITHIN_MS)
        expectNone(`not settled ${SETTLED_WITHIN_MS / 1000} s ${when}`, [...faults, ...this.#heard()]);
      await sleep(200);
    }
  }

  async #within<Result>(milliseconds: number, work: Promise<Result>, otherwise: string): Promise<Result> {
    const late = new AbortController();
    const tooLate = sleep(milliseconds, undefined, { signal: late.signal }).then(() =>
      Promise.reject(new TortureError("watch_wrong", `${otherwise}: ${this.#heard().join("; ")}`)),
    );
    try {
      return await Promise.race([work, tooLate]);
    } finally {
      late.abort();
    }
  }

  #heard(): readonly string[] {
    return [...this.#warnings].map(([code, count]) => `warned ${count} times: ${code}`);
  }

  #expectNoFailure(): void {
    expectNone("failed", this.#failures);
  }
}

function expectNone(what: string, faults: readonly string[]): void {
  if (faults.length === 0) return;
  const shown = faults.slice(0, 20).map((fault) => `\n  ${fault}`);
  throw new TortureError("watch_wrong", `${faults.length} ${what}:${shown.join("")}`);
}
