import type { ServerConfiguration } from "../../app/configuration/server/serverConfiguration.ts";
import type { StackSource } from "../../app/watch/watchSettings.ts";
import { escapeText } from "../../domain/escape.ts";
import { plural } from "../../domain/plural.ts";
import { durationText } from "../formats/words.ts";

/** What the operator's file makes the program do, line by line. */
export function whatIsWatched({ watch, ledger }: ServerConfiguration): readonly string[] {
  const { stacks, events, sweepEveryMs } = watch;
  const places =
    stacks.length === 0
      ? ["No place with stacks is named: only those are watched that are added by API."]
      : stacks.map((source) => `Watches ${escapeText(placeOf(source))}.`);
  const sources =
    events.length === 0
      ? `No event source is named: changes are seen by sweeps alone, every ${durationText(sweepEveryMs)}.`
      : `Hears of changes from ${events.map(({ name }) => escapeText(name)).join(", ")}; sweeps every ${durationText(sweepEveryMs)}.`;
  const log =
    ledger === undefined
      ? "No ledger is named: one is kept in this user's folder for the state of programs."
      : `Writes to the ledger ${escapeText(ledger.place.name)}, with ${ledger.anchors.length === 0 ? "no anchor" : plural(ledger.anchors.length, "anchor")}.`;
  return [...places, sources, log];
}

function placeOf(source: StackSource): string {
  if (source.kind === "folder") return source.path;
  const folders = source.folders.length === 0 ? "" : `, ${source.folders.join(", ")}`;
  return `${source.url} at ${source.ref}${folders}`;
}
