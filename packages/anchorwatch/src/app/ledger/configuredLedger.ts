/** The ledger that the operator's file names: where it lies, what signs, where checkpoints go. */
import { readFile } from "node:fs/promises";
import { AnchorwatchError, messageOf, type Warning } from "../../domain/errors.ts";
import type { Anchor } from "../../ledger/anchors/anchor.ts";
import { folderAnchor } from "../../ledger/anchors/folderAnchor.ts";
import { s3Anchor } from "../../ledger/anchors/s3Anchor.ts";
import { webhookAnchor } from "../../ledger/anchors/webhookAnchor.ts";
import { witnessAnchor } from "../../ledger/anchors/witnessAnchor.ts";
import type { KeyKeeper } from "../../ledger/keys/keyPlace.ts";
import { kmsKeys } from "../../ledger/keys/kmsKeys.ts";
import { fileKeys } from "../../ledger/keys/signingKeys.ts";
import { directoryStorage } from "../../ledger/storage/directory/directoryStorage.ts";
import { withFolderLock } from "../../ledger/storage/folderLock.ts";
import { S3Storage } from "../../ledger/storage/s3/s3Storage.ts";
import type { LogStorage } from "../../ledger/storage/storage.ts";
import { assertParent } from "./ledgerFolder.ts";
import type { AwsSettings, LedgerMachine } from "./ledgerMachine.ts";
import type { AnchorSettings, LedgerSettings } from "./ledgerSettings.ts";
import type { WritableLedger } from "./writableLedger.ts";

/** @throws AnchorwatchError `ledger_unwritable` (the folder around it does not exist), `ledger_anchor_invalid` */
export async function configuredLedger(
  settings: LedgerSettings,
  machine: LedgerMachine,
  onWarning: (warning: Warning) => void,
): Promise<WritableLedger> {
  const { privateFolder } = settings;
  const keeper = keeperOf(settings, machine);
  return {
    storage: await storageOf(settings, machine, onWarning),
    privateFolder,
    keeper,
    keys: keysOf(settings, keeper, machine),
    anchors: await Promise.all(settings.anchors.map((anchor) => anchorOf(anchor, machine))),
  };
}

/** Folders that others read must not hold its keys: the ledger's own, and those of anchors. */
export function keeperOf({ place, anchors }: LedgerSettings, { userId }: LedgerMachine): KeyKeeper {
  const shared = anchors.flatMap((anchor) => (anchor.kind === "folder" ? [anchor.path] : []));
  return { served: place.kind === "folder" ? [place.path, ...shared] : shared, uid: userId };
}

/** Those anchors that can tell what they have seen. */
export async function askableAnchors(
  { anchors }: LedgerSettings,
  machine: LedgerMachine,
): Promise<readonly Anchor[]> {
  const askable = anchors.filter(({ kind }) => kind === "folder" || kind === "s3");
  return await Promise.all(askable.map((anchor) => anchorOf(anchor, machine)));
}

async function storageOf(
  { place, privateFolder, aws }: LedgerSettings,
  machine: LedgerMachine,
  onWarning: (warning: Warning) => void,
): Promise<LogStorage> {
  if (place.kind === "folder") {
    await assertParent(place.path);
    return directoryStorage(place.path);
  }
  const { bucket, prefix, retention } = place;
  const storage = new S3Storage({
    client: await machine.newS3Client(aws),
    bucket,
    prefix,
    retention,
    clock: machine.now,
    newOwner: machine.newId,
    onWarning,
  });
  return withFolderLock(storage, privateFolder);
}

function keysOf({ privateFolder, kms, aws }: LedgerSettings, keeper: KeyKeeper, machine: LedgerMachine) {
  if (kms === undefined) return fileKeys(privateFolder, keeper, machine.random);
  const newClient = () => machine.newKmsClient({ ...regionOf(kms), ...aws });
  return kmsKeys({ folder: privateFolder, keeper, keyId: kms, newClient });
}

/** A key is only known where it lives. */
function regionOf(kms: string): AwsSettings {
  const [, region] = /^arn:[^:]+:kms:([^:]+):/.exec(kms) ?? [];
  return region === undefined ? {} : { region };
}

async function anchorOf(settings: AnchorSettings, machine: LedgerMachine): Promise<Anchor> {
  const delivery = { fetch: machine.fetch, wait: machine.sleep };
  switch (settings.kind) {
    case "folder":
      return folderAnchor(settings.path, machine.newId);
    case "s3": {
      const { bucket, prefix, aws } = settings;
      return s3Anchor({ client: await machine.newS3Client(aws), bucket, prefix });
    }
    case "witness":
      return witnessAnchor({ ...delivery, url: settings.url, keys: settings.keys });
    case "webhook": {
      const { url, secretFile } = settings;
      const secret = secretFile === undefined ? {} : { secret: await readSecret(secretFile) };
      return webhookAnchor({ ...delivery, url, clock: machine.now, ...secret });
    }
  }
}

async function readSecret(file: string): Promise<string> {
  try {
    return (await readFile(file, "utf8")).trim();
  } catch (cause) {
    throw new AnchorwatchError(
      "ledger_anchor_invalid",
      `The secret of a webhook cannot be read: ${messageOf(cause)}`,
      {
        hint: "Correct the path, or give this user the right to read the file.",
        location: { file },
        cause,
      },
    );
  }
}
