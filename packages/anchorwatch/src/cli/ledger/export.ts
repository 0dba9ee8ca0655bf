import type { LedgerQuery } from "../../ledger/index/query.ts";
import type { ExportFormat } from "../../ledger/read/export.ts";
import type { Surroundings } from "../surroundings.ts";
import { type LedgerFlags, logPlaceOf } from "./flags.ts";
import { keysGiven } from "./keys.ts";
import { runLedger } from "./run.ts";

/** A bound of `--from` and `--to`. */
export type Bound =
  | { readonly kind: "index"; readonly index: number }
  | { readonly kind: "time"; readonly time: Date };

export interface ExportFlags extends LedgerFlags {
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
  const { workingDirectory, ledgerMachine, version } = surroundings;
  return runLedger(surroundings, { ...flags, streams: true }, async ({ say, warn, progress, signal }) => {
    const place = await logPlaceOf(given, flags.ledger, workingDirectory);
    const { exportLedger } = await import("../../app/ledger/exportLedger.ts");
    const keys = await keysGiven(flags.key, workingDirectory);
    const request = { place, keys, query: queryOf(flags), format: flags.format, version };
    const { pieces, authenticated } = await exportLedger(request, ledgerMachine, {
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
    for await (const piece of pieces) if (!(await say(piece))) break;
    return 0;
  });
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
