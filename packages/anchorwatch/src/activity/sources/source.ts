/** Where events come from. */
import { hash } from "node:crypto";
import type { ReadRecord } from "../../domain/auditEvent.ts";

export interface EventSource {
  readonly name: string;
  /**
   * Takes events in until the signal aborts, and gives them to the sink. What goes wrong meanwhile is told by beats, and tried again
   * for ever: it resolves when the signal has aborted and nothing is under way any more, and never rejects.
   */
  run(signal: AbortSignal, sink: EventSink): Promise<void>;
}

/**
 * Keeps what was read. Only when it has resolved is anything acknowledged to where it came from; when it rejects, the same comes
 * again. So it may get a record twice, and in any order.
 */
export type EventSink = (batch: readonly ReadRecord[], meta: BatchMeta) => Promise<void>;

export interface BatchMeta {
  /** As the operator's file calls the source. */
  readonly source: string;
  readonly receivedAt: Date;
  /** `message 1b2c…`, `s3://bucket/key`: where to look for the original. */
  readonly from: string;
}

/** A sign of life. */
export interface SourceBeat {
  readonly at: Date;
  /** Between the latest thing that it told of and our seeing it, in milliseconds. */
  readonly lagMs?: number;
  /** Why it is failing, in a sentence that says what to do. Absent: it is well. */
  readonly problem?: string;
}

export interface SourceSurroundings {
  readonly now: () => Date;
  /** Resolves after so many milliseconds, or as soon as the signal aborts. */
  readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  readonly onBeat: (beat: SourceBeat) => void;
}

/** Records for one call of the sink: enough for one statement of a database. */
export const BATCH = 500;

export function digestOf(bytes: Uint8Array | string): string {
  return `sha256:${hash("sha256", bytes)}`;
}

/** Nothing where no record of the batch has a time, never less than nothing: clocks differ. */
export function lagOf(batch: readonly ReadRecord[], now: Date): { readonly lagMs?: number } {
  let latest: number | undefined;
  for (const record of batch) {
    if (record.kind === "malformed") continue;
    const time = (record.kind === "change" ? record.event.time : record.time).getTime();
    if (latest === undefined || time > latest) latest = time;
  }
  return latest === undefined ? {} : { lagMs: Math.max(0, now.getTime() - latest) };
}
