/** Events that somebody posts: the sources of the operator's file that are signed. */
import { readFile } from "node:fs/promises";
import { receiveSigned, type SignedSource } from "../../activity/sources/http/receive.ts";
import { replayMemory } from "../../activity/sources/http/replayMemory.ts";
import { parseSecret, type SignedRequest } from "../../activity/sources/http/signature.ts";
import type { EventSink } from "../../activity/sources/source.ts";
import { AnchorwatchError, messageOf } from "../../domain/errors.ts";
import type { WatchMeter } from "../../watch/meter.ts";
import { type BeatKeeper, beatsOf } from "./eventSources.ts";
import type { EventSourceSettings } from "./watchSettings.ts";

/** What became of a post to an event source. */
export type SignedReceipt =
  | {
      readonly kind: "accepted";
      /** How many records were in it; `changes` and `malformed` are some of them. */
      readonly records: number;
      readonly changes: number;
      readonly malformed: number;
    }
  /** A delivery of that id is stored already; this one was not looked at. */
  | { readonly kind: "repeated" }
  /** There is no source of kind http of that name. */
  | { readonly kind: "unknown_source" }
  /** Signature missing, wrong or too old. */
  | { readonly kind: "unauthentic"; readonly error: AnchorwatchError }
  /** Authentic, and nothing that can be read. */
  | { readonly kind: "unreadable"; readonly error: AnchorwatchError };

export type ReceivePost = (source: string, request: SignedRequest) => Promise<SignedReceipt>;

export interface SignedSourcesOptions extends BeatKeeper {
  readonly sink: EventSink;
  readonly now: () => Date;
  readonly meter: Pick<WatchMeter, "refused">;
}

/** @throws AnchorwatchError `event_secret_invalid`, also when its file cannot be read */
export async function openSignedSources(
  settings: readonly EventSourceSettings[],
  options: SignedSourcesOptions,
): Promise<ReceivePost> {
  const sources = new Map<string, SignedSource>();
  const replays = replayMemory(options.now);
  for (const source of settings) {
    if (source.kind !== "http") continue;
    const keys = [await readSecret(source.secretFile)];
    sources.set(source.name, {
      name: source.name,
      keys,
      replays,
      now: options.now,
      onBeat: beatsOf(source, options),
    });
  }
  return async (name, request) => {
    const source = sources.get(name);
    if (source === undefined) return { kind: "unknown_source" };
    try {
      const records = await receiveSigned(request, source, options.sink);
      const count = (kind: (typeof records)[number]["kind"]) =>
        records.filter((record) => record.kind === kind).length;
      return {
        kind: "accepted",
        records: records.length,
        changes: count("change"),
        malformed: count("malformed"),
      };
    } catch (error) {
      if (!(error instanceof AnchorwatchError)) throw error;
      if (REFUSALS.has(error.code)) options.meter.refused({ source: name, code: error.code });
      if (error.code === "event_replayed") return { kind: "repeated" };
      if (error.code === "event_invalid") return { kind: "unreadable", error };
      if (UNAUTHENTIC.has(error.code)) return { kind: "unauthentic", error };
      throw error;
    }
  };
}

const UNAUTHENTIC: ReadonlySet<string> = new Set(["event_signature_invalid", "event_signature_late"]);
const REFUSALS: ReadonlySet<string> = new Set([...UNAUTHENTIC, "event_replayed", "event_invalid"]);

async function readSecret(file: string): Promise<Uint8Array> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    throw new AnchorwatchError(
      "event_secret_invalid",
      `The secret of an event source cannot be read: ${messageOf(cause)}`,
      { hint: "Correct the path, or give this user the right to read it.", location: { file }, cause },
    );
  }
  return parseSecret(text);
}
