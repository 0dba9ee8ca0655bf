/** A state that is looked at again and again: what has not moved is neither fetched nor scanned anew. */
import { createHash } from "node:crypto";
import { AnchorwatchError } from "../../../domain/errors.ts";
import { scanState } from "../scanState.ts";
import type { StateFile } from "../stateFile.ts";
import { fileMark, readStateFile } from "./file.ts";
import { getHttpState } from "./http.ts";
import { endedByLimit, limitOf } from "./limits.ts";
import { originOf } from "./origin.ts";
import { pullState } from "./pull.ts";
import type { StateConnection, StateSource, StateSurroundings } from "./source.ts";

/** What was fetched at some moment. */
export interface LoadedState {
  readonly state: StateFile;
  /** Of its bytes, `sha256:…` in hexadecimal. */
  readonly digest: string;
}

export interface OpenedState {
  /** Asking whether the state moved costs next to nothing. */
  readonly isCheap: boolean;
  /**
   * The state as it is now; the very same object as `known` where it has not moved.
   * @throws AnchorwatchError `state_*`
   */
  load(known: LoadedState | undefined, signal: AbortSignal): Promise<LoadedState>;
  close(): void;
}

type Surroundings = Omit<StateSurroundings, "signal">;

/** @throws AnchorwatchError `state_*` */
export async function openState(source: StateSource, surroundings: Surroundings): Promise<OpenedState> {
  const origin = originOf(source);
  const connection = await connectionTo(source, origin, surroundings);
  const marks = new WeakMap<LoadedState, string>();

  async function fetch(known: LoadedState | undefined, limit: AbortSignal): Promise<LoadedState> {
    const fetched = await connection.fetch(limit, known && marks.get(known));
    if (fetched.kind === "unchanged" && known !== undefined) return known;
    if (fetched.kind === "unchanged")
      throw new TypeError("a state that was never fetched cannot be unchanged");
    const isSame = known?.state.bytes.equals(fetched.bytes) ?? false;
    const loaded = known !== undefined && isSame ? known : loadedState(scanState(fetched.bytes, origin));
    if (fetched.mark !== undefined) marks.set(loaded, fetched.mark);
    return loaded;
  }

  return {
    isCheap: connection.isCheap,
    close: () => connection.close(),
    async load(known, signal) {
      const all = { ...surroundings, signal };
      const limit = limitOf(all);
      try {
        return await fetch(known, limit);
      } catch (error) {
        if (error instanceof AnchorwatchError) throw error;
        throw endedByLimit(origin, limit, all) ?? error;
      }
    },
  };
}

/** Most checks never ask for the digest, and a state may have gigabytes. */
function loadedState(state: StateFile): LoadedState {
  let digest: string | undefined;
  return {
    state,
    get digest() {
      digest ??= `sha256:${createHash("sha256").update(state.bytes).digest("hex")}`;
      return digest;
    },
  };
}

async function connectionTo(
  source: StateSource,
  origin: string,
  surroundings: Surroundings,
): Promise<StateConnection> {
  // What is asked for a signal of its own gets one with each call.
  const withSignal = (signal: AbortSignal): StateSurroundings => ({ ...surroundings, signal });
  const close = () => {};
  switch (source.kind) {
    case "file":
      return {
        isCheap: true,
        close,
        fetch: (limit, known) => readMoved(source.path, surroundings.now ?? Date.now, limit, known),
      };
    case "pull":
      return {
        isCheap: false,
        close,
        fetch: async (limit) => {
          const bytes = await pullState(source, origin, withSignal(limit), limit);
          return { kind: "state", bytes, mark: undefined };
        },
      };
    case "s3": {
      // The client of S3 takes a fifth of a small check to load: it is loaded for those who use it.
      const { openS3State } = await import("./s3.ts");
      return await openS3State(source, origin, withSignal(new AbortController().signal));
    }
    case "http":
      return {
        isCheap: true,
        close,
        fetch: (limit, known) => getHttpState(source, origin, withSignal(limit), limit, known),
      };
  }
}

async function readMoved(path: string, now: () => number, limit: AbortSignal, known: string | undefined) {
  const mark = await fileMark(path, now());
  if (mark !== undefined && mark === known) return { kind: "unchanged" } as const;
  return { kind: "state", bytes: await readStateFile(path, limit), mark } as const;
}
