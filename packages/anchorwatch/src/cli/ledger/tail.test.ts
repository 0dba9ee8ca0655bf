import { PutObjectCommand } from "@aws-sdk/client-s3";
import { formatVerifierKey } from "tlog";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { LedgerMachine } from "../../app/ledger/ledgerMachine.ts";
import { logOf, type MemoryLog } from "../../ledger/read/log.fixture.ts";
import { type S3Server, s3Client, startS3Server } from "../../ledger/storage/s3/s3Server.fixture.ts";
import { runProgram } from "../program.ts";
import { manualSignals, memoryStream, stillSurroundings } from "../testSurroundings.fixture.ts";
import { thisLedgerMachine } from "./thisLedgerMachine.ts";

let logs: Readonly<Record<3 | 5 | 8, MemoryLog>>;
let key: string;

beforeAll(async () => {
  logs = { 3: await logOf(3), 5: await logOf(5), 8: await logOf(8) };
  key = formatVerifierKey(logs[3].key);
});

interface Tailed {
  readonly status: number;
  readonly stderr: string;
  /** Indexes of the entries, in the order of the lines. */
  readonly indexes: readonly number[];
}

/** `anchorwatch ledger tail -f LOG`. What happens during its pauses, one after the other; then it is interrupted. */
async function tail(
  log: string,
  machine: Partial<LedgerMachine>,
  during: readonly (() => unknown)[],
): Promise<Tailed> {
  const [stdout, stderr, signals] = [memoryStream(), memoryStream(), manualSignals()];
  const left = [...during];
  const sleep = async () => {
    const happens = left.shift();
    if (happens === undefined) signals.send("SIGINT");
    else await happens();
  };
  const still = stillSurroundings();
  const surroundings = {
    ...still,
    stdout,
    stderr,
    onInterrupt: signals.onInterrupt,
    ledgerMachine: { ...still.ledgerMachine, sleep, ...machine },
  };
  const status = await runProgram(["ledger", "tail", "-f", "-n", "2", log, "--key", key], surroundings);
  const indexes = stdout.text().split("\n").slice(0, -1).map(Number.parseFloat);
  return { status, stderr: stderr.text(), indexes };
}

const URL_OF_LOG = "https://logs.example.com/audit/";

/** A web server that has the log which `now` says. */
function served(now: () => MemoryLog): { fetch: LedgerMachine["fetch"]; asked: string[] } {
  const asked: string[] = [];
  const fetch = async (input: string | URL | Request) => {
    const path = String(input).slice(URL_OF_LOG.length);
    asked.push(path);
    const bytes = now().files.get(path);
    return bytes === undefined
      ? new Response(null, { status: 404 })
      : new Response(new Uint8Array(bytes), { status: 200 });
  };
  return { fetch, asked };
}

describe("anchorwatch ledger tail -f of a log that is served", () => {
  it("prints what is appended, once, and ends with 130", async () => {
    let now = logs[3];
    const { fetch, asked } = served(() => now);
    const grow = (log: MemoryLog) => () => {
      now = log;
    };
    const tailed = await tail(URL_OF_LOG, { fetch }, [grow(logs[3]), grow(logs[5]), grow(logs[8])]);
    expect(tailed).toEqual({ status: 130, stderr: "", indexes: [1, 2, 3, 4, 5, 6, 7] });
    // A look at a log that has not grown costs its checkpoint and nothing else.
    expect(asked.filter((path) => path === "checkpoint")).toHaveLength(4);
    expect(asked.filter((path) => path === "tile/0/000.p/3")).toHaveLength(1);
  });

  it("tells what went wrong, after what was printed, and ends with 1", async () => {
    const forked = await logOf(5, (index) => Buffer.from(`another ${index}`));
    let answer: LedgerMachine["fetch"] = served(() => logs[3]).fetch;
    const fetch: LedgerMachine["fetch"] = (input, options) => answer(input, options);
    const happens = (next: LedgerMachine["fetch"]) => () => {
      answer = next;
    };
    for (const [next, code] of [
      [served(() => forked).fetch, "ledger_forked"],
      [async () => new Response("no", { status: 403 }), "ledger_unreachable"],
      [async () => new Response("hello\n"), "ledger_checkpoint_invalid"],
      [async () => new Response(null, { status: 404 }), "ledger_missing"],
    ] as const) {
      answer = served(() => logs[3]).fetch;
      const tailed = await tail(URL_OF_LOG, { fetch }, [happens(next)]);
      expect(tailed).toMatchObject({ status: 1, indexes: [1, 2], stderr: expect.stringContaining(code) });
    }
  });

  it("ends at once when it is interrupted while a server keeps it waiting", async () => {
    const signals = manualSignals();
    const { fetch } = served(() => logs[3]);
    let looks = 0;
    const silent: LedgerMachine["fetch"] = (input, options) => {
      if (!String(input).endsWith("checkpoint") || ++looks === 1) return fetch(input, options);
      return new Promise((_, reject) => {
        options?.signal?.addEventListener("abort", () => reject(options.signal?.reason));
        signals.send("SIGTERM");
      });
    };
    const still = stillSurroundings();
    const [stdout, stderr] = [memoryStream(), memoryStream()];
    const ledgerMachine = { ...still.ledgerMachine, sleep: async () => {}, fetch: silent };
    const surroundings = { ...still, stdout, stderr, onInterrupt: signals.onInterrupt, ledgerMachine };
    const status = await runProgram(["ledger", "tail", "-f", URL_OF_LOG, "--key", key], surroundings);
    expect({ status, stderr: stderr.text() }).toEqual({ status: 143, stderr: "" });
    expect(signals.listening()).toBe(0);
  });
});

