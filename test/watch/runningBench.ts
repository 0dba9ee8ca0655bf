/** The whole watch in this process: a real PostgreSQL, the reference provider, a ledger in a folder. */

import { join } from "node:path";
import { vi } from "vitest";
import type { RunningWatch } from "../../packages/anchorwatch/src/app/watch/startWatch.ts";
import type { WatchSettings } from "../../packages/anchorwatch/src/app/watch/watchSettings.ts";
import { type Workbench, workbench } from "../check/workbench.ts";
import type { StackFixture, WrittenStack } from "../reference-provider/fixtures.ts";
import type { Environment } from "../support/executable.ts";
import { stackOf, type WatchIn, type WatchPlace, watchIn } from "./watchIn.ts";
import type { WatchedFolder } from "./watchParts.ts";

export interface WatchBench extends WatchIn {
  readonly bench: Workbench;
  readonly stack: WrittenStack;
  /** To be changed by a test: the next declaration has what is in it then. */
  readonly declared: WatchedFolder[];
  readonly environment: Environment;
  start(more?: Partial<WatchSettings>): Promise<RunningWatch>;
}

export async function watchBench(
  fixture: StackFixture,
  more: Pick<WatchPlace, "machine" | "rules" | "alerts"> = {},
): Promise<WatchBench> {
  const bench = workbench();
  const stack = await bench.stack(fixture);
  const environment = {
    PATH: "/usr/bin:/bin",
    HOME: join(bench.folder, "home"),
    TMPDIR: join(bench.folder, "tmp"),
    ANCHORWATCH_CACHE_DIR: bench.cache,
  };
  const declared: WatchedFolder[] = [stackOf({ stackFolder: stack.dir, environment })];
  const place = { folder: bench.folder, stackFolder: stack.dir, environment, declared, ...more };
  return { bench, stack, declared, environment, ...watchIn(place) };
}

export async function until<Found>(look: () => Promise<Found>, limitMs = 20_000): Promise<Found> {
  return await vi.waitFor(look, { timeout: limitMs, interval: 20 });
}
