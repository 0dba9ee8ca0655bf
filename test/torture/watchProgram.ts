/**
 * One process of a watch of several, up to the end of its channel: `watchProgram.ts PLACE` with DATABASE_URL, forked. Takes events that
 * come on the channel, and says of each delivery whether it was taken.
 */
import process from "node:process";
import { ledgerFolder } from "../../packages/anchorwatch/src/app/ledger/ledgerFolder.ts";
import type { FoundStack } from "../../packages/anchorwatch/src/app/watch/foundStack.ts";
import { stackIdOf } from "../../packages/anchorwatch/src/app/watch/foundStack.ts";
import { type RunningWatch, startWatch } from "../../packages/anchorwatch/src/app/watch/startWatch.ts";
import type { WatchMachine } from "../../packages/anchorwatch/src/app/watch/watchMachine.ts";
import type { WatchSettings } from "../../packages/anchorwatch/src/app/watch/watchSettings.ts";
import { thisLedgerMachine } from "../../packages/anchorwatch/src/cli/ledger/thisLedgerMachine.ts";
import { thisMachine } from "../../packages/anchorwatch/src/cli/thisMachine.ts";
import { AnchorwatchError } from "../../packages/anchorwatch/src/domain/errors.ts";
import { TortureError } from "./error.ts";
import type { Delivery, Said, WatchedFolder, WatchPlace } from "./watchProcess.ts";

const HOUR_MS = 3_600_000;
const place = JSON.parse(process.argv[2] ?? "") as WatchPlace;
const gone = new Promise<void>((resolve) => process.once("disconnect", resolve));

try {
  const watch = await start();
  process.on("message", (delivery: Delivery) => void take(watch, delivery));
  say({ kind: "open" });
  await gone;
  await watch.stop();
  process.exit(0);
} catch (error) {
  say({ kind: "failed", code: codeOf(error) });
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  // What was said is on its way.
  setTimeout(() => process.exit(3), 50);
}

async function start(): Promise<RunningWatch> {
  const machine = watchMachine();
  return await startWatch({
    settings: settings(),
    ledger: await ledgerFolder({ kind: "folder", name: "ledger", path: place.ledger }, machine),
    databaseUrl: process.env["DATABASE_URL"],
    machine,
    declarations: {
      find: async () => ({ stacks: place.stacks.map(found), isComplete: true }),
      specOf: () => Promise.reject(new TortureError("program_failed", "a stack that nobody declared")),
      run: async () => {},
    },
    onWarning: (warning) => say({ kind: "warned", code: warning.code, message: warning.message }),
  });
}

async function take(watch: RunningWatch, { number, events }: Delivery): Promise<void> {
  const batch = events.map((event) => ({ kind: "change", event }) as const);
  try {
    await watch.take("torture", batch, new Date());
    say({ kind: "took", number });
  } catch (error) {
    say({ kind: "refused", number, code: codeOf(error) });
  }
}

function say(what: Said): void {
  if (process.connected) process.send?.(what, undefined, undefined, () => {}); // Who does not hear it any more has ended.
}

function codeOf(error: unknown): string {
  return error instanceof AnchorwatchError ? error.code : String(error);
}

function watchMachine(): WatchMachine {
  return {
    ...thisMachine(),
    ...thisLedgerMachine(),
    homeDir: place.home,
    elapsed: () => performance.now(),
    chance: Math.random,
    every: (milliseconds, work) => {
      const timer = setInterval(work, milliseconds);
      return () => clearInterval(timer);
    },
    newSqsClient: () => Promise.reject(new TortureError("program_failed", "there is no queue")),
  };
}

function settings(): WatchSettings {
  return {
    databaseFolder: "/nowhere",
    port: 0,
    workFolder: place.work,
    stacks: [],
    sweepEveryMs: HOUR_MS,
    events: [],
    identities: [],
    providers: undefined,
    limits: { checks: 4, readsPerAccount: 50, readsPerSecondPerAccount: 1000, providerMemory: 2 ** 30 },
  };
}

function found({ name, dir, sweepEveryMs }: WatchedFolder): FoundStack {
  const environment = {
    PATH: "/usr/bin:/bin",
    HOME: place.home,
    TMPDIR: place.temporary,
    ANCHORWATCH_CACHE_DIR: place.cache,
  };
  return {
    stack: {
      id: stackIdOf(name),
      name,
      engine: "terraform",
      origin: { kind: "folder", path: dir },
      declaredBy: "config",
      sweepEveryMs,
      addedAt: new Date(),
    },
    spec: {
      trust: { kind: "own" },
      request: {
        dir,
        withCode: true,
        workingDirectory: dir,
        variables: [],
        ignore: [],
        ignoreFiles: [],
        sensitive: [],
        providerValues: new Map(),
        pending: "literal",
        deadlines: new Map(),
        environment,
      },
    },
    delivery: { principals: [] },
  };
}
