import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { get } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { createAccessControl } from "../../app/access/accessControl.ts";
import { DEFAULT_ACCESS } from "../../app/access/accessSettings.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import { NOBODY_ELSEWHERE, noAccounts } from "../../server/access/noAccounts.ts";
import { memoryAccess } from "../../server/memoryAccess.fixture.ts";
import { memoryAnswers } from "../../server/memoryAnswers.fixture.ts";
import { type MemoryWatch, memoryWatch } from "../../server/memoryWatch.fixture.ts";
import { Pages } from "../../server/shapes/page.ts";
import { runProgram } from "../program.ts";
import type { LastingSurroundings, Surroundings } from "../surroundings.ts";
import { manualSignals, manualTimer, memoryStream, stillSurroundings } from "../testSurroundings.fixture.ts";
import type { WatchStart } from "./runningWatch.ts";
import type { ServedAccess } from "./servedAccess.ts";

/** On a busy machine everything takes its time. */
const until = <T>(ask: () => T | Promise<T>) => expect.poll(ask, { timeout: 25_000 });

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "anchorwatch-serve-")));
  file = join(folder, "anchorwatch.server.yaml");
  await writeFile(
    file,
    "version: 1\nserver: { port: 0 }\nwatch: { stacks: [{ folder: infra }], sweepEvery: 5m }\n",
  );
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** A service whose watch is in memory, and whose time and signals are the test's. */
function serving(
  argv: readonly string[],
  changes: {
    readonly watch?: MemoryWatch;
    readonly stop?: () => Promise<void>;
    readonly firstRunPath?: string;
    readonly access?: Partial<ServedAccess>;
    readonly environment?: Surroundings["environment"];
  } = {},
) {
  const timer = manualTimer();
  const signals = manualSignals();
  const [stdout, stderr] = [memoryStream(), memoryStream()];
  const still = stillSurroundings();
  const starts: WatchStart[] = [];
  const watch = changes.watch ?? memoryWatch();
  const { firstRunPath } = changes;
  let stops = 0;
  let reload = () => {};
  let fail = (_: unknown) => {};
  const lasting: LastingSurroundings = {
    ...still.lasting,
    onReload: (listener) => {
      reload = listener;
      return () => {};
    },
    startWatch: async (start) => {
      starts.push(start);
      return {
        ...watch,
        openAccess: async () => ({ ...accessOf(firstRunPath), ...changes.access }),
        failed: new Promise<never>((_, reject) => {
          fail = reject;
        }),
        stop: async () => {
          stops++;
          await changes.stop?.();
        },
      };
    },
  };
  const ended = runProgram(argv, {
    ...still,
    ledgerMachine: { ...still.ledgerMachine, stateFolder: "/home/a/state" },
    stdout,
    stderr,
    environment: changes.environment ?? {},
    workingDirectory: folder,
    every: timer.every,
    onInterrupt: signals.onInterrupt,
    lasting,
  });
  return {
    ended,
    stdout,
    stderr,
    signals,
    timer,
    starts,
    watch,
    stops: () => stops,
    reload: () => reload(),
    fail: (error: unknown) => fail(error),
    address: async () => {
      await until(() => stdout.text()).toContain("Ctrl-C stops it");
      return /http:\/\/localhost:\d+/.exec(stdout.text())?.[0] ?? "";
    },
  };
}

function accessOf(firstRunPath: string | undefined): ServedAccess {
  const nothing = async () => {};
  return {
    parts: {
      access: memoryAccess(),
      control: createAccessControl({
        settings: () => DEFAULT_ACCESS,
        labels: { since: async () => [] },
        report: () => {},
      }),
      accounts: noAccounts(),
      elsewhere: NOBODY_ELSEWHERE,
      answers: memoryAnswers(),
      pages: new Pages(new Uint8Array(32)),
    },
    firstRunPath: async () => firstRunPath,
    recordConfiguration: nothing,
    recordRolesOfTheFile: nothing,
    forgetForeignGroups: nothing,
    keepUp: nothing,
    close: nothing,
  };
}

