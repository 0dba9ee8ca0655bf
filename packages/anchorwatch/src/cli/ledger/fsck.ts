import { escapeText } from "../../domain/escape.ts";
import { plural } from "../../domain/plural.ts";
import type { Finding, LedgerHealth } from "../../ledger/read/fsck/finding.ts";

import type { Surroundings } from "../surroundings.ts";
import { namedLog, type ReadingFlags } from "./namedLog.ts";
import type { LedgerPaint } from "./paint.ts";
import { type LedgerStatus, NOT_AUTHENTICATED, runLedger } from "./run.ts";
import { entriesText } from "./words.ts";

/** `anchorwatch ledger fsck`. */
export function runFsck(
  given: string | undefined,
  flags: ReadingFlags,
  surroundings: Surroundings,
): Promise<number> {
  return runLedger(surroundings, flags, async ({ say, progress, paint, signal }) => {
    const { place, keys, machine } = await namedLog(given, flags, surroundings);
    const { checkLedgerFolder } = await import("../../app/ledger/checkLedgerFolder.ts");
    const health = await checkLedgerFolder(place, keys, machine, {
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
  const { name, size, sizeBy, files, findings, signedBy } = health;
  const damaged = findings.filter(({ severity }) => severity === "damage").length;
  const lines = findings.flatMap((finding) => findingLines(finding, paint));
  const sound =
    signedBy.length > 0 ? paint.good("whole") : paint.doubtful("whole, but signed by no key that is known");
  const verdict = damaged === 0 ? sound : paint.bad(plural(damaged, "fault"));
  const rest = damaged === 0 ? [] : [`${readableText(health)}; nothing was changed here.`];
  const measured = sizeBy === "checkpoint" || sizeBy === "nothing" ? "" : ` by ${MEASURES[sizeBy]}`;
  const summary = `${escapeText(name)}: ${entriesText(size)}${measured} in ${plural(files, "file")}, ${verdict}`;
  return `${[...lines, summary, ...rest].join("\n")}\n`;
}

const MEASURES = {
  ".tree": ".tree, which nobody signed,",
  tiles: "its tiles, which nobody signed,",
} as const;

function readableText({ readable, size, sizeBy, signedBy }: LedgerHealth): string {
  if (readable === 0) return "No entry can be read and proven";
  const what = readable === size ? `All ${entriesText(size)}` : `Everything before entry ${readable}`;
  if (signedBy.length > 0) return `${what} can be read and proven`;
  const when =
    sizeBy === "checkpoint"
      ? "once the checkpoint is signed by a key that is known"
      : "once there is a signed checkpoint again";
  return `${what} can be read, and proven ${when}`;
}

function findingLines({ severity, path, message, advice }: Finding, paint: LedgerPaint): readonly string[] {
  const mark = severity === "damage" ? paint.bad("damage") : paint.quiet("note  ");
  return [
    `${mark}  ${paint.strong(escapeText(path))}: ${escapeText(message)}`,
    `        ${escapeText(advice)}`,
  ];
}
