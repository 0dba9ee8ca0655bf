import type { VerifierKey } from "tlog";
import { AnchorwatchError } from "../../domain/errors.ts";
import { checkFolder } from "../../ledger/read/fsck/checkFolder.ts";
import { damage, type Finding, type LedgerHealth } from "../../ledger/read/fsck/finding.ts";
import type { LogPlace } from "../../ledger/read/logPlace.ts";
import { ownKeys } from "./ledgerKeys.ts";
import type { LedgerMachine } from "./ledgerMachine.ts";
import type { LedgerObserver } from "./verifyLedger.ts";

/**
 * `fsck`: every file of the folder, and the keys beside it where they are ours.
 * @throws AnchorwatchError `ledger_not_a_folder`, `ledger_missing`, `ledger_unreachable`
 */
export async function checkLedgerFolder(
  place: LogPlace,
  given: readonly VerifierKey[],
  machine: LedgerMachine,
  observer: LedgerObserver,
): Promise<LedgerHealth> {
  if (place.kind !== "folder") {
    throw new AnchorwatchError(
      "ledger_not_a_folder",
      `Files can be looked at in a folder, not in ${place.name}`,
      {
        hint: "Use `anchorwatch ledger verify`, which reads a log from everywhere.",
      },
    );
  }
  const own = await keysBeside(place, machine);
  const keys = [...given, ...own.keys];
  const { name, path } = place;
  const health = await checkFolder({ name, path, keys, isWritten: own.isThere }, observer);
  return { ...health, findings: [...health.findings, ...own.findings] };
}

interface KeysBeside {
  readonly isThere: boolean;
  readonly keys: readonly VerifierKey[];
  readonly findings: readonly Finding[];
}

/** A key that cannot be used does not keep anybody from looking at the log. */
async function keysBeside(place: LogPlace, machine: LedgerMachine): Promise<KeysBeside> {
  try {
    const keys = await ownKeys(place, machine);
    return { isThere: keys !== undefined, keys: keys ?? [], findings: [] };
  } catch (error) {
    if (!(error instanceof AnchorwatchError)) throw error;
    const { message, hint = "Restore the private folder from its backup." } = error;
    const path = error.location?.file ?? `${place.name}.private`;
    return { isThere: true, keys: [], findings: [damage(path, message, hint)] };
  }
}
