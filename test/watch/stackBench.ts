/** Test support: stacks of the reference provider, and a pool that reads them. Nothing may be left when a test ends. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, vi } from "vitest";
import { environmentSecrets } from "../../packages/anchorwatch/src/app/environmentSecrets.ts";
import type { StackRequest } from "../../packages/anchorwatch/src/app/stackAccess.ts";
import {
  type HotStack,
  openStack,
  type StackSpec,
} from "../../packages/anchorwatch/src/app/watch/stacks/hotStack.ts";
import { thisMachine } from "../../packages/anchorwatch/src/cli/thisMachine.ts";
import type { CheckResult } from "../../packages/anchorwatch/src/domain/check.ts";
import {
  createProviderPool,
  type PoolOptions,
  type ProviderPool,
} from "../../packages/anchorwatch/src/terraform/provider/pool.ts";
import { processMemory } from "../../packages/anchorwatch/src/terraform/provider/processMemory.ts";
import { leftovers } from "../check/leftovers.ts";
import { providersOf } from "../provider/leftovers.ts";
import { type StackFixture, type WrittenStack, writeStack } from "../reference-provider/fixtures.ts";
import { stackRequest } from "./watchParts.ts";

export interface StackBench {
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Writes a stack into a folder of its own. */
  stack(fixture: StackFixture, name?: string): Promise<WrittenStack>;
  /** Its clock is `clock.now`; nobody tends it but the test. */
  pool(options?: Partial<PoolOptions>): ProviderPool & { readonly clock: { now: number } };
  request(dir: string, more?: Partial<StackRequest>): StackRequest;
  hot(pool: Pick<ProviderPool, "open">, spec: StackSpec): Promise<HotStack>;
  /** Providers that run at this moment. */
  providers(): readonly number[];
}

export function stackBench(): StackBench {
  const folder = mkdtempSync(join(tmpdir(), "aww-"));
  const temporary = join(folder, "tmp");
  mkdirSync(temporary);
  // Where the folders of providers' sockets are made.
  vi.stubEnv("TMPDIR", temporary);
  const pools: ProviderPool[] = [];
  const stacks: HotStack[] = [];
  const controller = new AbortController();
  onTestFinished(async () => {
    controller.abort();
    for (const stack of stacks) stack.close();
    await Promise.all(pools.map((pool) => pool.close()));
    vi.unstubAllEnvs();
    expect(await leftovers(folder, temporary)).toEqual([]);
    rmSync(folder, { recursive: true, force: true });
  });
  const environment = {
    PATH: "/usr/bin:/bin",
    HOME: join(folder, "home"),
    TMPDIR: temporary,
    ANCHORWATCH_CACHE_DIR: join(folder, "cache"),
  };
  return {
    folder,
    environment,
    signal: controller.signal,
    stack: (fixture, name = "stack") => writeStack(join(folder, name), fixture),
    pool(options = {}) {
      const clock = { now: 0 };
      const pool = createProviderPool({
        memoryBudget: 8 * 2 ** 30,
        idleMs: 600_000,
        limits: { readsInFlight: 50, readsPerSecond: 10_000 },
        clock: { now: () => clock.now, sleep: () => Promise.resolve() },
        every: () => () => {},
        memoryOf: processMemory,
        secretsOf: environmentSecrets,
        ...options,
      });
      pools.push(pool);
      return Object.assign(pool, { clock });
    },
    request: (dir, more = {}) => ({ ...stackRequest(dir, environment), ...more }),
    async hot(pool, spec) {
      const machine = { ...thisMachine(), homeDir: join(folder, "home") };
      const stack = await openStack(spec, { machine, open: pool.open }, controller.signal);
      stacks.push(stack);
      return stack;
    },
    providers: () => providersOf(folder),
  };
}

/** Addresses and verdicts of what is not in sync. */
export function found({ resources }: CheckResult): Readonly<Record<string, string>> {
  return Object.fromEntries(
    resources
      .filter(({ verdict }) => verdict !== "in_sync")
      .map(({ address, verdict }) => [address, verdict]),
  );
}
