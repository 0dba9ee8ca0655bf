/** Stacks that are held between looks, least recently used ones let go when they hold too much memory. */
import { isDeepStrictEqual } from "node:util";
import { type HotStack, openStack, type StackSpec, type StackSurroundings } from "./hotStack.ts";

export interface HotStacks {
  /**
   * Does the work on the stack, which is opened first where it is not held, and anew where its spec is another one now. It is
   * not closed while it is worked on.
   * @param id under which it is held
   * @param spec where this is what it was opened with, in every part, it stays
   * @throws what opening it throws, and the work
   */
  with<T>(
    id: string,
    spec: StackSpec,
    signal: AbortSignal,
    work: (stack: HotStack) => Promise<T>,
  ): Promise<T>;
  /** Lets go of it, after what is done on it. */
  forget(id: string): void;
  status(): { readonly stacks: number; readonly bytes: number };
  /** Lets go of all of them, after what is done on them. */
  close(): void;
}

/** @param budget bytes that all of them may hold together */
export function createHotStacks(
  surroundings: StackSurroundings,
  budget: number,
  open: typeof openStack = openStack,
): HotStacks {
  const held = new Map<string, Held>();

  function entryOf(id: string, spec: StackSpec): Held {
    const known = held.get(id);
    // Used last, it comes last.
    held.delete(id);
    if (known !== undefined && isDeepStrictEqual(known.spec, spec)) {
      held.set(id, known);
      return known;
    }
    known?.leave();
    const entry = new Held(spec, (signal) => open(spec, surroundings, signal));
    held.set(id, entry);
    return entry;
  }

  function shrink(): void {
    let bytes = bytesHeld();
    for (const [id, entry] of held) {
      if (bytes <= budget) return;
      if (entry.users > 0) continue;
      bytes -= entry.weight;
      held.delete(id);
      entry.leave();
    }
  }

  function bytesHeld(): number {
    return [...held.values()].reduce((sum, { weight }) => sum + weight, 0);
  }

  return {
    async with(id, spec, signal, work) {
      const entry = entryOf(id, spec);
      entry.users += 1;
      try {
        return await work(await entry.stack(signal));
      } catch (error) {
        // What could not be opened is opened anew the next time; by who waits for it already, at once.
        if (!entry.isOpen && entry.users === 1 && held.get(id) === entry) held.delete(id);
        throw error;
      } finally {
        entry.users -= 1;
        entry.settle();
        shrink();
      }
    },
    forget(id) {
      held.get(id)?.leave();
      held.delete(id);
    },
    status: () => ({ stacks: held.size, bytes: bytesHeld() }),
    close() {
      for (const entry of held.values()) entry.leave();
      held.clear();
    },
  };
}

class Held {
  readonly spec: StackSpec;
  users = 0;
  readonly #open: (signal: AbortSignal) => Promise<HotStack>;
  #opening: Promise<HotStack> | undefined;
  #stack: HotStack | undefined;
  #isLeaving = false;

  constructor(spec: StackSpec, open: (signal: AbortSignal) => Promise<HotStack>) {
    this.spec = spec;
    this.#open = open;
  }

  get isOpen(): boolean {
    return this.#stack !== undefined;
  }

  get weight(): number {
    return this.#stack?.weight ?? 0;
  }

  /** Opened by the first who asks, with his signal; when he gives up, the next one opens it. */
  async stack(signal: AbortSignal): Promise<HotStack> {
    for (;;) {
      if (this.#stack !== undefined) return this.#stack;
      if (this.#opening === undefined) {
        this.#opening = this.#open(signal);
        try {
          this.#stack = await this.#opening;
          return this.#stack;
        } finally {
          this.#opening = undefined;
        }
      }
      // His failure is his own; whether it is ours too, our own try will tell.
      await this.#opening.catch(() => undefined);
      signal.throwIfAborted();
    }
  }

  /** Nobody new gets it. */
  leave(): void {
    this.#isLeaving = true;
    this.settle();
  }

  settle(): void {
    if (!this.#isLeaving || this.users > 0) return;
    this.#stack?.close();
    this.#stack = undefined;
  }
}
