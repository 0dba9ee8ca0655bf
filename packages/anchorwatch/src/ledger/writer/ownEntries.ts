/** Entries about the ledger itself, which its writer appends. */
import { hash } from "node:crypto";
import { parseCheckpoint, parseNote } from "tlog";
import type { EntryInput } from "../entry/entry.ts";
import type { AnchorTurn } from "./anchorNews.ts";

export const LEDGER_ACTOR = { type: "system", id: "anchorwatch/ledger" } as const;

/** Somebody else's words. */
const MAX_MESSAGE = 2000;

/** `ledger.anchor_failed` or `ledger.checkpoint_anchored`. The same turn, met again after a restart, has the same id. */
export function anchorEntry({ anchor, note, failure }: AnchorTurn, time: Date): EntryInput {
  const { size, root } = parseCheckpoint(parseNote(note).text);
  const kind = failure === undefined ? "ledger.checkpoint_anchored" : "ledger.anchor_failed";
  const said =
    failure === undefined
      ? { root: Buffer.from(root).toString("base64") }
      : { message: failure.slice(0, MAX_MESSAGE) };
  return {
    id: `${kind}:${size}:${hash("sha256", anchor).slice(0, 16)}`,
    kind,
    time: time.toISOString(),
    actor: LEDGER_ACTOR,
    data: { anchor, size, ...said },
  };
}
