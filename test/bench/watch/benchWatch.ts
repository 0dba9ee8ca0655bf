/** The watch in this process, on stacks of the benchmark's estate, with a clock around what its provider is asked. */
import { chmodSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import type { ProviderReader } from "tfprovider";
import { ledgerFolder } from "../../../packages/anchorwatch/src/app/ledger/ledgerFolder.ts";
import { type RunningWatch, startWatch } from "../../../packages/anchorwatch/src/app/watch/startWatch.ts";
import { makeEmbeddedUrl } from "../../../packages/anchorwatch/src/store/embeddedUrl.fixture.ts";
import type { OpenProvider } from "../../../packages/anchorwatch/src/terraform/provider/open.ts";
import type { Environment } from "../../support/executable.ts";
import { declarationsOf, watchMachine, watchSettings } from "../../watch/watchParts.ts";
import type { CloudWorkplace } from "../workplace.ts";

export interface StackFolder {
  readonly name: string;
  readonly dir: string;
}

export interface BenchWatch {
  readonly watch: RunningWatch;
  /** Milliseconds in which at least one call to a provider was under way, since it was last asked. */
  providerMs(): number;
  /** Told of the ids of entries as soon as they are durable in the ledger. Gives what ends it. */
  onPublished(listener: (ids: readonly string[]) => void): () => void;
  stop(): Promise<void>;
}

/** Nothing is swept before it is asked for. */
const NEVER_MS = 30 * 24 * 3_600_000;
const LIMITS = {
  checks: 8,
  readsPerAccount: 50,
  readsPerSecondPerAccount: 10_000,
  providerMemory: 4 * 2 ** 30,
};

export async function startBenchWatch(
  place: CloudWorkplace,
  stacks: readonly StackFolder[],
  env: Environment,
): Promise<BenchWatch> {
  const base = mkdtempSync(join(place.folder, "watch-"));
  makeReachable(place);
  const database = await makeEmbeddedUrl();
  const machine = { ...watchMachine(base), chance: () => 0.5 };
  const environment = { ...env, ANCHORWATCH_CACHE_DIR: join(base, "cache") };
  const clock = providerClock();
  const listeners = new Set<(ids: readonly string[]) => void>();
  const path = join(base, "ledger");
  const watch = await startWatch({
    settings: watchSettings(base, { sweepEveryMs: NEVER_MS, limits: LIMITS }),
    ledger: await ledgerFolder({ kind: "folder", name: path, path }, machine),
    databaseUrl: database.url,
    machine,
    declarations: declarationsOf(stacks.map((stack) => ({ ...stack, sweepEveryMs: NEVER_MS, environment }))),
    around: clock.around,
    onPublished: (ids) => {
      for (const listener of listeners) listener(ids);
    },
    onWarning: ({ message }) => place.say(`warned: ${message}`),
  });
  const stop = async () => {
    await watch.stop();
    await database.stop();
  };
  const onPublished = (listener: (ids: readonly string[]) => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  return { watch, providerMs: clock.taken, onPublished, stop };
}

/** The database runs under an account of its own, when this is root. */
export function makeReachable({ folder }: CloudWorkplace): void {
  chmodSync(folder, 0o755);
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
