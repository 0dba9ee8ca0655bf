import type { Finding, LedgerHealth, SizeSource } from "../../ledger/read/fsck/finding.ts";
import { escapeText } from "../formats/escape.ts";
import { plural } from "../formats/words.ts";
import type { Surroundings } from "../surroundings.ts";
import { type LedgerFlags, logPlaceOf } from "./flags.ts";
import { keysGiven } from "./keys.ts";
import type { LedgerPaint } from "./paint.ts";
import { type LedgerStatus, NOT_AUTHENTICATED, runLedger } from "./run.ts";
import { entriesText } from "./words.ts";

/** `anchorwatch ledger fsck`. */
export function runFsck(
  given: string | undefined,
  flags: LedgerFlags,
  surroundings: Surroundings,
): Promise<number> {
  const { workingDirectory, ledgerMachine } = surroundings;
  return runLedger(surroundings, flags, async ({ say, progress, paint, signal }) => {
    const place = await logPlaceOf(given, flags.ledger, workingDirectory);
    const { checkLedgerFolder } = await import("../../app/ledger/checkLedgerFolder.ts");
    const keys = await keysGiven(flags.key, workingDirectory);
    const health = await checkLedgerFolder(place, keys, ledgerMachine, {
      signal,
      progress: (done, total) => progress("looking at entries:", done, total),
    });
    await say(report(health, paint));
    return statusOf(health);
  });
}

function statusOf({ findings, signedBy }: LedgerHealth): LedgerStatus {
  if (findings.some(({ severity }) => severity === "damage")) return 1;
  return signedBy.length > 0 ? 0 : NOT_AUTHENTICATED;
}

function report(health: LedgerHealth, paint: LedgerPaint): string {
  const { name, size, sizeBy, files, findings, readable, signedBy } = health;
  const damaged = findings.filter(({ severity }) => severity === "damage").length;
  const lines = findings.flatMap((finding) => findingLines(finding, paint));
  const sound =
    signedBy.length > 0 ? paint.good("whole") : paint.doubtful("whole, but signed by no key that is known");
  const verdict = damaged === 0 ? sound : paint.bad(plural(damaged, "fault"));
  const rest = damaged === 0 ? [] : [`${readableText(readable, sizeBy)}; nothing was changed here.`];
  const measured = sizeBy === "checkpoint" || sizeBy === "nothing" ? "" : ` by ${MEASURES[sizeBy]}`;
  const summary = `${escapeText(name)}: ${entriesText(size)}${measured} in ${plural(files, "file")}, ${verdict}`;
  return `${[...lines, summary, ...rest].join("\n")}\n`;
}

const MEASURES = {
  ".tree": ".tree, which nobody signed,",
  tiles: "its tiles, which nobody signed,",
} as const;

function readableText(readable: number, sizeBy: SizeSource): string {
  return sizeBy === "checkpoint"
    ? `Everything before entry ${readable} can be read and proven`
    : `Everything before entry ${readable} can be read, and proven once there is a signed checkpoint again`;
}

function findingLines({ severity, path, message, advice }: Finding, paint: LedgerPaint): readonly string[] {
  const mark = severity === "damage" ? paint.bad("damage") : paint.quiet("note  ");
  return [
    `${mark}  ${paint.strong(escapeText(path))}: ${escapeText(message)}`,
    `        ${escapeText(advice)}`,
  ];
}
