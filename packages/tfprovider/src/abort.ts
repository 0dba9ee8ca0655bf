/** One listener on a signal for all calls that it may cancel: thousands come and go under one that never fires. */
const waiting = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Runs `cancel` when the signal fires, unless what it returns was called before. A signal that has fired already does
 * nothing.
 */
export function onAbort(signal: AbortSignal | undefined, cancel: () => void): () => void {
  if (signal === undefined) return () => {};
  const cancels = waiting.get(signal) ?? listened(signal);
  cancels.add(cancel);
  return () => cancels.delete(cancel);
}

function listened(signal: AbortSignal): Set<() => void> {
  const cancels = new Set<() => void>();
  waiting.set(signal, cancels);
  signal.addEventListener(
    "abort",
    () => {
      for (const cancel of cancels) cancel();
    },
    { once: true },
  );
  return cancels;
}