describe("anchorwatch serve", () => {
  it("prints the link for the first administrator as long as there is none", async () => {
    const service = serving(["serve", "--server", file], { firstRunPath: "/setup#secret" });
    const address = await service.address();
    expect(service.stdout.text()).toContain(`${address}/setup#secret\n`);
    service.signals.send("SIGINT");
    await service.ended;
  });

  it.each([
    [["--host", "0.0.0.0"], "without TLS"],
    [["--tls-cert", "cert.pem"], "--tls-key"],
    [["--public-url", "anchorwatch.example.com"], "--public-url is no address of a server"],
    [["--public-url", "http://anchorwatch.example.com"], "--public-url is not on https"],
    [["--tls-cert", "cert.pem", "--tls-key", "key.pem"], "cert.pem cannot be read"],
  ])("does not start with %j", async (flags, said) => {
    const service = serving(["serve", "--server", file, ...flags]);
    expect(await service.ended).toBe(1);
    expect(service.stderr.text()).toContain(said);
    expect(service.stops()).toBe(1);
  });

  it.each(["serve", "worker", "config validate"])(
    "%s takes no address for the operator's file",
    async (name) => {
      const url = "https://kim:hunter2@anchorwatch.example.com";
      const service = serving([...name.split(" "), "--server", url]);
      expect(await service.ended).toBe(1);
      expect(service.stderr.text()).toContain("where the operator's file is needed");
      expect(service.stderr.text()).not.toContain("hunter2");
      expect(service.starts).toEqual([]);
    },
  );

  it("closes all of access, and tells the ledger of configurations in their order, also when one cannot be told", async () => {
    const told: string[] = [];
    const first = Promise.withResolvers<void>();
    const recordConfiguration: ServedAccess["recordConfiguration"] = async ({ before }) => {
      if (before === undefined) await first.promise;
      told.push(before === undefined ? "start" : "change");
      throw new RangeError("the database is away");
    };
    const close = async () => void told.push("closed");
    const service = serving(["serve", "--server", file], { access: { recordConfiguration, close } });
    await service.address();
    const changed = new Promise((resolve) => service.starts[0]?.configuration.onChange(resolve));
    await writeFile(file, "version: 1\nserver: { port: 0 }\nwatch: { sweepEvery: 1m }\n");
    service.reload();
    await changed;
    service.signals.send("SIGTERM");
    first.resolve();
    expect(await service.ended).toBe(0);
    expect(told).toEqual(["start", "change", "closed"]);
  });

  it("says where it is and what it watches, answers there, and ends cleanly when told to", async () => {
    const service = serving(["serve", "--server", file]);
    const address = await service.address();
    expect(service.stdout.text()).toContain(`Watches ${join(folder, "infra")}.`);
    expect((await fetch(`${address}/healthz`)).status).toBe(200);
    expect(service.starts).toMatchObject([
      {
        settings: { sweepEveryMs: 300_000, databaseFolder: "/home/a/state/database" },
        databaseUrl: undefined,
      },
    ]);
    service.signals.send("SIGTERM");
    expect(await service.ended).toBe(0);
    expect(service.stops()).toBe(1);
    await expect(fetch(`${address}/healthz`)).rejects.toThrow();
    expect(service.watch.listeners()).toBe(0);
  });

  it("watches without a file what is added by API, on the usual port or the given one", async () => {
    const service = serving(["serve", "--port", "0"]);
    await service.address();
    expect(service.stdout.text()).toContain("only those are watched that are added by API");
    service.signals.send("SIGINT");
    expect(await service.ended).toBe(0);
  });

  it("takes the file from the environment, and the database", async () => {
    const environment = { ANCHORWATCH_SERVER: file, DATABASE_URL: "postgres://db/x" };
    const service = serving(["serve"], { environment });
    await service.address();
    expect(service.starts).toMatchObject([{ databaseUrl: "postgres://db/x", settings: { port: 0 } }]);
    service.signals.send("SIGINT");
    await service.ended;
  });

  it("reads the file again when it changes or is told to, and stays with the old one while it is broken", async () => {
    const service = serving(["serve", "--server", file]);
    await service.address();
    const heard: number[] = [];
    service.starts[0]?.configuration.onChange(({ watch }) => heard.push(watch.sweepEveryMs));
    await writeFile(file, "version: 1\nwatch:\n  swepEvery: 1m\n");
    service.timer.tick();
    await until(() => service.stderr.text()).toContain("anchorwatch.server.yaml:3:3");
    expect(service.starts[0]?.configuration.status.refused?.problems).toMatchObject([
      { location: { line: 3 } },
    ]);
    await writeFile(
      file,
      "version: 1\nwatch: { sweepEvery: 1m, stacks: [{ folder: infra, read: { environment: [NOPE] } }] }\n",
    );
    service.reload();
    await until(() => heard).toEqual([60_000]);
    await until(() => service.stderr.text()).toContain("the environment has no variable NOPE");
    expect(service.stderr.text()).toContain("server.port count from the next start");
    service.signals.send("SIGTERM");
    expect(await service.ended).toBe(0);
  });

  it("does not start with a file that is wrong", async () => {
    await writeFile(file, "version: 1\nsrever: {}\n");
    const service = serving(["serve", "--server", file]);
    expect(await service.ended).toBe(1);
    expect(service.stderr.text()).toContain("Did you mean “server”?");
    expect(service.starts).toEqual([]);
  });

  it("stops the watch when it cannot listen, and says why", async () => {
    const other = createServer();
    onTestFinished(() => void other.close());
    const port = await new Promise<number>((resolve) => {
      other.listen(0, "127.0.0.1", () => resolve((other.address() as { port: number }).port));
    });
    const service = serving(["serve", "--server", file, "--port", String(port)]);
    expect(await service.ended).toBe(1);
    expect(service.stderr.text()).toContain("server_address_taken");
    expect(service.stops()).toBe(1);
  });

  it("ends when the watch cannot go on, and says why", async () => {
    const service = serving(["serve", "--server", file]);
    await service.address();
    service.fail(new AnchorwatchError("ledger_fenced", "another process writes"));
    expect(await service.ended).toBe(1);
    expect(service.stderr.text()).toContain("another process writes");
    expect(service.stops()).toBe(1);
  });

  it("does not wait for ever for what does not end", async () => {
    const service = serving(["serve", "--server", file], { stop: () => new Promise(() => {}) });
    await service.address();
    service.signals.send("SIGTERM");
    await until(() => service.stops()).toBe(1);
    service.signals.send("SIGTERM");
    expect(await service.ended).toBe(143);
    expect(service.stderr.text()).toContain("stopped before everything had ended");
  });

  it("closes everything, also what cannot be closed", async () => {
    const service = serving(["serve", "--server", file], {
      stop: () => Promise.reject(new RangeError("stuck")),
    });
    await service.address();
    service.signals.send("SIGTERM");
    expect(await service.ended).toBe(0);
    expect(service.stderr.text()).toContain("stuck");
  });

  it.each(["-1", "65536", "http"])("has no port %s", async (port) => {
    const service = serving(["serve", "--port", port]);
    expect(await service.ended).toBe(1);
    expect(service.stderr.text()).toContain("0 to 65535");
  });
});

