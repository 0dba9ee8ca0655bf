/** Which deliveries were kept, while their signatures are valid. */
export interface ReplayMemory {
  /**
   * Does the work unless it was done under that key. Where it is being done, its end is waited for: a sender that is told that its
   * delivery is there already never sends it again, and that must be true.
   * @returns false when somebody else did it
   * @throws whatever the work throws; the same may come again then
   */
  once(key: string, until: Date, work: () => Promise<void>): Promise<boolean>;
}

/** Of this process, which alone takes requests. An event that comes again in another request is known by its own id. */
export function replayMemory(now: () => Date): ReplayMemory {
  const done = new Map<string, Date>();
  const underWay = new Map<string, Promise<unknown>>();
  return {
    async once(key, until, work) {
      for (let other = underWay.get(key); other !== undefined; other = underWay.get(key)) await other;
      forget(done, now());
      if (done.has(key)) return false;
      const working = work();
      // Who waits needs to know only that it is over.
      underWay.set(
        key,
        working.catch(() => {}),
      );
      try {
        await working;
      } finally {
        underWay.delete(key);
      }
      done.set(key, until);
      return true;
    },
  };
}

/** By time of arrival, nearly: what is past stands first. */
function forget(done: Map<string, Date>, now: Date): void {
  for (const [key, until] of done) {
    if (until > now) break;
    done.delete(key);
  }
}
