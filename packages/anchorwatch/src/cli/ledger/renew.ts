import { escapeText } from "../../domain/escape.ts";
import { plural } from "../../domain/plural.ts";
import type { RenewalReport } from "../../ledger/storage/s3/renewRetention.ts";

import type { Surroundings } from "../surroundings.ts";
import { runLedger } from "./run.ts";
import { requiredSettings, type ServerFlag } from "./server.ts";

export interface RenewFlags extends ServerFlag {
  readonly color: boolean;
}

/** `anchorwatch ledger renew`: 1 also when it came too late, or close to it. */
export function runRenew(flags: RenewFlags, surroundings: Surroundings): Promise<number> {
  const { ledgerMachine } = surroundings;
  return runLedger(surroundings, flags, async ({ say, warn, progress, signal }) => {
    const settings = await requiredSettings(flags.server, surroundings);
    const { renewLedger } = await import("../../app/ledger/renewLedger.ts");
    const report = await renewLedger(settings, ledgerMachine, {
      signal,
      onWarning: warn,
      progress: (renewed) => progress(`renewed ${plural(renewed, "object")}`),
    });
    await say(`${escapeText(settings.place.name)}: ${renewedText(report)}\n`);
    return report.behind ? 1 : 0;
  });
}

function renewedText({ renewed, renewedUntil, lockedUntil }: RenewalReport): string {
  const done =
    renewed === 0
      ? "nothing had to be renewed"
      : `renewed ${plural(renewed, "object")} until ${dayOf(renewedUntil)}`;
  return lockedUntil === undefined
    ? done
    : `${done}; everything is locked at least until ${dayOf(lockedUntil)}`;
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}
