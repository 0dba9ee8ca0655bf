/** The watch of this machine: what the operator's file says, joined with what the process has. */
import { randomBytes, randomUUID } from "node:crypto";
import { lookup } from "node:dns/promises";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { appendLines } from "../../alerts/channels/siem/appendLines.ts";
import type { AlertsOptions } from "../../app/alerts/alertsOptions.ts";
import { channelParts } from "../../app/alerts/channelParts.ts";
import { configuredLedger } from "../../app/ledger/configuredLedger.ts";
import { ledgerFolder } from "../../app/ledger/ledgerFolder.ts";
import type { AwsSettings } from "../../app/ledger/ledgerMachine.ts";
import { renewLedger } from "../../app/ledger/renewLedger.ts";
import type { WritableLedger } from "../../app/ledger/writableLedger.ts";
import { newStackPolicies } from "../../app/policy/rules/stackPolicies.ts";
import { rulesFor } from "../../app/policy/rulesInForce.ts";
import { openDeclarations } from "../../app/watch/declaring.ts";
import { asWarning } from "../../app/watch/inOurWords.ts";
import { startWatch, type WatchOptions } from "../../app/watch/startWatch.ts";
import type { WatchMachine } from "../../app/watch/watchMachine.ts";
import { newEgress } from "../../egress/egress.ts";
import { newConnect } from "../../egress/egressConnect.ts";
import { createAccessRecords } from "../../store/accessRecords.ts";
import { awsConnection } from "../awsConnection.ts";
import { thisLedgerMachine } from "../ledger/thisLedgerMachine.ts";
import { writeTo } from "../output.ts";
import { thisMachine } from "../thisMachine.ts";
import type { StartWatch, WatchStart } from "./runningWatch.ts";
import { servedAccess } from "./servedAccess.ts";
import { servedWatch } from "./servedWatch.ts";
import { newListPublicKeys } from "./thisCloudTrail.ts";

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
  const policies = newStackPolicies(() => configuration.current.policy);
  const started = await startWatch({
    settings,
    rules: rulesFor(policies, () => configuration.current.exceptions),
    ledger: await ledgerOf(start, machine),
    databaseUrl,
    machine,
    declarations,
    identities: () => current().identities,
    sweepEveryMs: () => current().sweepEveryMs,
    ...renewalOf(start, machine),
    alerts: alertsOf(start, machine),
    meter,
    onWarning,
  });
  configuration.onChange(() => {
    started.redeclare().catch((error: unknown) => onWarning(asWarning(error)));
  });
  const openAccess = () =>
    servedAccess({
      records: createAccessRecords(started.database),
      settings: () => configuration.current.access,
      now: machine.now,
      newId: () => randomUUID().replaceAll("-", ""),
      randomBytes: (length) => new Uint8Array(randomBytes(length)),
      fetch: globalThis.fetch,
      environment: process.env,
      onWarning,
    });
  return servedWatch(started, start, startedAt, openAccess);
};

/** Channels are opened with what this process has; where they lead to, egress decides by the rules in force. */
function alertsOf({ configuration, settings, version }: WatchStart, machine: WatchMachine): AlertsOptions {
  const rules = () => configuration.current.egress;
  const resolve = (name: string) => lookup(name, { all: true, verbatim: true });
  const origin = () => configuration.inForce.listen.publicUrl ?? `http://localhost:${settings.port}`;
  const surroundings = {
    ...{ outbound: newEgress({ rules, resolve, version }), connect: newConnect({ rules, resolve }) },
    append: appendLines((text) => writeTo(process.stdout, text)),
    ...{ environment: process.env, now: machine.now, version },
  };
  return {
    settings: () => configuration.current.alerts,
    origin,
    onSettings: (listener) => configuration.onChange(listener),
    playbooks: () => configuration.current.playbooks,
    partsOf: (channel) => channelParts(channel, { ...surroundings, origin: origin() }),
  };
}

/** What a watch needs of this machine. */
export function thisWatchMachine(): WatchMachine {
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
    newListPublicKeys: newListPublicKeys(process.env),
    awsConnection: (aws) => awsConnection(process.env, aws),
  };
}

async function sqsClient(settings: AwsSettings = {}) {
  const { SQSClient } = await import("@aws-sdk/client-sqs");
  return new SQSClient(await awsConnection(process.env, settings));
}

/** A folder has no retentions. */
function renewalOf(
  { configuration, onWarning }: WatchStart,
  machine: WatchMachine,
): Pick<WatchOptions, "renewRetentions"> {
  const { ledger } = configuration.current;
  if (ledger?.place.kind !== "s3") return {};
  return {
    renewRetentions: (signal) => renewLedger(ledger, machine, { signal, onWarning, progress: () => {} }),
  };
}

/** Where the operator names none, one beside the database: what was found must never be without proof. */
async function ledgerOf(
  { configuration, stateFolder, onWarning }: WatchStart,
  machine: WatchMachine,
): Promise<WritableLedger> {
  const { ledger } = configuration.current;
  if (ledger !== undefined) return await configuredLedger(ledger, machine, onWarning);
  // Nobody has mistyped it: at the first start it is not there yet.
  await mkdir(stateFolder, { recursive: true });
  const path = join(stateFolder, "ledger");
  return await ledgerFolder({ kind: "folder", name: path, path }, machine);
}
