import type { VerifiedLedger } from "../../app/ledger/verifyLedger.ts";
import { escapeText } from "../formats/escape.ts";
import type { Surroundings } from "../surroundings.ts";
import { type LedgerFlags, logPlaceOf, readGivenFile } from "./flags.ts";
import type { LedgerPaint } from "./paint.ts";
import { type LedgerStatus, NOT_AUTHENTICATED, runLedger } from "./run.ts";
import { entriesText, facts, keyText, rootText, spelled } from "./words.ts";

export interface VerifyFlags extends LedgerFlags {
  readonly since?: string;
  readonly anchor?: readonly string[];
}

/** `anchorwatch ledger verify`. */
export function runVerify(
  given: string | undefined,
  flags: VerifyFlags,
  surroundings: Surroundings,
): Promise<number> {
  const { workingDirectory, ledgerMachine } = surroundings;
  return runLedger(surroundings, flags, async ({ say, progress, paint, signal }) => {
    const place = await logPlaceOf(given, flags.ledger, workingDirectory);
    const { keysGiven } = await import("./keys.ts");
    const { verifyLedger } = await import("../../app/ledger/verifyLedger.ts");
    const { parseLogPlace } = await import("../../ledger/read/logPlace.ts");
    const { since } = flags;
    const verified = await verifyLedger(
      {
        place,
        keys: await keysGiven(flags.key, workingDirectory),
        ...(since === undefined
          ? {}
          : { since: { name: since, note: await readGivenFile(since, workingDirectory) } }),
        anchors: (flags.anchor ?? []).map((text) => parseLogPlace(text, workingDirectory)),
      },
      ledgerMachine,
      { signal, progress: (done, total) => progress("verifying entries:", done, total) },
    );
    await say(verdict(verified, paint));
    return statusOf(verified);
  });
}

function statusOf({ authenticated }: VerifiedLedger): LedgerStatus {
  return authenticated ? 0 : NOT_AUTHENTICATED;
}

function verdict(verified: VerifiedLedger, paint: LedgerPaint): string {
  const { name, checkpoint, signedBy, since, anchors, authenticated } = verified;
  const { size, root, origin } = checkpoint;
  const conclusion = authenticated
    ? paint.good("authenticated and whole")
    : paint.doubtful("self-consistent, not authenticated");
  const rows: (readonly [string, string])[] = [
    ["origin", escapeText(origin)],
    ["root", rootText(root)],
    ...signedBy.map((key) => ["signed by", keyText(key)] as const),
    ...(since === undefined
      ? []
      : [["since", `begins with the ${entriesText(since.size)} of ${escapeText(since.name)}`] as const]),
    ...anchors.map((anchor) => ["anchor", anchorText(anchor)] as const),
  ];
  return `${escapeText(name)}: ${entriesText(size)}, ${conclusion}\n${facts(rows, paint)}${authenticated ? "" : doubt(verified)}`;
}

function anchorText({ name, size }: VerifiedLedger["anchors"][number]): string {
  if (size === undefined) return `${escapeText(name)} has no checkpoint of this log`;
  return `${escapeText(name)} has seen the first ${entriesText(size)}, and they are the same`;
}

/** What is missing, and how to get it. */
function doubt({ anchors, checkpoint, vouchedFor }: VerifiedLedger): string {
  if (vouchedFor > 0) {
    const rest = spelled(checkpoint.size - vouchedFor);
    return `The anchors vouch for the first ${entriesText(vouchedFor)}; the other ${rest} could be anybody's. Give the log's key with --key.\n`;
  }
  const ask = anchors.length === 0 ? "with --key, or an anchor with --anchor" : "with --key";
  return (
    "All hashes fit together, but whoever keeps the log could have made all of it. " +
    `Give the log's key ${ask}, got from its owner on another way.\n`
  );
}