describe("anchorwatch worker", () => {
  it("can be probed and scraped where a port is given, and has no API there", async () => {
    const service = serving(["worker", "--server", file, "--port", "0"]);
    const address = await service.address();
    expect((await fetch(`${address}/healthz`)).status).toBe(200);
    expect(await (await fetch(`${address}/readyz`)).json()).toMatchObject({ ready: true });
    const started = service.starts[0];
    started?.meter.checked({ trigger: "event", outcome: "complete", durationMs: 5, verdicts: {} });
    const numbers = await (await fetch(`${address}/metrics`)).text();
    expect(numbers).toMatch(/anchorwatch_check_duration_seconds_count\{.*\} 1/);
    for (const path of ["/api/v1/stacks", "/api/v1/stream", "/ledger/checkpoint"])
      expect((await fetch(`${address}${path}`)).status, path).toBe(404);
    expect(await speak(address, "evil.example")).toEqual({ status: 421 });
    service.signals.send("SIGTERM");
    expect(await service.ended).toBe(0);
    await expect(fetch(`${address}/healthz`)).rejects.toThrow();
  });

  it("stops its watch when it cannot listen there", async () => {
    const other = createServer();
    onTestFinished(() => void other.close());
    const port = await new Promise<number>((resolve) => {
      other.listen(0, "127.0.0.1", () => resolve((other.address() as { port: number }).port));
    });
    const service = serving(["worker", "--server", file, "--port", String(port)]);
    expect(await service.ended).toBe(1);
    expect(service.stderr.text()).toContain("server_address_taken");
    expect(service.stops()).toBe(1);
  });

  it("does the same work without listening anywhere", async () => {
    const service = serving(["worker", "--server", file]);
    await until(() => service.stdout.text()).toContain("Ctrl-C stops it");
    expect(service.stdout.text()).not.toContain("http://");
    service.signals.send("SIGTERM");
    expect(await service.ended).toBe(0);
    expect(service.stops()).toBe(1);
  });
});

describe("anchorwatch config validate --server", () => {
  it("tells what the file holds, and warns of variables that are not set", async () => {
    await writeFile(
      file,
      "version: 1\nwatch: { stacks: [{ repository: 'https://g/x', ref: main, tokenVariable: GIT_TOKEN }] }\nevents: [{ name: a, http: { secretFile: s } }]\n",
    );
    const [stdout, stderr] = [memoryStream(), memoryStream()];
    const argv = ["config", "validate", "--server", file];
    const status = await runProgram(argv, {
      ...stillSurroundings(),
      stdout,
      stderr,
      workingDirectory: folder,
    });
    expect(status).toBe(0);
    expect(stdout.text()).toBe(
      "anchorwatch.server.yaml: OK (no ledger, stacks in 1 place, 1 event source)\n",
    );
    expect(stderr.text()).toContain(
      "anchorwatch.server.yaml:2:74: warning: the environment has no variable GIT_TOKEN",
    );
    expect(stderr.text()).toContain("no provider is allowed");
  });
});

/** A request that names another host. */
function speak(address: string, host: string): Promise<{ readonly status: number | undefined }> {
  return new Promise((resolve, reject) => {
    get(`${address}/metrics`, { headers: { host } }, (answer) => {
      answer.resume();
      resolve({ status: answer.statusCode });
    }).on("error", reject);
  });
}
