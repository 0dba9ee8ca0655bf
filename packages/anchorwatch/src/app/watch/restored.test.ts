/** What `docs/operations.md` promises of a database that was restored from a backup while the ledger went on. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { thisLedgerMachine } from "../../cli/ledger/thisLedgerMachine.ts";
import { decodeEntry } from "../../ledger/entry/entry.ts";
import { embeddedTestServer, openTestDatabase } from "../../store/postgres.fixture.ts";
import { execute } from "../../store/testServer.fixture.ts";
import { createWatchRecords } from "../../store/watchRecords.ts";
import { NO_METER } from "../../watch/meter.ts";
import type { WatchRecords } from "../../watch/records.ts";
import { ledgerFolder } from "../ledger/ledgerFolder.ts";
import { openForReading } from "../ledger/openForReading.ts";
import { withLedger } from "../ledger/openLedger.ts";
import { publishOutbox } from "./publishing.ts";

const TIME = "2026-01-02T03:04:05.678Z";

function put({ outbox }: WatchRecords, id: string): Promise<void> {
  const actor = { type: "system", id: "anchorwatch/watch" };
  const entry = { id, kind: "detector.dead", time: TIME, actor, data: { detector: id, reason: "Silence." } };
  return outbox.put([{ id, entry, content: [] }]);
}

it("entries that were in the outbox of a backup are in the ledger once, in the order of the first time", async () => {
  const folder = mkdtempSync(join(tmpdir(), "anchorwatch-restored-"));
  const machine = { ...thisLedgerMachine(), homeDir: folder };
  const place = { kind: "folder", name: "ledger", path: join(folder, "ledger") } as const;
  const ledger = await ledgerFolder(place, machine);
  const publish = ({ outbox }: WatchRecords) =>
    withLedger(
      ledger,
      machine,
      () => {},
      async ({ writer }) => {
        const { signal } = new AbortController();
        const onPublished = () => {};
        const told = { onPublished, meter: NO_METER, onWarning: () => {} };
        await publishOutbox({ outbox, writer, now: machine.now, ...told, signal });
      },
    );
  const server = await embeddedTestServer();
  const url = await server.createDatabase();
  const before = await openTestDatabase(url);
  for (const id of ["one", "two"]) await put(createWatchRecords(before), id);
  await before.close();

  // A copy of the whole database at that moment, which nobody may be connected to.
  const backup = new URL(await server.createDatabase()).pathname.slice(1);
  const postgres = url.replace(/\/anchorwatch_test_\w+/, "/postgres");
  await execute(postgres, `DROP DATABASE ${backup}`);
  await execute(postgres, `CREATE DATABASE ${backup} TEMPLATE ${new URL(url).pathname.slice(1)}`);

  const original = await openTestDatabase(url);
  const records = createWatchRecords(original);
  await publish(records);
  await put(records, "after-the-backup");
  await publish(records);
  await original.close();

  const restored = await openTestDatabase(url.replace(/\/anchorwatch_test_\w+/, `/${backup}`));
  const again = createWatchRecords(restored);
  expect((await again.outbox.next(9)).map(({ id }) => id)).toEqual(["one", "two"]);
  await put(again, "after-the-restore");
  await publish(again);
  expect(await again.outbox.backlog()).toEqual({ entries: 0 });
  await restored.close();

  const log = await openForReading(place, [], machine);
  const ids: string[] = [];
  for await (const { bytes } of log.entries(0, log.checkpoint.size)) {
    const decoded = decodeEntry(bytes);
    if (decoded.kind === "entry" && decoded.entry.kind === "detector.dead") ids.push(decoded.entry.id);
  }
  expect(ids).toEqual(["one", "two", "after-the-backup", "after-the-restore"]);
  rmSync(folder, { recursive: true });
});
