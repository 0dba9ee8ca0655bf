import type { InterruptSignal, Surroundings } from "./surroundings.ts";

export type Outcome<T> =
  | { readonly kind: "done"; readonly value: T }
  | { readonly kind: "failed"; readonly error: unknown }
  | { readonly kind: "interrupted"; readonly signal: InterruptSignal };

/** How long work may take to stop what it started; a second signal does not wait. */
const GRACE_MS = 10_000;

/**
 * Runs work that ends early when the person or the system says so. Once interrupted, its own outcome no longer counts.
 * @param graceMs how long it may take to end
 */
export function untilInterrupted<T>(
  surroundings: Pick<Surroundings, "onInterrupt" | "every">,
  work: (signal: AbortSignal) => Promise<T>,
  graceMs: number = GRACE_MS,
): Promise<Outcome<T>> {
  const abort = new AbortController();
  return new Promise((resolve) => {
    let interrupted: InterruptSignal | undefined;
    let cancelGrace = () => {};
    const finish = (outcome: Outcome<T>) => {
      unsubscribe();
      cancelGrace();
      resolve(interrupted === undefined ? outcome : { kind: "interrupted", signal: interrupted });
    };
    const unsubscribe = surroundings.onInterrupt((signal) => {
      const again = interrupted !== undefined;
      interrupted ??= signal;
      const outcome = { kind: "interrupted", signal } as const;
      if (again) return finish(outcome);
      cancelGrace = surroundings.every(graceMs, () => finish(outcome));
      abort.abort(signal);
    });
    work(abort.signal).then(
      (value) => finish({ kind: "done", value }),
      (error: unknown) => finish({ kind: "failed", error }),
    );
  });
}

/** As shells count: 128 and the number of the signal. */
export function interruptStatus(signal: InterruptSignal): 130 | 143 {
  return signal === "SIGINT" ? 130 : 143;
}
