/** Somebody waits for something to do; whoever has something wakes him. */
export interface Wake {
  /** What comes between two waits counts as well. */
  wake(): void;
  /** Resolves when woken, after so many milliseconds, or when the signal aborts. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/** @param sleep resolves after so many milliseconds, or as soon as the signal aborts */
export function createWake(sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>): Wake {
  let isAwake = false;
  let waiting: AbortController | undefined;
  return {
    wake() {
      isAwake = true;
      waiting?.abort();
    },
    async wait(milliseconds, signal) {
      if (!isAwake) {
        waiting = new AbortController();
        await sleep(milliseconds, AbortSignal.any([signal, waiting.signal]));
        waiting = undefined;
      }
      isAwake = false;
    },
  };
}
