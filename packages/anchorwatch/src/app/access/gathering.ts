/**
 * What repeats is told once, and then once more at the end of the minute with how often it came again: nobody fills the ledger by asking for
 * what he is refused. What is gathered lies in memory; a crash loses at most a minute's counts, never the first of them.
 */
import type { AccessEntry } from "./entries.ts";

/** The entry as it is to be written now. @param repeats absent: the first */
export type MakeEntry = (repeats?: number) => AccessEntry;

export type WriteEntries = (entries: readonly AccessEntry[]) => Promise<void>;

interface Gathered {
  readonly since: number;
  readonly make: MakeEntry;
  repeats: number;
}

const WINDOW_MS = 60_000;
/** Of different things in a minute; what comes beyond is counted with the first of them that did. */
const MOST = 1_000;

export class Gathering {
  readonly #write: WriteEntries;
  readonly #now: () => Date;
  readonly #gathered = new Map<string, Gathered>();

  constructor(write: WriteEntries, now: () => Date) {
    this.#write = write;
    this.#now = now;
  }

  /**
   * @param key of what is the same thing again
   * @throws AnchorwatchError `database_*`
   */
  async note(key: string, make: MakeEntry): Promise<void> {
    const counted = this.#gathered.size < MOST || this.#gathered.has(key) ? key : "";
    const known = this.#gathered.get(counted);
    if (known !== undefined && this.#now().getTime() - known.since < WINDOW_MS) {
      known.repeats++;
      return;
    }
    const first: Gathered = { since: this.#now().getTime(), make, repeats: 0 };
    this.#gathered.set(counted, first);
    try {
      await this.#write([...repeatsOf(known), make()]);
    } catch (error) {
      // What could not be told is counted with what comes again.
      first.repeats += 1 + (known?.repeats ?? 0);
      throw error;
    }
  }

  /**
   * Writes what repeated in minutes that are over. To be called every few seconds.
   * @param all also of minutes that are not: nothing more will come
   * @throws AnchorwatchError `database_*`: it is kept then, and written the next time
   */
  async flush({ all = false } = {}): Promise<void> {
    const before = this.#now().getTime() - WINDOW_MS;
    const over = [...this.#gathered].filter(([, { since }]) => all || since <= before);
    const entries = over.flatMap(([, gathered]) => repeatsOf(gathered));
    for (const [key] of over) this.#gathered.delete(key);
    if (entries.length === 0) return;
    try {
      await this.#write(entries);
    } catch (error) {
      for (const [key, gathered] of over) if (!this.#gathered.has(key)) this.#gathered.set(key, gathered);
      throw error;
    }
  }
}

function repeatsOf(gathered: Gathered | undefined): readonly AccessEntry[] {
  return gathered === undefined || gathered.repeats === 0 ? [] : [gathered.make(gathered.repeats)];
}
