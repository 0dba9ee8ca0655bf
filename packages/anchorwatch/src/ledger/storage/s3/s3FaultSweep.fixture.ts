/**
 * Appends to a log in the stand-in's bucket with the product's own writer while something goes wrong at one request, lets another
 * writer take over, and asserts that nothing acknowledged is lost, nothing signed is contradicted and nothing locked was touched.
 */
import assert from "node:assert/strict";
import type { S3Client } from "@aws-sdk/client-s3";
import { AnchorwatchError } from "../../../domain/errors.ts";
import { checkLog } from "../../writer/logCheck.fixture.ts";
import { idOf, testEntry, testLog, testSigner } from "../../writer/writer.fixture.ts";
import { arrivingBefore, lateRequest } from "./lateRequest.fixture.ts";
import { type Fault, type S3Server, s3Client, startS3Server } from "./s3Server.fixture.ts";
import type { Version } from "./s3Xml.fixture.ts";
import { storageOn } from "./storageOn.fixture.ts";

/** What happens to one request, and to all that come after it. */
export interface RequestSweep {
  /** Entries in the log before anything goes wrong: 0, or some that make the next ones complete a tile. */
  readonly base: number;
  readonly fault: Exclude<Fault, undefined>;
  /** `drop`: the writer is killed there, or its network is gone for good. */
  readonly afterwards: Fault;
  /** How often the client tries each request. */
  readonly attempts: number;
}

const ONCE: readonly Exclude<Fault, undefined>[] = ["drop", "lose_answer", "refuse", "race", "deny"];

export const REQUEST_SWEEPS: readonly RequestSweep[] = [0, 253].flatMap((base) => [
  ...ONCE.map((fault) => ({ base, fault, afterwards: undefined, attempts: 1 })),
  { base, fault: "drop" as const, afterwards: "drop" as const, attempts: 1 },
  { base, fault: "lose_answer" as const, afterwards: "drop" as const, attempts: 1 },
  { base, fault: "refuse" as const, afterwards: "refuse" as const, attempts: 1 },
  ...(["drop", "lose_answer", "refuse"] as const).map((fault) => ({
    base,
    fault,
    afterwards: undefined,
    attempts: 3,
  })),
]);

export function describeRequestSweep({ base, fault, afterwards, attempts }: RequestSweep): string {
  const then = afterwards === undefined ? "once" : `and ${afterwards} from then on`;
  return `${fault} ${then}, ${attempts === 1 ? "one attempt" : `${attempts} attempts`}, in a log of ${base} entries`;
}

/** Strikes at every `step`-th request from `first` on until the appends end before it. How many were struck. */
export async function sweepRequests(sweep: RequestSweep, first = 1, step = 1): Promise<number> {
  const trial = await Trial.prepare(sweep.base);
  try {
    for (let at = first, struck = 0; ; at += step, struck++) {
      const counter = trial.strikeAt(at, sweep.fault, sweep.afterwards);
      const history = newHistory();
      const outcome = await trial.append(history, sweep.attempts);
      trial.calm();
      if (counter.asked < at) return struck;
      await naming(`${describeRequestSweep(sweep)}: request ${at}`, async () => {
        expectOurs(outcome, DYING);
        // A client that tries again outlives a single fault.
        if (sweep.attempts > 1) assert.equal(outcome, undefined, String(outcome));
        await trial.takeOver(history);
      });
      trial.restore();
    }
  } finally {
    await trial.end();
  }
}

/** The writer is killed at a request, and so is the one that takes over, at each of its own. How many were killed. */
export async function sweepRecoveries(base: number, first = 1, step = 1): Promise<number> {
  const trial = await Trial.prepare(base);
  try {
    for (let at = first, struck = 0; ; at += step) {
      for (let then = 1 + (at % step); ; then += step, struck++) {
        const history = newHistory();
        const killed = trial.strikeAt(at, "lose_answer", "drop");
        await trial.append(history);
        if (killed.asked < at) return struck;
        const successor = trial.strikeAt(then, "lose_answer", "drop");
        const outcome = await trial.append(history);
        trial.calm();
        await naming(`log of ${base} entries, killed at request ${at}, then at ${then}`, async () => {
          expectOurs(outcome, DYING);
          await trial.takeOver(history);
        });
        trial.restore();
        if (successor.asked < then) break;
      }
    }
  } finally {
    await trial.end();
  }
}

/**
 * One request of a writer is on its way for so long that another writer takes over meanwhile; it arrives just before each of the
 * requests of that one. Both are asked for the same entries. How often that was done.
 */
export async function sweepTakeovers(base: number, first = 1, step = 1): Promise<number> {
  const trial = await Trial.prepare(base);
  try {
    for (let at = first, tried = 0; ; at += step) {
      for (let before = 1 + (at % step); ; before += step, tried++) {
        const history = newHistory();
        const late = lateRequest(trial.server, at);
        const older = trial.append(history, 1, late.client);
        if ((await Promise.race([late.sent, older.then(() => "ended")])) === "ended") {
          late.client.destroy();
          return tried;
        }
        const newer = arrivingBefore(trial.server, before, late.arrive);
        const outcome = await trial.append(history, 1, newer.client);
        await late.arrive();
        const outcomes = [outcome, await older];
        for (const { client } of [late, newer]) client.destroy();
        const what = `log of ${base} entries, request ${at} of the older writer arriving before request ${before} of the newer`;
        await naming(what, async () => {
          for (const each of outcomes) expectOurs(each, OVERTAKEN);
          await trial.takeOver(history);
        });
        trial.restore();
        if (newer.asked() < before) break;
      }
    }
  } finally {
    await trial.end();
  }
}

