/** The whole watch in this process: a real PostgreSQL, the reference provider, a ledger in a folder. */

import { join } from "node:path";
import { vi } from "vitest";
import type { RunningWatch } from "../../packages/anchorwatch/src/app/watch/startWatch.ts";
import type { WatchSettings } from "../../packages/anchorwatch/src/app/watch/watchSettings.ts";
import type { AuditEvent } from "../../packages/anchorwatch/src/domain/auditEvent.ts";
import { type Workbench, workbench } from "../check/workbench.ts";
import type { StackFixture, WrittenStack } from "../reference-provider/fixtures.ts";
import { type WatchIn, watchIn } from "./watchIn.ts";

export interface WatchBench extends WatchIn {
  readonly bench: Workbench;
  readonly stack: WrittenStack;
  start(more?: Partial<WatchSettings>): Promise<RunningWatch>;
}

export async function watchBench(fixture: StackFixture): Promise<WatchBench> {
  const bench = workbench();
  const stack = await bench.stack(fixture);
  const environment = {
    PATH: "/usr/bin:/bin",
    HOME: join(bench.folder, "home"),
    TMPDIR: join(bench.folder, "tmp"),
    ANCHORWATCH_CACHE_DIR: bench.cache,
  };
  return { bench, stack, ...watchIn({ folder: bench.folder, stackFolder: stack.dir, environment }) };
}

/** Somebody in the console. */
export function byHand(identifiers: readonly string[], more: Partial<AuditEvent> = {}): AuditEvent {
  return {
    id: crypto.randomUUID(),
    source: "test",
    time: new Date(),
    name: "SetTopicAttributes",
    service: "sns.amazonaws.com",
    actor: {
      principal: "arn:aws:sts::1:assumed-role/admin/ada@example.com",
      kind: "role",
      sessionName: "ada@example.com",
      channel: "console",
      sourceAddress: "198.51.100.7",
    },
    identifiers,
    ...more,
  };
}

export async function until<Found>(look: () => Promise<Found>, limitMs = 20_000): Promise<Found> {
  return await vi.waitFor(look, { timeout: limitMs, interval: 20 });
}