describe("anchorwatch ledger tail -f of a log in a bucket", () => {
  async function bucket(): Promise<S3Server> {
    const server = await startS3Server();
    onTestFinished(() => server.close());
    return server;
  }

  async function put(server: S3Server, { files }: MemoryLog): Promise<void> {
    // The checkpoint is the last one in the map, as a writer writes it.
    for (const [path, Body] of files) {
      await server.client.send(new PutObjectCommand({ Bucket: "ledger", Key: `audit/${path}`, Body }));
    }
  }

  it("prints what is appended with one client for all its looks, and ends with 130", async () => {
    const server = await bucket();
    await put(server, logs[3]);
    let clients = 0;
    const newS3Client = async () => {
      clients++;
      return server.client;
    };
    const grow = (log: MemoryLog) => () => put(server, log);
    const tailed = await tail("s3://ledger/audit", { newS3Client }, [() => {}, grow(logs[5]), grow(logs[8])]);
    expect(tailed).toEqual({ status: 130, stderr: "", indexes: [1, 2, 3, 4, 5, 6, 7] });
    expect(clients).toBe(1);
  });

  it("tells what went wrong, after what was printed, and ends with 1", async () => {
    for (const [fault, code] of [
      ["deny", "ledger_bucket_refused"],
      ["drop", "ledger_s3_failed"],
    ] as const) {
      const server = await bucket();
      await put(server, logs[3]);
      const happens = () => {
        server.fault = () => fault;
      };
      const tailed = await tail("s3://ledger/audit", { newS3Client: async () => server.client }, [happens]);
      expect(tailed).toMatchObject({ status: 1, indexes: [1, 2], stderr: expect.stringContaining(code) });
    }
  });

  it("ends at once when it is interrupted while S3 keeps it waiting", async () => {
    const server = await bucket();
    await put(server, logs[3]);
    const signals = manualSignals();
    const hang = () => {
      server.fault = () => {
        signals.send("SIGINT");
        return new Promise(() => {});
      };
    };
    const still = stillSurroundings();
    const [stdout, stderr] = [memoryStream(), memoryStream()];
    const client = s3Client(server.endpoint);
    const newS3Client = async () => client;
    const ledgerMachine = { ...still.ledgerMachine, sleep: async () => hang(), newS3Client };
    const surroundings = { ...still, stdout, stderr, onInterrupt: signals.onInterrupt, ledgerMachine };
    const args = ["ledger", "tail", "-f", "s3://ledger/audit", "--key", key];
    expect(await runProgram(args, surroundings)).toBe(130);
    expect(stderr.text()).toBe("");
    client.destroy();
  });
});

it("a pause ends when there is no need to wait any more", async () => {
  const stop = new AbortController();
  const pause = thisLedgerMachine().sleep(60_000, stop.signal);
  stop.abort(new RangeError("enough"));
  await expect(pause).resolves.toBeUndefined();
  await expect(thisLedgerMachine().sleep(60_000, stop.signal)).resolves.toBeUndefined();
  await expect(thisLedgerMachine().sleep(0)).resolves.toBeUndefined();
});
