/**
 * Appends until it is killed, or so many rounds: `writerProgram.ts FOLDER NAME WRITERS ROUNDS`. Says everything on its output
 * before it goes on, so that the other end knows it whatever comes next:
 * `open`, `sign TEXT`, `ask ID`, `answer ID INDEX`, `fail CODE`, `done`.
 */
import { writeSync } from "node:fs";
import process from "node:process";
import { AnchorwatchError } from "../../packages/anchorwatch/src/domain/errors.ts";
import type { LedgerWriter } from "../../packages/anchorwatch/src/ledger/writer/ledgerWriter.ts";
import { testEntry } from "../../packages/anchorwatch/src/ledger/writer/writer.fixture.ts";
import { openTestLedger } from "./testLedger.ts";

const [folder = "", name = "", writers = "8", rounds = "Infinity"] = process.argv.slice(2);

// The other end is gone: so are we.
process.stdin.on("end", () => process.exit(0)).resume();

try {
  const ledger = await openTestLedger(folder, { onSign: (text) => say(`sign ${JSON.stringify(text)}`) });
  say("open");
  await Promise.all(Array.from({ length: Number(writers) }, (_, writer) => write(ledger, writer)));
  await ledger.close();
  say("done");
  process.exit(0);
} catch (error) {
  say(`fail ${error instanceof AnchorwatchError ? error.code : String(error)}`);
  process.exit(3);
}

async function write(ledger: LedgerWriter, writer: number): Promise<void> {
  for (let round = 0; round < Number(rounds); round++) {
    const id = `${name}-${writer}-${round}`;
    say(`ask ${id}`);
    const { index } = await ledger.append(testEntry(id, new Date().toISOString()));
    say(`answer ${id} ${index}`);
  }
}

function say(line: string): void {
  writeSync(1, `${line}\n`);
}
