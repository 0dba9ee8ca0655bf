/** What the process gives to programs that stay up. */
import { randomUUID } from "node:crypto";
import process from "node:process";
import { keepHeapSmallForLong } from "./heap.ts";
import { thisLedgerMachine } from "./ledger/thisLedgerMachine.ts";
import type { LastingSurroundings } from "./surroundings.ts";
import { thisMachine } from "./thisMachine.ts";

export function lastingSurroundings(
  every: (milliseconds: number, call: () => void) => () => void,
): LastingSurroundings {
  return {
    clock: () => new Date(),
    newId: () => randomUUID().replaceAll("-", ""),
    onReload: (listener) => {
      // Windows has no such signal; there the file's change has to do.
      process.on("SIGHUP", listener);
      return () => process.off("SIGHUP", listener);
    },
    onKey: listenToKeys,
    onResize: (listener) => {
      process.stdout.on("resize", listener);
      return () => process.stdout.off("resize", listener);
    },
    openWarmChecks: async () => {
      const { openWarmChecks } = await import("./watch/warmChecks.ts");
      const { DEFAULT_WATCH } = await import("../app/configuration/server/watchSection.ts");
      const { sleep } = thisLedgerMachine();
      const { limits } = DEFAULT_WATCH;
      return openWarmChecks(thisMachine(), { limits, sleep, elapsed: () => performance.now(), every });
    },
    startWatch: async (start) => {
      const { startThisWatch } = await import("./service/thisWatch.ts");
      keepHeapSmallForLong();
      return await startThisWatch(start);
    },
  };
}

function listenToKeys(listener: (key: string) => void): () => void {
  const { stdin, stdout } = process;
  if (!stdin.isTTY || !stdout.isTTY) return () => {};
  const heard = (data: Buffer) => {
    for (const key of data.toString("utf8")) listener(key);
  };
  stdin.setRawMode(true);
  stdin.on("data", heard).resume();
  return () => {
    stdin.off("data", heard).pause();
    stdin.setRawMode(false);
  };
}
