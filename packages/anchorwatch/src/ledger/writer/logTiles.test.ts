import { expect, it } from "vitest";
import type { LogStorage } from "../storage/storage.ts";
import { LogTiles } from "./logTiles.ts";

it("names the damaged full bundle that stands in for a partial one", async () => {
  const files = new Map([["tile/entries/000", Buffer.of(0, 1, 7, 0, 9)]]);
  const storage: Pick<LogStorage, "name" | "read"> = {
    name: "the log",
    read: async (path) => files.get(path),
  };
  const bundles = new LogTiles(storage as LogStorage).bundles(0, 3);
  const reading = (async () => {
    for await (const entries of bundles) expect(entries).toHaveLength(0);
  })();
  await expect(reading).rejects.toMatchObject({
    code: "ledger_corrupt",
    message: expect.stringContaining("tile/entries/000"),
  });
});
