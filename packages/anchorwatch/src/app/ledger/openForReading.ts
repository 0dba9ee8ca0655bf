import type { VerifierKey } from "tlog";
import type { LogPlace } from "../../ledger/read/logPlace.ts";
import { logSourceOf } from "../../ledger/read/logSource.ts";
import type { OpenedLog } from "../../ledger/read/openedLog.ts";
import { openLog } from "../../ledger/read/openLog.ts";
import type { LedgerMachine } from "./ledgerMachine.ts";

/** @throws AnchorwatchError `ledger_missing`, `ledger_checkpoint_invalid`, `ledger_key_unknown`, `ledger_unreachable` */
export async function openForReading(
  place: LogPlace,
  keys: readonly VerifierKey[],
  machine: LedgerMachine,
  signal?: AbortSignal,
): Promise<OpenedLog> {
  const source = await logSourceOf(place, machine);
  return await openLog(source, { keys, ...(signal === undefined ? {} : { signal }) });
}
