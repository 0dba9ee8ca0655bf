/** The watch in this process, on stacks of the benchmark's estate, with a clock around what its provider is asked. */
import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { ProviderReader } from "tfprovider";
import { ledgerFolder } from "../../../packages/anchorwatch/src/app/ledger/ledgerFolder.ts";
import { type FoundStack, stackIdOf } from "../../../packages/anchorwatch/src/app/watch/foundStack.ts";
import { type RunningWatch, startWatch } from "../../../packages/anchorwatch/src/app/watch/startWatch.ts";
import type { WatchMachine } from "../../../packages/anchorwatch/src/app/watch/watchMachine.ts";
import type { WatchSettings } from "../../../packages/anchorwatch/src/app/watch/watchSettings.ts";
import { thisLedgerMachine } from "../../../packages/anchorwatch/src/cli/ledger/thisLedgerMachine.ts";
import { thisMachine } from "../../../packages/anchorwatch/src/cli/thisMachine.ts";
import type { OpenProvider } from "../../../packages/anchorwatch/src/terraform/provider/open.ts";
import type { Environment } from "../../support/executable.ts";
import { BenchError } from "../error.ts";
import type { CloudWorkplace } from "../workplace.ts";

export interface StackFolder {
  readonly name: string;
  readonly dir: string;
}

export interface BenchWatch {
  readonly watch: RunningWatch;
  /** Milliseconds in which at least one call to a provider was under way, since it was last asked. */
  providerMs(): number;
  /** Ids of entries that are durable in the ledger. */
  readonly published: ReadonlySet<string>;
  stop(): Promise<void>;
}

/** Nothing is swept before it is asked for. */
const NEVER_MS = 30 * 24 * 3_600_000;

export async function startBenchWatch(
  place: CloudWorkplace,
  stacks: readonly StackFolder[],
  env: Environment,
): Promise<BenchWatch> {
  const base = join(place.folder, `watch-${stacks.length}`);
  mkdirSync(join(base, "database"), { recursive: true });
  // The database runs under an account of its own, when this is root.
  for (const folder of [place.folder, base, join(base, "database")]) chmodSync(folder, 0o755);
  const machine = benchMachine(base);
  const published = new Set<string>();
  const clock = providerClock();
  const path = join(base, "ledger");
  const watch = await startWatch({
    settings: settingsOf(base),
    ledger: await ledgerFolder({ kind: "folder", name: path, path }, machine),
    databaseUrl: undefined,
    machine,
    declarations: {
      find: async () => ({ stacks: stacks.map((stack) => found(stack, base, env)), isComplete: true }),
      specOf: () => Promise.reject(new BenchError("reports_differ", "a stack that nobody declared")),
      run: async () => {},
    },
    around: clock.around,
    onPublished: (ids) => {
      for (const id of ids) published.add(id);
    },
    onWarning: ({ message }) => place.say(`warned: ${message}`),
  });
  return { watch, providerMs: clock.taken, published, stop: () => watch.stop() };
}

function benchMachine(base: string): WatchMachine {
  return {
    ...thisMachine(),
    ...thisLedgerMachine(),
    homeDir: base,
    elapsed: () => performance.now(),
    chance: () => 0.5,
    every: (milliseconds, work) => {
      const timer = setInterval(work, milliseconds);
      return () => clearInterval(timer);
    },
    newSqsClient: () => Promise.reject(new BenchError("reports_differ", "there is no queue")),
  };
}

function settingsOf(base: string): WatchSettings {
  return {
    databaseFolder: join(base, "database", "postgres"),
    port: 0,
    workFolder: join(base, "work"),
    stacks: [],
    sweepEveryMs: NEVER_MS,
    events: [],
    identities: [{ match: { by: "sessionName", pattern: "*" }, person: "$1", origin: "bench:1" }],
    providers: undefined,
    limits: {
      checks: 8,
      readsPerAccount: 50,
      readsPerSecondPerAccount: 10_000,
      providerMemory: 4 * 2 ** 30,
    },
  };
}

function found({ name, dir }: StackFolder, base: string, env: Environment): FoundStack {
  return {
    stack: {
      id: stackIdOf(name),
      name,
      engine: "terraform",
      origin: { kind: "folder", path: dir },
      declaredBy: "config",
      sweepEveryMs: NEVER_MS,
      addedAt: new Date(),
    },
    spec: {
      trust: { kind: "own" },
      request: {
        dir,
        withCode: true,
        workingDirectory: base,
        variables: [],
        ignore: [],
        ignoreFiles: [],
        sensitive: [],
        providerValues: new Map(),
        pending: "literal",
        deadlines: new Map(),
        environment: { ...env, ANCHORWATCH_CACHE_DIR: join(base, "cache") },
      },
    },
    delivery: { principals: [] },
  };
}

const CALLS = ["upgrade", "read", "plan", "import"] as const;

/** How long somebody waited for a provider: calls that overlap count once. */
function providerClock(): {
  readonly around: (open: OpenProvider) => OpenProvider;
  readonly taken: () => number;
} {
  let inFlight = 0;
  let since = 0;
  let total = 0;
  const timed = async <Result>(call: () => Promise<Result>): Promise<Result> => {
    if (inFlight++ === 0) since = performance.now();
    try {
      return await call();
    } finally {
      if (--inFlight === 0) total += performance.now() - since;
    }
  };
  return {
    taken: () => {
      const now = performance.now();
      const taken = total + (inFlight > 0 ? now - since : 0);
      total = 0;
      since = now;
      return taken;
    },
    around: (open) => async (source, block, surroundings) => {
      const opened = await open(source, block, surroundings);
      const reader = new Proxy(opened.reader, {
        get(target, name) {
          const value = Reflect.get(target, name, target) as unknown;
          if (typeof value !== "function") return value;
          const call = (value as (...given: unknown[]) => Promise<unknown>).bind(target);
          return (CALLS as readonly (string | symbol)[]).includes(name)
            ? (...given: unknown[]) => timed(() => call(...given))
            : call;
        },
      }) as ProviderReader;
      return { ...opened, reader };
    },
  };
}
