import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { declarationsOf, watchMachine, watchSettings } from "../../../../../test/watch/watchParts.ts";
import { KIM } from "../../server/memoryAccess.fixture.ts";
import { embeddedTestServer } from "../../store/postgres.fixture.ts";
import { execute } from "../../store/testServer.fixture.ts";
import type { WatchedStack } from "../../watch/stack.ts";
import { ledgerFolder } from "../ledger/ledgerFolder.ts";
import { startWatch, type WatchOptions } from "./startWatch.ts";

/** Who asks, in these tests. */
const requester = () => ({ principal: KIM, address: "10.0.0.9", userAgent: "", requestId: "r" });

/** A watch of nothing, in a folder and on a database of its own. */
async function wanted() {
  const folder = mkdtempSync(join(tmpdir(), "anchorwatch-start-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const databaseUrl = await (await embeddedTestServer()).createDatabase();
  const plain = watchMachine(join(folder, "home"));
  const timers = new Set<() => void>();
  const every: typeof plain.every = (milliseconds, work) => {
    const stop = plain.every(milliseconds, work);
    timers.add(stop);
    return () => {
      timers.delete(stop);
      stop();
    };
  };
  const machine = { ...plain, every };
  const options: WatchOptions = {
    settings: watchSettings(folder),
    ledger: await ledgerFolder({ kind: "folder", name: "ledger", path: join(folder, "ledger") }, machine),
    databaseUrl,
    machine,
    declarations: declarationsOf([]),
    onWarning: () => {},
  };
  const connections = async () =>
    await execute(
      databaseUrl,
      `SELECT application_name FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );
  return { options, timers, connections };
}

it("a watch that cannot start leaves nothing behind that would keep the program from ending", async () => {
  const { options, timers, connections } = await wanted();
  const source = {
    name: "hook",
    kind: "http",
    expectedWithinMs: 1_000,
    secretFile: "/no/such/file",
  } as const;
  const settings = { ...options.settings, events: [source] };
  await expect(startWatch({ ...options, settings })).rejects.toMatchObject({ code: "event_secret_invalid" });
  expect(timers.size).toBe(0);
  await expect.poll(connections).toEqual([]);
});

it("a part that ends by itself is told to whoever runs the watch, which then still stops cleanly", async () => {
  const { options, timers, connections } = await wanted();
  const run = () => Promise.reject(new RangeError("git is gone"));
  const watch = await startWatch({ ...options, declarations: { ...options.declarations, run } });
  await expect(watch.failed).rejects.toMatchObject({
    code: "watch_part_ended",
    message: "A part of the watch ended by itself, the upkeep of repositories: git is gone",
  });
  await watch.stop();
  expect(timers.size).toBe(0);
  await expect.poll(connections).toEqual([]);
});

it("a stack that is added by hand is swept as often as the operator wants now, or more often", async () => {
  const { options } = await wanted();
  let sweepEveryMs = 600_000;
  const watch = await startWatch({
    ...options,
    sweepEveryMs: () => sweepEveryMs,
    declarations: {
      ...options.declarations,
      specOf: async (stack) => ({ stack, spec: {}, delivery: { principals: [] } }) as never,
    },
  });
  onTestFinished(() => watch.stop());
  const add = async (name: string, every: number | undefined) => {
    const origin = { kind: "folder", path: "/srv/none" } as const;
    const more = every === undefined ? {} : { sweepEveryMs: every };
    const wish = { name, engine: "terraform", origin, ...more } as const;
    return (await watch.addStack(wish, requester())).stack.sweepEveryMs;
  };
  expect(await add("a", undefined)).toBe(600_000);
  expect(await add("b", 60_000)).toBe(60_000);
  expect(await add("c", 86_400_000)).toBe(600_000);
  sweepEveryMs = 120_000;
  expect(await add("d", undefined)).toBe(120_000);
});

it("a stack that somebody adds or takes away is in the ledger, with who it was", async () => {
  const { options } = await wanted();
  const specOf = async (stack: WatchedStack) => ({ stack, spec: {}, delivery: { principals: [] } }) as never;
  const watch = await startWatch({ ...options, declarations: { ...options.declarations, specOf } });
  onTestFinished(() => watch.stop());
  const origin = { kind: "folder", path: "/srv/none" } as const;
  const labels = { team: "web", env: "prod" };
  const wish = { name: "a", engine: "terraform", origin, labels } as const;
  const { stack } = await watch.addStack(wish, requester());
  expect(await watch.removeStack(stack.id, requester())).toBe("removed");
  const actor = { type: "user", id: "user-kim", name: "kim", channel: "api", sourceAddress: "10.0.0.9" };
  const search = { query: { kind: "stack" }, newestFirst: false, limit: 9 };
  const told = async () =>
    (await watch.ledger.search(search)).entries.map(({ decoded }) =>
      decoded.kind === "entry" ? decoded.entry : decoded,
    );
  await expect.poll(told, { timeout: 20_000 }).toMatchObject([
    { kind: "stack.added", actor, stack: { name: "a" }, data: { labels: "env=prod,team=web" } },
    { kind: "stack.gone", actor, stack: { name: "a" }, data: { how: "removed" } },
  ]);
});

it("an event source is expected to give signs of life from the start on, until the operator's file has it no more", async () => {
  const { options } = await wanted();
  const secretFile = join(options.settings.workFolder, "..", "hook.secret");
  writeFileSync(secretFile, `whsec_${Buffer.alloc(32, 7).toString("base64")}`, { mode: 0o600 });
  const source = { name: "hook", kind: "http", expectedWithinMs: 1_000, secretFile } as const;
  const settings = { ...options.settings, events: [source] };
  const renewRetentions = () => Promise.reject(new RangeError("no bucket"));
  const first = await startWatch({ ...options, settings, renewRetentions });
  const { detectors } = first.context.records;
  expect(await detectors.byName("events:hook")).toMatchObject({ expectedWithinMs: 1_000 });
  expect(await detectors.byName("retentions")).toMatchObject({ expectedWithinMs: 2 * 86_400_000 });
  const later = new Date(Date.now() + 60_000);
  expect((await detectors.buryDead(later)).map(({ name }) => name)).toContain("events:hook");
  await first.stop();
  const second = await startWatch(options);
  onTestFinished(() => second.stop());
  const { worst } = second.context.records.detectors;
  const names = (await worst(later, 99)).map(({ name }) => name);
  expect(names).not.toContain("events:hook");
  expect(names).not.toContain("retentions");
});
