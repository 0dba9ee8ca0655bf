/** Takes everything from the process and hands it to the program. */
import process from "node:process";
import { text } from "node:stream/consumers";
import { keepHeapSmall } from "./heap.ts";
import { lastingSurroundings } from "./lastingSurroundings.ts";
import { thisLedgerMachine } from "./ledger/thisLedgerMachine.ts";
import { runProgram } from "./program.ts";
import { thisRemote } from "./remote/thisRemote.ts";
import type { InterruptSignal } from "./surroundings.ts";
import { thisMachine } from "./thisMachine.ts";
import { packageVersion } from "./version.ts";

function every(milliseconds: number, call: () => void): () => void {
  const timer = setInterval(call, milliseconds);
  return () => clearInterval(timer);
}

const status = await runProgram(process.argv.slice(2), {
  checkStack: async (request, on) => {
    const { createCheckStack } = await import("../app/checkStack.ts");
    keepHeapSmall();
    return createCheckStack(thisMachine())(request, on);
  },
  ledgerMachine: thisLedgerMachine(),
  stdout: process.stdout,
  stderr: process.stderr,
  environment: process.env,
  workingDirectory: process.cwd(),
  version: packageVersion(),
  now: () => performance.now(),
  every,
  readInput: () => text(process.stdin),
  onInterrupt: (listener) => {
    const signals: readonly InterruptSignal[] = ["SIGINT", "SIGTERM"];
    for (const signal of signals) process.on(signal, listener);
    return () => {
      for (const signal of signals) process.off(signal, listener);
    };
  },
  lasting: lastingSurroundings(every),
  remote: thisRemote(),
});
// Exits at once: nothing may keep a finished check alive.
process.exit(status);
