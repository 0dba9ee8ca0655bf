import type { Writable } from "node:stream";
import type { CheckStack } from "../app/checkRequest.ts";
import type { LedgerMachine } from "../app/ledger/ledgerMachine.ts";
import type { StartWatch } from "./service/runningWatch.ts";
import type { WarmChecks } from "./watch/warmChecks.ts";

export type InterruptSignal = "SIGINT" | "SIGTERM";

export interface OutputStream extends Writable {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
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
  /** All of the standard input, as text. */
  readonly readInput: () => Promise<string>;
  /** Milliseconds from any start. */
  readonly now: () => number;
  /** Calls back at every interval until the function that it returns is called. */
  readonly every: (milliseconds: number, call: () => void) => () => void;
  /** Tells of signals until the function that it returns is called. */
  readonly onInterrupt: (listener: (signal: InterruptSignal) => void) => () => void;
  /** Of what stays up until it is stopped. */
  readonly lasting: LastingSurroundings;
  readonly remote: RemoteSurroundings;
}

/** Of commands that ask a server. */
export interface RemoteSurroundings {
  readonly fetch: typeof globalThis.fetch;
  /** Absolute: where this user's programs keep their settings. Undefined where there is no such place. */
  readonly configFolder: string | undefined;
  /** Undefined where users have no number, as on Windows. */
  readonly userId: number | undefined;
  /** Of this machine, for who is asked to let it in. */
  readonly hostName: string;
  /** Resolves after so many milliseconds, or as soon as the signal aborts. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** The first line of the standard input, without showing on a terminal what is typed. */
  readonly readSecret: (signal: AbortSignal) => Promise<string>;
}

export interface LastingSurroundings {
  readonly clock: () => Date;
  /** Another unique text at each call, without `-`. */
  readonly newId: () => string;
  /** Tells that the configuration is to be read again (SIGHUP), until the function that it returns is called. */
  readonly onReload: (listener: () => void) => () => void;
  /** Tells of keys that are pressed, where somebody sits at a terminal. The terminal shows no input meanwhile. */
  readonly onKey: (listener: (key: string) => void) => () => void;
  /** Tells that the terminal has another size. */
  readonly onResize: (listener: () => void) => () => void;
  readonly openWarmChecks: () => Promise<WarmChecks>;
  readonly startWatch: StartWatch;
}
