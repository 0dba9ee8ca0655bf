/** A signed request → records, for the server to call. */
import type { ReadRecord } from "../../../domain/auditEvent.ts";
import { AnchorwatchError } from "../../../domain/errors.ts";
import { type BatchMeta, type EventSink, lagOf, type SourceBeat } from "../source.ts";
import { readBody } from "./body.ts";
import type { ReplayMemory } from "./replayMemory.ts";
import { type SignedRequest, verifySignature } from "./signature.ts";

export interface SignedSource {
  /** As the operator's file calls it. */
  readonly name: string;
  /** Of `parseSecret`. */
  readonly keys: readonly Uint8Array[];
  readonly replays: ReplayMemory;
  readonly now: () => Date;
  readonly onBeat: (beat: SourceBeat) => void;
}

/**
 * Resolves when the sink has kept all of it. Malformed events are among what it gets, and are given back for the answer.
 * @throws AnchorwatchError `event_signature_invalid`, `event_signature_late`, `event_replayed`, `event_invalid` (no JSON); whatever
 *   the sink throws, and then the sender may send the same again
 */
export async function receiveSigned(
  request: SignedRequest,
  source: SignedSource,
  sink: EventSink,
): Promise<readonly ReadRecord[]> {
  const receivedAt = source.now();
  const { id, validUntil } = verifySignature(request, source.keys, receivedAt);
  const records = readBody(request.body, source.name);
  const meta: BatchMeta = { source: source.name, receivedAt, from: `request ${id}` };
  const isFirst = await source.replays.once(`${source.name}/${id}`, validUntil, () => sink(records, meta));
  if (!isFirst) throw replayed(id);
  source.onBeat({ at: source.now(), ...lagOf(records, receivedAt) });
  return records;
}

function replayed(id: string): AnchorwatchError {
  return new AnchorwatchError("event_replayed", `The request ${id} was taken already`, {
    hint: "Nothing is to be done. For other events use another webhook-id.",
  });
}
