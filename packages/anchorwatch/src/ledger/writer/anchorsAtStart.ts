/** Asks the anchors what they have seen of this log, and refuses to go on where that is more or something else than the log has. */
import { parseCheckpoint, parseNote } from "tlog";
import { AnchorwatchError, messageOf, type Warning } from "../../domain/errors.ts";
import type { Anchor } from "../anchors/anchor.ts";
import type { Evidence, KeepEvidence } from "./evidence.ts";
import type { LogTiles } from "./logTiles.ts";
import { type OwnCheckpoint, openOwnCheckpoint } from "./ownCheckpoint.ts";
import type { Found, Identity } from "./start.ts";

export interface AnchorCheck {
  /** For messages. */
  readonly name: string;
  readonly identity: Identity;
  readonly tiles: LogTiles;
  readonly anchors: readonly Anchor[];
  readonly keepEvidence: KeepEvidence;
  readonly clock: () => Date;
  readonly onWarning: (warning: Warning) => void;
}

/**
 * An anchor that cannot be asked is a warning: else whoever cuts a cable could stop the log.
 * @throws AnchorwatchError `ledger_rolled_back`, `ledger_forked`, both with where the evidence is kept; `ledger_origin_mismatch` or
 *   `ledger_key_unknown` when an anchor has a checkpoint of another log or by another key
 */
export async function checkAnchors(check: AnchorCheck, found: Found): Promise<void> {
  const seen = await Promise.all(check.anchors.map((anchor) => latestOf(check, anchor)));
  for (const [at, anchor] of check.anchors.entries()) {
    const anchored = seen[at];
    if (typeof anchored !== "object") continue;
    const contradiction = await contradictionOf(check, anchored, found);
    if (contradiction !== undefined) throw await refuse(check, anchor, anchored, found, contradiction);
  }
  if (found.checkpoint === undefined) return;
  const silent = check.anchors.filter((_, at) => seen[at] === "silent");
  await confrontAnchors({ ...check, anchors: silent }, found.checkpoint.note, found.state.size);
}

/**
 * Tells anchors of a checkpoint and waits for what they say: a witness cannot be asked for the latest that it has seen, but it
 * refuses an older one. @throws AnchorwatchError `ledger_anchor_conflict`
 */
export async function confrontAnchors(check: AnchorCheck, note: string, treeSize: number): Promise<void> {
  const size = parseCheckpoint(parseNote(note).text).size;
  // What is newer than the note is in no anchor: its tiles serve the proofs all the same.
  const consistency = (older: number) => check.tiles.consistency(older, size, treeSize);
  await Promise.all(
    check.anchors.map(async (anchor) => {
      try {
        await anchor.publish(note, consistency);
      } catch (error) {
        if (isConflict(error)) throw error;
        check.onWarning(silenceWarning(check, anchor, error));
      }
    }),
  );
}

/** `silent`: it has nothing, or cannot tell. `unknown`: it could not be asked, and was warned of. */
async function latestOf(check: AnchorCheck, anchor: Anchor): Promise<OwnCheckpoint | "silent" | "unknown"> {
  const what = `the checkpoint that the anchor ${anchor.name} has`;
  try {
    const note = await anchor.latest();
    return note === undefined ? "silent" : await openOwnCheckpoint(note, check.identity, what);
  } catch (error) {
    if (isOfAnotherLog(error)) throw error;
    check.onWarning(silenceWarning(check, anchor, error));
    return "unknown";
  }
}

function silenceWarning({ name }: AnchorCheck, anchor: Anchor, error: unknown): Warning {
  return {
    code: "ledger_anchor_failed",
    message: `The anchor ${anchor.name} does not say what it has seen of the ledger ${name}: ${messageOf(error)}`,
    hint: "Until it does, an older copy of the log would not be noticed there.",
  };
}

/** The anchor knows another or a longer history: nothing more may be signed. */
export function isConflict(error: unknown): error is AnchorwatchError {
  return error instanceof AnchorwatchError && error.code === "ledger_anchor_conflict";
}

/** Not the cable: somebody else's checkpoint lies there, or the key was exchanged. Publishing would overwrite what it proves. */
function isOfAnotherLog(error: unknown): boolean {
  return (
    error instanceof AnchorwatchError &&
    (error.code === "ledger_origin_mismatch" || error.code === "ledger_key_unknown")
  );
}

async function contradictionOf(
  { tiles }: AnchorCheck,
  { checkpoint }: OwnCheckpoint,
  { state }: Found,
): Promise<Evidence["reason"] | undefined> {
  if (checkpoint.size > state.size) return "rolled_back";
  const own = checkpoint.size === state.size ? state.root : await tiles.root(checkpoint.size, state.size);
  return own === Buffer.from(checkpoint.root).toString("base64") ? undefined : "forked";
}

async function refuse(
  check: AnchorCheck,
  anchor: Anchor,
  anchored: OwnCheckpoint,
  found: Found,
  reason: Evidence["reason"],
): Promise<AnchorwatchError> {
  const kept = await check.keepEvidence({
    reason,
    own: found.checkpoint?.note,
    anchor: anchor.name,
    anchored: anchored.note,
    found: check.clock(),
  });
  const { size } = anchored.checkpoint;
  const evidence = `Both checkpoints are kept in ${kept}.`;
  if (reason === "rolled_back") {
    const message = `The anchor ${anchor.name} has seen ${size} entries of the ledger ${check.name}, which has only ${found.state.size}`;
    return new AnchorwatchError("ledger_rolled_back", message, {
      hint: `It was restored from an older copy, and signs nothing. Restore the newest copy. ${evidence}`,
      location: { file: check.name },
    });
  }
  const message = `The anchor ${anchor.name} has seen another history of the ledger ${check.name}: the first ${size} entries are not the same`;
  return new AnchorwatchError("ledger_forked", message, {
    hint: `Entries were changed, or two logs share one key. Nothing was signed. ${evidence}`,
    location: { file: check.name },
  });
}
