/** `check --ledger` and `check --server`: what the check command asks of the ledger. */
import type { CheckRequest } from "../../app/checkRequest.ts";
import { assertFolder, ledgerFolder } from "../../app/ledger/ledgerFolder.ts";
import type { CheckLedger, Recorded } from "../../app/ledger/recordInLedger.ts";
import { checkLedger } from "../../app/ledger/recordInLedger.ts";
import type { WritableLedger } from "../../app/ledger/writableLedger.ts";
import type { CheckResult } from "../../domain/check.ts";
import type { Warning } from "../../domain/errors.ts";
import { escapeText } from "../../domain/escape.ts";
import { parseLogPlace } from "../../ledger/read/logPlace.ts";
import type { CheckFlags } from "../checkFlags.ts";
import { formatWarningText } from "../problem.ts";
import type { Surroundings } from "../surroundings.ts";
import { configuredSettings } from "./server.ts";
import { entriesText } from "./words.ts";

export interface CheckIntoLedger {
  /** The request with the ledger's fingerprints, where it can be written; a ledger that cannot does not stop the check. */
  prepare(request: CheckRequest): Promise<CheckRequest>;
  /** The last line of the report. @throws AnchorwatchError why it could not be written, also what `prepare` met */
  record(result: CheckResult): Promise<string>;
  /** As `record`, of a check that could not be made. */
  recordFailure(request: CheckRequest, error: unknown): Promise<string>;
}

/**
 * Undefined where no ledger is named: neither by `--ledger`, which stands alone, nor by the operator's file.
 * @throws AnchorwatchError `ledger_name_invalid`, `ledger_not_a_folder`, `config_invalid`, `config_unreadable`
 */
export async function checkIntoLedger(
  flags: Pick<CheckFlags, "ledger" | "server">,
  surroundings: Surroundings,
): Promise<CheckIntoLedger | undefined> {
  const { ledgerMachine, stderr } = surroundings;
  const told = new Set<string>();
  const onWarning = (warning: Warning) => {
    const text = formatWarningText(warning);
    // The ledger is opened more than once.
    if (!told.has(text)) stderr.write(text);
    told.add(text);
  };
  const target = await targetOf(flags, surroundings, onWarning);
  if (target === undefined) return undefined;
  const { name, locate } = target;
  const ledger: CheckLedger = checkLedger(locate, ledgerMachine, onWarning);
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

interface Target {
  readonly name: string;
  readonly locate: () => Promise<WritableLedger>;
}

async function targetOf(
  { ledger, server }: Pick<CheckFlags, "ledger" | "server">,
  surroundings: Surroundings,
  onWarning: (warning: Warning) => void,
): Promise<Target | undefined> {
  const { workingDirectory, ledgerMachine } = surroundings;
  if (ledger !== undefined) {
    const place = parseLogPlace(ledger, workingDirectory);
    assertFolder(place);
    return { name: ledger, locate: () => ledgerFolder(place, ledgerMachine) };
  }
  const settings = await configuredSettings(server, surroundings);
  if (settings === undefined) return undefined;
  const { configuredLedger } = await import("../../app/ledger/configuredLedger.ts");
  return { name: settings.place.name, locate: () => configuredLedger(settings, ledgerMachine, onWarning) };
}

function lastLine(name: string, { first, last, size, root }: Recorded): string {
  const which = first === last ? `entry ${first}` : `entries ${first} to ${last}`;
  return `Recorded in the ledger ${escapeText(name)}: ${which}; checkpoint: ${entriesText(size)}, root ${root}\n`;
}
