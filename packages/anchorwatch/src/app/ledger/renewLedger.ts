/** Extends the retentions of a ledger in S3, once. */
import { AnchorwatchError, type Warning } from "../../domain/errors.ts";
import { type RenewalReport, renewRetention } from "../../ledger/storage/s3/renewRetention.ts";
import type { LedgerMachine } from "./ledgerMachine.ts";
import type { LedgerSettings } from "./ledgerSettings.ts";

export interface RenewalObserver {
  readonly signal: AbortSignal;
  readonly onWarning: (warning: Warning) => void;
  readonly progress: (renewed: number) => void;
}

/**
 * Takes no lock: extending a lock harms nobody, and a sequencer that runs goes on. So it is not recorded in the ledger, either.
 * @throws AnchorwatchError `ledger_not_in_s3`, `ledger_retention_invalid`, `ledger_bucket_*`, `ledger_s3_failed`
 */
export async function renewLedger(
  { place, aws }: LedgerSettings,
  machine: LedgerMachine,
  { signal, onWarning, progress }: RenewalObserver,
): Promise<RenewalReport> {
  if (place.kind !== "s3") {
    throw new AnchorwatchError(
      "ledger_not_in_s3",
      `${place.name} is a folder, and only S3 has retentions to renew`,
      {
        hint: "Nothing has to be renewed there. Anchors are what shows that a ledger in a folder was cut.",
      },
    );
  }
  const { bucket, prefix, retention } = place;
  return await renewRetention({
    client: await machine.newS3Client(aws),
    bucket,
    prefix,
    retention,
    clock: machine.now,
    temporaryFolder: machine.temporaryFolder,
    onWarning,
    signal,
    onProgress: progress,
  });
}
