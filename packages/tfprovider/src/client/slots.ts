import { onAbort } from "../abort.ts";
import { ProviderError } from "../errors.ts";

/** A fixed number of places, handed on in the order in which they were asked for. */
export interface Slots {
  /** @throws ProviderError `provider_cancelled` when the signal fires while waiting */
  take(signal?: AbortSignal): Promise<void>;
  give(): void;
}

/** @param count at least one, or nobody would ever get a turn */
export function createSlots(count: number): Slots {
  let free = Math.max(1, count);
  const waiting: (() => void)[] = [];

  function wait(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const forget = onAbort(signal, () => {
        waiting.splice(waiting.indexOf(proceed), 1);
        reject(cancelled());
      });
      const proceed = () => {
        forget();
        resolve();
      };
      waiting.push(proceed);
    });
  }

  return {
    async take(signal) {
      if (signal?.aborted) throw cancelled();
      if (free > 0) free -= 1;
      else await wait(signal);
    },
    give() {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    },
  };
}

function cancelled(): ProviderError {
  return new ProviderError("provider_cancelled", "cancelled before its turn came");
}
