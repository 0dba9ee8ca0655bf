/** Time and size limits that all sources share. */
import type { AnchorwatchError } from "../../../domain/errors.ts";
import { wholeStateError } from "../errors.ts";
import { MAX_STATE_BYTES } from "./size.ts";
import type { StateSurroundings } from "./source.ts";

export function tooLarge(origin: string, bytes: number | undefined): AnchorwatchError {
  const size = bytes === undefined ? "larger than 2 GiB" : `${(bytes / 2 ** 30).toFixed(1)} GiB large`;
  return wholeStateError(
    origin,
    "state_too_large",
    `is ${size}; at most 2 GiB can be read`,
    "Split the stack: Terraform itself is slow with states of this size.",
  );
}

/** Fires at the deadline, or when the check is stopped. */
export function limitOf({ signal, deadlineMs }: StateSurroundings): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]);
}

/** The error for work that a fired limit ended, or undefined when neither the deadline nor anybody ended it. */
export function endedByLimit(
  origin: string,
  limit: AbortSignal,
  { signal, deadlineMs }: StateSurroundings,
): AnchorwatchError | undefined {
  if (signal.aborted) {
    return wholeStateError(origin, "state_cancelled", "was not read: the check was stopped", "Check again.");
  }
  if (!limit.aborted) return undefined;
  return wholeStateError(
    origin,
    "state_deadline",
    `did not arrive within ${deadlineMs / 1000} s`,
    "Check the network and the backend, or raise the time limit with --timeout.",
  );
}

/** What comes of the work, or the limit's reason as soon as that fires: not all work listens to a signal. */
export async function within<T>(limit: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise: ended, reject } = Promise.withResolvers<never>();
  const end = () => reject(limit.reason);
  limit.addEventListener("abort", end, { once: true });
  if (limit.aborted) end();
  try {
    return await Promise.race([work, ended]);
  } finally {
    limit.removeEventListener("abort", end);
  }
}

/** All of a stream in one buffer. */
export async function collect(
  chunks: AsyncIterable<Uint8Array>,
  length: number | undefined,
  origin: string,
): Promise<Buffer> {
  if (length !== undefined && length > MAX_STATE_BYTES) throw tooLarge(origin, length);
  const parts: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of chunks) {
    total += chunk.length;
    if (total > MAX_STATE_BYTES) throw tooLarge(origin, undefined);
    parts.push(chunk);
  }
  if (length !== undefined && total < length) {
    throw wholeStateError(
      origin,
      "state_truncated",
      `broke off after ${total} of ${length} bytes`,
      "The connection was interrupted. Check again.",
    );
  }
  return parts.length === 1 && Buffer.isBuffer(parts[0]) ? parts[0] : Buffer.concat(parts, total);
}
