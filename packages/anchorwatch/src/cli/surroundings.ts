import type { Writable } from "node:stream";
import type { CheckStack } from "../app/checkRequest.ts";
import type { LedgerMachine } from "../app/ledger/ledgerMachine.ts";

export type InterruptSignal = "SIGINT" | "SIGTERM";

export interface OutputStream extends Writable {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Everything that the command line touches outside itself. Only `shell.ts` takes it from the process. */
export interface Surroundings {
  readonly checkStack: CheckStack;
  readonly ledgerMachine: LedgerMachine;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Absolute. */
  readonly workingDirectory: string;
  /** Of Anchorwatch. */
  readonly version: string;
  /** Milliseconds from any start. */
  readonly now: () => number;
  /** Calls back at every interval until the function that it returns is called. */
  readonly every: (milliseconds: number, call: () => void) => () => void;
  /** Tells of signals until the function that it returns is called. */
  readonly onInterrupt: (listener: (signal: InterruptSignal) => void) => () => void;
}