/** What a writer may say that meets a fault. */
const DYING: readonly string[] = ["ledger_writer_failed", "ledger_s3_failed", "ledger_bucket_refused"];
/** What a writer may say that meets another one. */
const OVERTAKEN: readonly string[] = ["ledger_writer_failed", "ledger_locked", "ledger_fenced"];

const ROUNDS: readonly (readonly string[])[] = [["a", "b"], ["c"], ["d"], ["e", "f"]];
const PREFIX = "logs/prod/";
const STAGING = `${PREFIX}.staging`;

interface History {
  /** Indexes by id, as they were answered. */
  readonly acknowledged: Map<string, number>;
  readonly signed: string[];
}

function newHistory(): History {
  return { acknowledged: new Map(), signed: [] };
}

/** A bucket that is put back to what it was after each try. */
class Trial {
  readonly server: S3Server;
  readonly #before: ReadonlyMap<string, readonly Version[]>;

  private constructor(server: S3Server) {
    this.server = server;
    this.#before = new Map(server.bucket.objects);
  }

  static async prepare(entries: number): Promise<Trial> {
    const server = await startS3Server();
    if (entries > 0) {
      const writer = await testLog(storageOn(server)).open();
      await Promise.all(Array.from({ length: entries }, (_, at) => writer.append(testEntry(`before-${at}`))));
      await writer.close();
    }
    return new Trial(server);
  }

  strikeAt(at: number, fault: Exclude<Fault, undefined>, afterwards: Fault): { asked: number } {
    const counter = { asked: 0 };
    this.server.fault = () => {
      counter.asked++;
      return counter.asked < at ? undefined : counter.asked === at ? fault : afterwards;
    };
    return counter;
  }

  calm(): void {
    this.server.fault = () => undefined;
  }

  restore(): void {
    const { objects } = this.server.bucket;
    objects.clear();
    for (const [key, versions] of this.#before) objects.set(key, [...versions]);
    this.server.asked.length = 0;
  }

  /** Appends all entries, a round after the other. Resolves to what ended that early, if anything did. */
  async append(history: History, attempts = 1, given?: S3Client): Promise<unknown> {
    const client = given ?? s3Client(this.server.endpoint, attempts);
    try {
      return await appendUntilItFails(this.server, client, history);
    } finally {
      if (given === undefined) client.destroy();
    }
  }

  /** Whoever comes next finds everything in order. */
  async takeOver(history: History): Promise<void> {
    const outcome = await this.append(history);
    expectOurs(outcome, []);
    this.#check(history);
  }

  #check({ acknowledged, signed }: History): void {
    const { objects } = this.server.bucket;
    const files = new Map<string, Uint8Array>();
    const published: string[] = [];
    for (const [key, versions] of objects) {
      if (key === STAGING) continue;
      const bytes = versions.map((version) => version.bytes ?? assert.fail(`${key} was deleted`));
      files.set(key.slice(PREFIX.length), bytes[0] ?? assert.fail(`${key} is nothing`));
      for (const { retention } of versions)
        assert.equal(retention?.mode, "COMPLIANCE", `${key} is not locked`);
      if (key === `${PREFIX}checkpoint`) published.push(...bytes.map(textOf));
      else assert.equal(versions.length, 1, `${key} was written ${versions.length} times`);
    }
    const { entries } = checkLog(files, [...signed, ...published]);
    const sizes = published.map((text) => Number(text.split("\n")[1]));
    assert.deepEqual(
      sizes,
      sizes.toSorted((one, other) => other - one),
      "the checkpoint has shrunk",
    );
    const found = entries.map(idOf);
    assert.equal(new Set(found).size, found.length, "an id is in the log twice");
    for (const [id, index] of acknowledged) assert.equal(found[index], id, `${id} is not at ${index}`);
    assert.equal(found.length, this.#entriesBefore() + ROUNDS.flat().length, "there are other entries");
    const content = [...files.keys()].filter((path) => path.startsWith("content/"));
    assert.equal(content.length, 1, "the content is not there");
  }

  #entriesBefore(): number {
    const [checkpoint] = this.#before.get(`${PREFIX}checkpoint`) ?? [];
    return checkpoint?.bytes === undefined ? 0 : Number(checkpoint.bytes.toString().split("\n")[1]);
  }

  end(): Promise<void> {
    return this.server.close();
  }
}

async function appendUntilItFails(
  server: S3Server,
  client: S3Client,
  { acknowledged, signed }: History,
): Promise<unknown> {
  const signer = await testSigner(1, (text) => signed.push(text));
  try {
    const writer = await testLog(storageOn(server, { client })).open({ signers: [signer] });
    try {
      for (const ids of ROUNDS) {
        await Promise.all(
          ids.map(async (id) => {
            const { index } = await writer.append(testEntry(id), contentOf(id));
            assert.equal(acknowledged.get(id) ?? index, index, `${id} was acknowledged at two places`);
            acknowledged.set(id, index);
          }),
        );
      }
      return undefined;
    } finally {
      await writer.close();
    }
  } catch (error) {
    return error;
  }
}

function contentOf(id: string) {
  return id === "d" ? [{ role: "plan", mediaType: "text/plain", bytes: Buffer.from("much") }] : [];
}

async function naming(what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    throw new assert.AssertionError({ message: `${what}: ${String(cause)}`, actual: cause });
  }
}

function expectOurs(outcome: unknown, codes: readonly string[]): void {
  if (outcome === undefined) return;
  if (outcome instanceof AnchorwatchError && codes.includes(outcome.code)) return;
  throw new assert.AssertionError({ message: `it ended with ${String(outcome)}`, actual: outcome });
}

function textOf(bytes: Uint8Array): string {
  const note = new TextDecoder().decode(bytes);
  return note.slice(0, note.indexOf("\n\n") + 1);
}
