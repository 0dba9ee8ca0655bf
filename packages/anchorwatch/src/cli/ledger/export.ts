import { AnchorwatchError } from "../../domain/errors.ts";
import { escapeJson, escapeText } from "../../domain/escape.ts";
import type { LedgerQuery } from "../../ledger/index/query.ts";
import type { ExportFormat } from "../../ledger/read/export.ts";
import type { Surroundings } from "../surroundings.ts";
import { namedLog, type ReadingFlags } from "./namedLog.ts";
import { runLedger } from "./run.ts";

/** A bound of `--from` and `--to`. */
export type Bound =
  | { readonly kind: "index"; readonly index: number }
  | { readonly kind: "time"; readonly time: Date };

export interface ExportFlags extends ReadingFlags {
  readonly from?: Bound;
  readonly to?: Bound;
  readonly format: ExportFormat;
  readonly kind?: string;
  readonly stack?: string;
  readonly address?: string;
  readonly actor?: string;
  readonly user?: string;
}

/** `anchorwatch ledger export`: to stdout, as it is read. */
export function runExport(
  given: string | undefined,
  flags: ExportFlags,
  surroundings: Surroundings,
): Promise<number> {
  const { version } = surroundings;
  return runLedger(surroundings, { ...flags, streams: true }, async ({ say, warn, progress, signal }) => {
    assertForwards(flags);
    const { place, keys, machine } = await namedLog(given, flags, surroundings);
    const { exportLedger } = await import("../../app/ledger/exportLedger.ts");
    const request = { place, keys, query: queryOf(flags), format: flags.format, version };
    const { pieces, authenticated } = await exportLedger(request, machine, {
      signal,
      progress: (done, total) => progress("reading entries:", done, total),
      onWarning: warn,
    });
    if (!authenticated) {
      warn({
        code: "ledger_key_unknown",
        message: "what is exported is self-consistent, not authenticated",
        hint: "Give the log's key with --key, and it is checked that the log signed it.",
      });
    }
    for await (const piece of pieces) if (!(await say(printable(piece, flags.format)))) break;
    return 0;
  });
}

/** Else nothing would be found, and it would look as if nothing had happened. */
function assertForwards({ from, to }: ExportFlags): void {
  if (from === undefined || to === undefined || from.kind !== to.kind) return;
  if (positionOf(from) <= positionOf(to)) return;
  throw new AnchorwatchError(
    "ledger_range_invalid",
    "--from lies behind --to, so that nothing is between them",
    {
      hint: "Exchange the two: entries are exported from --from on, up to before --to.",
    },
  );
}

function positionOf(bound: Bound): number {
  return bound.kind === "index" ? bound.index : bound.time.getTime();
}

/** Without anything that a terminal would act on: what is exported may hold anybody's text. In JSON it still means the same. */
function printable(piece: string, format: ExportFormat): string {
  return format === "csv" ? piece.replace(/[^\r\n\t]+/g, escapeText) : escapeJson(piece);
}

function queryOf({ from, to, kind, stack, address, actor, user }: ExportFlags): LedgerQuery {
  return {
    ...(from?.kind === "index" ? { fromIndex: from.index } : {}),
    ...(from?.kind === "time" ? { from: from.time } : {}),
    ...(to?.kind === "index" ? { toIndex: to.index } : {}),
    ...(to?.kind === "time" ? { to: to.time } : {}),
    ...(kind === undefined ? {} : { kind }),
    ...(stack === undefined ? {} : { stack }),
    ...(address === undefined ? {} : { address }),
    ...(actor === undefined ? {} : { actor }),
    ...(user === undefined ? {} : { user }),
  };
}
