import type { VerifierKey } from "tlog";
import type { Anchor } from "../../ledger/anchors/anchor.ts";
import { verifierKeysIn } from "../../ledger/keys/kmsKeys.ts";
import { isThere } from "../../ledger/keys/signingKeys.ts";
import { askableAnchors, keeperOf } from "./configuredLedger.ts";
import type { LedgerMachine } from "./ledgerMachine.ts";
import type { LedgerSettings } from "./ledgerSettings.ts";

/** What the operator's file has that vouches for a ledger. */
export interface ConfiguredTrust {
  /** Of the log, where its private folder is on this machine, and of its witnesses. */
  readonly keys: readonly VerifierKey[];
  /** Those that can tell what they have seen. */
  readonly anchors: readonly Anchor[];
}

/** @throws AnchorwatchError `ledger_key_*` of a private folder that cannot be used */
export async function configuredTrust(
  settings: LedgerSettings,
  machine: LedgerMachine,
): Promise<ConfiguredTrust> {
  const own = await configuredKeys(settings, machine);
  const witnesses = settings.anchors.flatMap((anchor) => (anchor.kind === "witness" ? anchor.keys : []));
  return { keys: [...own, ...witnesses], anchors: await askableAnchors(settings, machine) };
}

/** The log's own, those that sign first; none where its private folder is on another machine. */
export async function configuredKeys(
  settings: LedgerSettings,
  machine: LedgerMachine,
): Promise<readonly VerifierKey[]> {
  const { privateFolder } = settings;
  return (await isThere(privateFolder))
    ? await verifierKeysIn(privateFolder, keeperOf(settings, machine))
    : [];
}
