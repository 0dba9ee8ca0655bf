/** The watch of this machine: what the operator's file says, joined with what the process has. */
import { join } from "node:path";
import process from "node:process";
import { configuredLedger } from "../../app/ledger/configuredLedger.ts";
import { ledgerFolder } from "../../app/ledger/ledgerFolder.ts";
import type { AwsSettings } from "../../app/ledger/ledgerMachine.ts";
import type { WritableLedger } from "../../app/ledger/writableLedger.ts";
import { openDeclarations } from "../../app/watch/declaring.ts";
import { startWatch } from "../../app/watch/startWatch.ts";
import type { WatchMachine } from "../../app/watch/watchMachine.ts";
import { messageOf } from "../../domain/errors.ts";
import { thisLedgerMachine } from "../ledger/thisLedgerMachine.ts";
import { thisMachine } from "../thisMachine.ts";
import type { StartWatch, WatchStart } from "./runningWatch.ts";
import { servedWatch } from "./servedWatch.ts";

export const startThisWatch: StartWatch = async (start) => {
  const machine = thisWatchMachine();
  const { settings, databaseUrl, configuration, meter, onWarning } = start;
  const startedAt = machine.now();
  // What the operator's file says may change; where its folders are may not.
  const current = () => ({ ...settings, ...configuration.current.watch });
  const declarations = openDeclarations({
    settings: () => ({
      ...current(),
      databaseFolder: settings.databaseFolder,
      workFolder: settings.workFolder,
    }),
    environment: process.env,
    now: machine.now,
    sleep: machine.sleep,
    random: machine.chance,
    onWarning,
  });
  const started = await startWatch({
    settings,
    ledger: await ledgerOf(start, machine),
    databaseUrl,
    machine,
    declarations,
    identities: () => current().identities,
    meter,
    onWarning,
  });
  configuration.onChange(() => {
    started.redeclare().catch((error: unknown) => {
      onWarning({
        code: "config_invalid",
        message: `The stacks could not be declared anew: ${messageOf(error)}`,
      });
    });
  });
  return servedWatch(started, start, startedAt);
};

function thisWatchMachine(): WatchMachine {
  return {
    ...thisMachine(),
    ...thisLedgerMachine(),
    elapsed: () => performance.now(),
    chance: () => Math.random(),
    every: (milliseconds, work) => {
      const timer = setInterval(work, milliseconds);
      return () => clearInterval(timer);
    },
    newSqsClient: sqsClient,
  };
}

async function sqsClient({ region, profile, endpoint }: AwsSettings = {}) {
  const { SQSClient } = await import("@aws-sdk/client-sqs");
  return new SQSClient({
    ...(region === undefined ? {} : { region }),
    ...(profile === undefined ? {} : { profile }),
    ...(endpoint === undefined ? {} : { endpoint }),
  });
}

/** Where the operator names none, one beside the database: what was found must never be without proof. */
async function ledgerOf(
  { configuration, stateFolder, onWarning }: WatchStart,
  machine: WatchMachine,
): Promise<WritableLedger> {
  const { ledger } = configuration.current;
  if (ledger !== undefined) return await configuredLedger(ledger, machine, onWarning);
  const path = join(stateFolder, "ledger");
  return await ledgerFolder({ kind: "folder", name: path, path }, machine);
}
