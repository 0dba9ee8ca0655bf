import { parseCheckpoint, parseNote } from "tlog";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { Anchor } from "../../ledger/anchors/anchor.ts";
import { folderAnchor } from "../../ledger/anchors/folderAnchor.ts";
import { s3Anchor } from "../../ledger/anchors/s3Anchor.ts";
import type { LogPlace } from "../../ledger/read/logPlace.ts";
import { logSourceOf } from "../../ledger/read/logSource.ts";
import { speaking } from "../../ledger/read/productWords.ts";
import { isServed } from "./evidencePlace.ts";
import type { LedgerMachine } from "./ledgerMachine.ts";

/** What an anchor remembers of a log. */
export interface Anchored {
  readonly name: string;
  /** A signed note; undefined: the anchor has none yet. */
  readonly note: string | undefined;
  /** What the note says, believed by nobody yet. */
  readonly size: number | undefined;
}

/**
 * The latest checkpoint of each. An address is asked for its `checkpoint`, as a served copy of an anchor's folder has it.
 * @param configured further ones
 * @throws AnchorwatchError `ledger_anchor_*`, `ledger_unreachable`, `ledger_checkpoint_invalid`: an anchor that was named and cannot be
 *   asked vouches for nothing
 */
export async function readAnchors(
  places: readonly LogPlace[],
  machine: LedgerMachine,
  configured: readonly Anchor[] = [],
): Promise<readonly Anchored[]> {
  return await Promise.all([
    ...places.map((place) => anchored(place.name, () => latestOf(place, machine))),
    ...configured.map((anchor) => anchored(anchor.name, () => anchor.latest())),
  ]);
}

/**
 * A log that is named as its own anchor would vouch for itself, whoever has made it.
 * @throws AnchorwatchError `ledger_anchor_invalid`
 */
export async function assertElsewhere(anchors: readonly LogPlace[], log: LogPlace): Promise<void> {
  for (const anchor of anchors) {
    if (!(await isIn(anchor, log))) continue;
    throw new AnchorwatchError(
      "ledger_anchor_invalid",
      `The anchor ${anchor.name} is the ledger ${log.name} itself, or lies in it: no ledger vouches for itself`,
      { hint: "Name a place that whoever keeps the ledger cannot change: another bucket, a file share." },
    );
  }
}

async function isIn(anchor: LogPlace, log: LogPlace): Promise<boolean> {
  if (anchor.kind === "folder") return await isServed(anchor.path, log);
  return anchor.kind === "http" && log.kind === "http" && anchor.url.startsWith(log.url);
}

async function anchored(name: string, ask: () => Promise<string | undefined>): Promise<Anchored> {
  return await speaking(`The anchor ${name}`, async () => {
    const note = await ask();
    const size = note === undefined ? undefined : parseCheckpoint(parseNote(note).text).size;
    return { name, note, size };
  });
}

async function latestOf(place: LogPlace, machine: LedgerMachine): Promise<string | undefined> {
  switch (place.kind) {
    case "folder":
      return await folderAnchor(place.path, machine.newId).latest();
    case "s3": {
      const { bucket, prefix } = place;
      return await s3Anchor({ client: await machine.newS3Client(), bucket, prefix }).latest();
    }
    case "http": {
      const bytes = await (await logSourceOf(place, machine)).read("checkpoint");
      return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
    }
  }
}
