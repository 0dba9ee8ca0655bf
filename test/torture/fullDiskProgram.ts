/** `fullDiskProgram.ts MOUNT`: fills a small file system with a log, and looks what is left when there is room again. */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { AnchorwatchError } from "../../packages/anchorwatch/src/domain/errors.ts";
import type { LedgerWriter } from "../../packages/anchorwatch/src/ledger/writer/ledgerWriter.ts";
import { idOf, memoryIndex, testEntry } from "../../packages/anchorwatch/src/ledger/writer/writer.fixture.ts";
import { TortureError } from "./error.ts";
import { checkTestLedger, openTestLedger } from "./testLedger.ts";

const [mount = ""] = process.argv.slice(2);
const folder = join(mount, "log");
const ballast = join(mount, "ballast");
const signed: string[] = [];
const options = { onSign: (text: string) => signed.push(text), openIndex: async () => memoryIndex() };

writeFileSync(ballast, new Uint8Array(1_000_000));
const answers = new Map<string, number>();
const ledger = await openTestLedger(folder, options);
const failure = await appendUntilFull(ledger);
await ledger.close();
const cause = failure instanceof AnchorwatchError ? failure.cause : failure;
if (!(cause instanceof AnchorwatchError && cause.code === "ledger_disk_full")) {
  throw new TortureError("log_wrong", `a full disk was reported as ${String(failure)}`);
}
rmSync(ballast);
const again = await openTestLedger(folder, options);
await again.append(testEntry("afterwards"));
await again.close();
const found = checkTestLedger(folder, signed).entries.map(idOf);
for (const [id, index] of answers) {
  if (found[index] !== id) throw new TortureError("log_wrong", `${id} is not at ${index} any more`);
}
process.stdout.write(
  `full after ${answers.size} entries; all there, and appending went on when there was room\n`,
);

async function appendUntilFull(writer: LedgerWriter): Promise<unknown> {
  for (let round = 0; ; round++) {
    const ids = Array.from({ length: 5 }, (_, at) => `entry-${round}-${at}`);
    const results = await Promise.allSettled(ids.map((id) => writer.append(testEntry(id))));
    for (const [at, result] of results.entries()) {
      if (result.status === "rejected") return result.reason;
      answers.set(ids[at] ?? "", result.value.index);
    }
  }
}
