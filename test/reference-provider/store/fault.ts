/** Faults on demand, listed in the store file under `faults`. */
import { createHash } from "node:crypto";
import { appendFileSync, readFileSync, rmSync } from "node:fs";

/** A fault fits a call when `type`, `id` and `call` do, or are left out. */
export interface Fault {
  readonly type?: string;
  readonly id?: string;
  /** Name of the RPC, `ReadResource`. */
  readonly call?: string;
  /**
   * `crash`: the process panics. `hang`: no answer. `slow`: the answer comes after `delayMs`. `error`: access is denied.
   * `throttle`: too many requests. `unimplemented`: the RPC is unknown. `garbage`: the answer is no message.
   * `garbage_value`: a message whose value is no MessagePack. `stale`: a read answers with what it was given.
   */
  readonly kind:
    | "crash"
    | "hang"
    | "slow"
    | "error"
    | "throttle"
    | "unimplemented"
    | "garbage"
    | "garbage_value"
    | "stale";
  /** How often it happens, over all processes; always without it. */
  readonly times?: number;
  readonly delayMs?: number;
  /** Replaces the detail of the error. */
  readonly message?: string;
}

/** What a call is about. */
export interface Occasion {
  readonly call: string;
  readonly type?: string | undefined;
  readonly id?: string | undefined;
}

/** The first fault that fits and has not happened often enough; it counts as happened from then on. */
export function takeFault(
  faults: readonly Fault[] | undefined,
  occasion: Occasion,
  storePath: string,
): Fault | undefined {
  return faults?.find((fault) => fits(fault, occasion) && take(fault, storePath));
}

/** Forgets how often each fault happened. */
export function forgetFaults(storePath: string): void {
  rmSync(tallyOf(storePath), { force: true });
}

function fits(fault: Fault, occasion: Occasion): boolean {
  return (
    (fault.type ?? occasion.type) === occasion.type &&
    (fault.id ?? occasion.id) === occasion.id &&
    (fault.call ?? occasion.call) === occasion.call
  );
}

/** The tally is a file of its own: a crash would forget a count in memory, and a count in the store would fight with editors. */
function take(fault: Fault, storePath: string): boolean {
  if (fault.times === undefined) return true;
  const key = createHash("sha256").update(JSON.stringify(fault)).digest("hex").slice(0, 16);
  const happened = readTally(storePath).filter((line) => line === key).length;
  if (happened >= fault.times) return false;
  appendFileSync(tallyOf(storePath), `${key}\n`);
  return true;
}

function readTally(storePath: string): readonly string[] {
  try {
    return readFileSync(tallyOf(storePath), "utf8").split("\n");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function tallyOf(storePath: string): string {
  return `${storePath}.faults`;
}
