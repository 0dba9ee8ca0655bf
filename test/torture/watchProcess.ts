/** Starts `watchProgram.ts`, hands it events, and hears what it says. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { AuditEvent } from "../../packages/anchorwatch/src/domain/auditEvent.ts";
import type { Environment } from "../support/executable.ts";
import type { WatchedFolder } from "../watch/watchParts.ts";

/** Where everything of one watch lies; paths are absolute. */
export interface WatchPlace {
  readonly home: string;
  readonly work: string;
  readonly ledger: string;
  readonly stacks: readonly WatchedFolder[];
  readonly environment: Environment;
}

export interface Delivery {
  readonly number: number;
  readonly events: readonly AuditEvent[];
}

export type Said =
  | { readonly kind: "open" }
  | { readonly kind: "took"; readonly number: number }
  | { readonly kind: "refused"; readonly number: number; readonly code: string }
  | { readonly kind: "warned"; readonly code: string; readonly message: string }
  /** It could not start. */
  | { readonly kind: "failed"; readonly code: string };

export interface WatchEnd {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why it could not start. */
  readonly code: string | undefined;
  readonly stderr: string;
}

const PROGRAM = fileURLToPath(new URL("./watchProgram.ts", import.meta.url));

export class WatchProcess {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (isTaken: boolean) => void>();
  readonly #opened = Promise.withResolvers<void>();
  #isOpen = false;
  #code: string | undefined;
  #deliveries = 0;
  /** Codes of warnings, and how often each came. */
  readonly warnings: Map<string, number>;
  /** When it has ended, and all that it said was heard. */
  readonly ended: Promise<WatchEnd>;

  constructor(place: WatchPlace, databaseUrl: string, warnings: Map<string, number>) {
    this.warnings = warnings;
    const child = fork(PROGRAM, [JSON.stringify(place)], {
      serialization: "advanced",
      execArgv: [],
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      env: { ...place.environment, DATABASE_URL: databaseUrl },
    });
    this.#child = child;
    child.on("error", () => {}); // Told by its end, or by a delivery that nobody took.
    child.on("message", (said: Said) => this.#hear(said));
    let stderr = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    // Not `close`, which does not come when we were the ones who ended the channel.
    this.ended = Promise.all([once(child, "exit"), child.stderr && once(child.stderr, "close")]).then(() => {
      this.#isOpen = false;
      this.#opened.resolve();
      for (const answer of this.#waiting.values()) answer(false);
      this.#waiting.clear();
      return { status: child.exitCode, signal: child.signalCode, code: this.#code, stderr };
    });
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** When it has begun, or has ended without. */
  get opened(): Promise<void> {
    return this.#opened.promise;
  }

  /** False: it was refused, or nobody will ever know. */
  deliver(events: readonly AuditEvent[]): Promise<boolean> {
    if (!this.#isOpen) return Promise.resolve(false);
    const number = ++this.#deliveries;
    return new Promise((resolve) => {
      this.#waiting.set(number, resolve);
      this.#child.send({ number, events } satisfies Delivery, () => {}); // An end is told by `ended`.
    });
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  /** Asks it to end; see `ended`. */
  leave(): void {
    this.#isOpen = false;
    if (this.#child.connected) this.#child.disconnect();
  }

  #hear(said: Said): void {
    switch (said.kind) {
      case "open":
        this.#isOpen = true;
        this.#opened.resolve();
        return;
      case "warned":
        this.warnings.set(said.code, (this.warnings.get(said.code) ?? 0) + 1);
        return;
      case "failed":
        this.#code = said.code;
        return;
      default:
        this.#waiting.get(said.number)?.(said.kind === "took");
        this.#waiting.delete(said.number);
    }
  }
}
