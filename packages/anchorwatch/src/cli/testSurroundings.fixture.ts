/** Surroundings without a process: streams in memory, time that stands still, signals on demand. For tests. */
import { Writable } from "node:stream";
import type { CheckObserver, CheckRequest } from "../app/checkRequest.ts";
import type { CheckResult } from "../domain/check.ts";
import { AnchorwatchError } from "../domain/errors.ts";
import { checkResult, resource } from "./formats/checkResult.fixture.ts";
import { thisLedgerMachine } from "./ledger/thisLedgerMachine.ts";
import { runProgram } from "./program.ts";
import type { InterruptSignal, OutputStream, Surroundings } from "./surroundings.ts";

export interface MemoryStream extends OutputStream {
  readonly text: () => string;
}

export function memoryStream(given: { isTTY?: boolean; columns?: number } = {}): MemoryStream {
  let text = "";
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      text += chunk.toString();
      done();
    },
  });
  return Object.assign(stream, given, { text: () => text });
}

export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What `checkStack` was asked for. */
  readonly requests: readonly CheckRequest[];
}

export interface RunOptions {
  /** The standard input. */
  readonly input?: string;
  readonly result?: CheckResult;
  readonly check?: (request: CheckRequest, on: CheckObserver) => Promise<CheckResult>;
  readonly workingDirectory?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly terminal?: boolean;
}

export async function run(argv: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const terminal = options.terminal === true ? { isTTY: true, columns: 100 } : {};
  const [stdout, stderr] = [memoryStream(terminal), memoryStream(terminal)];
  const requests: CheckRequest[] = [];
  const status = await runProgram(argv, {
    ...stillSurroundings(),
    stdout,
    stderr,
    checkStack: async (request, on) => {
      requests.push(request);
      return options.check?.(request, on) ?? options.result ?? checkResult([resource("a.b")]);
    },
    environment: options.environment ?? {},
    readInput: async () => options.input ?? "",
    workingDirectory: options.workingDirectory ?? "/nowhere",
  });
  return { status, stdout: stdout.text(), stderr: stderr.text(), requests };
}

export function stillSurroundings(): Surroundings {
  return {
    checkStack: async () => checkResult([]),
    // No test leaves anything among the files of whoever runs it.
    ledgerMachine: { ...thisLedgerMachine(), stateFolder: undefined },
    stdout: memoryStream(),
    stderr: memoryStream(),
    environment: {},
    workingDirectory: "/nowhere",
    version: "1.2.3",
    now: () => 0,
    every: () => () => {},
    readInput: async () => "",
    onInterrupt: () => () => {},
    lasting: {
      clock: () => new Date(0),
      newId: () => "id",
      onReload: () => () => {},
      onKey: () => () => {},
      onResize: () => () => {},
      openWarmChecks: async () => ({ check: async () => checkResult([]), close: async () => {} }),
      startWatch: async () => {
        throw new AnchorwatchError("internal", "the test starts no watch");
      },
    },
    remote: {
      fetch: globalThis.fetch,
      configFolder: undefined,
      userId: process.getuid?.(),
      hostName: "laptop",
      // Nothing is waited for in a test; other work still gets its turn.
      sleep: () => new Promise((resolve) => setImmediate(resolve)),
      readSecret: async () => "",
    },
  };
}

/** Intervals that pass when the test says so. */
export function manualTimer() {
  const calls = new Set<() => void>();
  return {
    every: (_milliseconds: number, call: () => void) => {
      calls.add(call);
      return () => {
        calls.delete(call);
      };
    },
    tick: () => {
      for (const call of [...calls]) call();
    },
    running: () => calls.size,
  };
}

/** Signals that come when the test says so. */
export function manualSignals() {
  const listeners = new Set<(signal: InterruptSignal) => void>();
  return {
    onInterrupt: (listener: (signal: InterruptSignal) => void) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    send: (signal: InterruptSignal) => {
      for (const listener of [...listeners]) listener(signal);
    },
    listening: () => listeners.size,
  };
}
