/** `check --ledger`: what the check command asks of the ledger. */
import type { CheckRequest } from "../../app/checkRequest.ts";
import type { CheckLedger, Recorded } from "../../app/ledger/recordInLedger.ts";
import { checkLedger } from "../../app/ledger/recordInLedger.ts";
import type { CheckResult } from "../../domain/check.ts";
import { parseLogPlace } from "../../ledger/read/logPlace.ts";
import { escapeText } from "../formats/escape.ts";
import { formatWarningText } from "../problem.ts";
import type { Surroundings } from "../surroundings.ts";
import { entriesText } from "./words.ts";

export interface CheckIntoLedger {
  /** The request with the ledger's fingerprints, where it can be written; a ledger that cannot does not stop the check. */
  prepare(request: CheckRequest): Promise<CheckRequest>;
  /** The last line of the report. @throws AnchorwatchError why it could not be written, also what `prepare` met */
  record(result: CheckResult): Promise<string>;
  /** As `record`, of a check that could not be made. */
  recordFailure(request: CheckRequest, error: unknown): Promise<string>;
}

/** @throws AnchorwatchError `ledger_name_invalid` */
export function checkIntoLedger(name: string, surroundings: Surroundings): CheckIntoLedger {
  const { workingDirectory, ledgerMachine, stderr } = surroundings;
  const place = parseLogPlace(name, workingDirectory);
  const ledger: CheckLedger = checkLedger(place, ledgerMachine, (warning) => {
    stderr.write(formatWarningText(warning));
  });
  const startedAt = ledgerMachine.now();
  let refusal: { readonly error: unknown } | undefined;
  const written = async (work: () => Promise<Recorded>) => {
    // The first reason is the one to tell: later ones only follow from it.
    if (refusal !== undefined) throw refusal.error;
    return lastLine(name, await work());
  };
  return {
    async prepare(request) {
      try {
        return { ...request, fingerprint: await ledger.prepare() };
      } catch (error) {
        refusal = { error };
        return request;
      }
    },
    record: (result) => written(() => ledger.record(result)),
    recordFailure: (request, error) => written(() => ledger.recordFailure({ request, startedAt, error })),
  };
}

function lastLine(name: string, { first, last, size, root }: Recorded): string {
  const which = first === last ? `entry ${first}` : `entries ${first} to ${last}`;
  return `Recorded in the ledger ${escapeText(name)}: ${which}; checkpoint: ${entriesText(size)}, root ${root}\n`;
}
