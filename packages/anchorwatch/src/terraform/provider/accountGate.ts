/** How much may be asked of one account at once, and in a second: clouds throttle all who ask when one asks too often. */
import { createSlots, ProviderError } from "tfprovider";

export interface AccountLimits {
  readonly readsInFlight: number;
  readonly readsPerSecond: number;
}

export interface Clock {
  /** Milliseconds; never set back. */
  readonly now: () => number;
  /** Resolves after so many milliseconds. */
  readonly sleep: (milliseconds: number) => Promise<void>;
}

export interface AccountGate {
  /** Does the work as soon as the account has room for it. @throws ProviderError `provider_cancelled` when the signal fires while it waits */
  pass: Pass;
  /** For one check, which never gets all of the room: reads that hang would hold up every other one of the account. */
  share(): Pass;
}

export type Pass = <T>(work: () => Promise<T>, signal: AbortSignal | undefined) => Promise<T>;

/** What may be read at once, after a while without any, before the rate counts: a tenth of a second's worth. */
const BURST_SECONDS = 0.1;
/** Of what may be read at once, what one check may. */
const MOST_OF_ONE = 0.8;

export function createAccountGate(
  { readsInFlight, readsPerSecond }: AccountLimits,
  clock: Clock,
): AccountGate {
  const slots = createSlots(readsInFlight);
  const intervalMs = 1000 / readsPerSecond;
  const burstMs = Math.max(0, BURST_SECONDS * 1000 - intervalMs);
  /** When the next read may begin, were there no burst. */
  let due = Number.NEGATIVE_INFINITY;

  async function turn(signal: AbortSignal | undefined): Promise<void> {
    const now = clock.now();
    const own = Math.max(due, now - burstMs);
    due = own + intervalMs;
    if (own > now) await unlessAborted(clock.sleep(own - now), signal);
  }

  const pass: Pass = async (work, signal) => {
    await slots.take(signal);
    try {
      await turn(signal);
      return await work();
    } finally {
      slots.give();
    }
  };

  return {
    pass,
    share() {
      const own = createSlots(Math.max(1, Math.floor(readsInFlight * MOST_OF_ONE)));
      return async (work, signal) => {
        await own.take(signal);
        try {
          return await pass(work, signal);
        } finally {
          own.give();
        }
      };
    },
  };
}

async function unlessAborted(work: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return await work;
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(new ProviderError("provider_cancelled", "cancelled before its turn came"));
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();
  try {
    await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
