/** Asks the anchors what they have seen of this log, and refuses to go on where that is more or something else than the log has. */
import { parseCheckpoint, parseNote } from "tlog";
import type { ErrorCode } from "../../domain/error-codes.ts";
import { AnchorwatchError, messageOf, type Warning } from "../../domain/errors.ts";
import type { Anchor } from "../anchors/anchor.ts";
import { allEnded } from "../storage/allEnded.ts";
import { type EvidenceKeeper, isConflict, withEvidence } from "./conflict.ts";
import { type Evidence, keptSentence } from "./evidence.ts";
import type { LogTiles } from "./logTiles.ts";
import { type OwnCheckpoint, openOwnCheckpoint } from "./ownCheckpoint.ts";
import type { Found, Identity } from "./start.ts";

export interface AnchorCheck extends EvidenceKeeper {
  /** For messages. */
  readonly name: string;
  readonly identity: Identity;
  readonly tiles: LogTiles;
  readonly anchors: readonly Anchor[];
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
 * refuses an older one. @throws AnchorwatchError `ledger_anchor_conflict`, with where the evidence is kept
 */
export async function confrontAnchors(check: AnchorCheck, note: string, treeSize: number): Promise<void> {
  const size = parseCheckpoint(parseNote(note).text).size;
  // What is newer than the note is in no anchor: its tiles serve the proofs all the same.
  const consistency = (older: number) => check.tiles.consistency(older, size, treeSize);
  await allEnded(
    check.anchors.map(async (anchor) => {
      try {
        await anchor.publish(note, consistency);
      } catch (error) {
        if (isConflict(error)) throw await withEvidence(error, anchor, note, check);
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

/** Not the cable: somebody else's checkpoint lies there, or the key was exchanged. Publishing would overwrite what it proves. */
function isOfAnotherLog(error: unknown): boolean {
  return (
    error instanceof AnchorwatchError &&
    (error.code === "ledger_origin_mismatch" || error.code === "ledger_key_unknown")
  );
}

type Contradiction = Exclude<Evidence["reason"], "other_log">;

async function contradictionOf(
  { tiles }: AnchorCheck,
  { checkpoint }: OwnCheckpoint,
  { state }: Found,
): Promise<Contradiction | undefined> {
  if (checkpoint.size > state.size) return "rolled_back";
  const own = checkpoint.size === state.size ? state.root : await tiles.root(checkpoint.size, state.size);
  return own === Buffer.from(checkpoint.root).toString("base64") ? undefined : "forked";
}

async function refuse(
  check: AnchorCheck,
  anchor: Anchor,
  anchored: OwnCheckpoint,
  found: Found,
  reason: Contradiction,
): Promise<AnchorwatchError> {
  const { size } = anchored.checkpoint;
  const { code, message, hint } = REFUSALS[reason](anchor.name, check.name, size, found.state.size);
  const kept = await keptSentence(check.keepEvidence, {
    reason,
    own: found.checkpoint?.note,
    anchor: anchor.name,
    anchored: anchored.note,
    said: message,
    found: check.clock(),
  });
  return new AnchorwatchError(code, message, { hint: `${hint} ${kept}`, location: { file: check.name } });
}

interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
}

type Refuse = (anchor: string, log: string, seen: number, size: number) => Refusal;

const REFUSALS: Readonly<Record<Contradiction, Refuse>> = {
  rolled_back: (anchor, log, seen, size) => ({
    code: "ledger_rolled_back",
    message: `The anchor ${anchor} has seen ${seen} entries of the ledger ${log}, which has only ${size}`,
    hint: "It was restored from an older copy, and signs nothing. Restore the newest copy.",
  }),
  forked: (anchor, log, seen) => ({
    code: "ledger_forked",
    message: `The anchor ${anchor} has seen another history of the ledger ${log}: the first ${seen} entries are not the same`,
    hint: "Entries were changed, or two logs share one key. Nothing was signed.",
  }),
};
