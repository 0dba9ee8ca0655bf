/**
 * The keys of a log that signs with AWS KMS. `kms.json` in its private folder says which KMS keys they are, and has their public
 * halves, so that nobody has to ask KMS to verify: the current one, and the one before it, which signs beside it. KMS does not
 * rotate keys that sign: its owner makes another one, names it in the configuration, and `rotate` takes it.
 */
import { join } from "node:path";
import type { KMSClient } from "@aws-sdk/client-kms";
import { formatVerifierKey, parseVerifierKey, type Signer, type VerifierKey } from "tlog";
import { z } from "zod";
import { AnchorwatchError, messageOf } from "../../domain/errors.ts";
import { openKeyFile } from "./keyFile.ts";
import { type KeyKeeper, readKeyFile, writeKeyFile } from "./keyPlace.ts";
import {
  type KeyRing,
  keepEarlier,
  noteVerifierKey,
  openKeyRing,
  removeFile,
  replaceFile,
  retireKey,
  ringOf,
  SIGNING_KEY_FILE,
} from "./keyRing.ts";
import { openKmsSigner } from "./kmsSigner.ts";
import { hexKeyId } from "./privateKey.ts";
import { isThere, KMS_FILE, type SigningKeys } from "./signingKeys.ts";

export interface KmsKeysOptions {
  /** Private folder of the log. */
  readonly folder: string;
  readonly keeper: KeyKeeper;
  /** ID, ARN or alias of the key that is configured. */
  readonly keyId: string;
  readonly newClient: () => Promise<KMSClient>;
}

export function kmsKeys(options: KmsKeysOptions): SigningKeys {
  const { folder, keeper } = options;
  const file = join(folder, KMS_FILE);
  const keyFile = join(folder, SIGNING_KEY_FILE);
  return {
    exist: async () => (await isThere(file)) || (await isThere(keyFile)),
    create: async (name) => {
      const { key } = await openSigner(options, options.keyId, name);
      // First: when it is rotated away, nothing else remembers it.
      await noteVerifierKey(folder, key, keeper);
      await writeKeyFile(file, formatRecord({ current: { kms: options.keyId, key } }), keeper);
    },
    open: async () => {
      if (!(await isThere(file)) && (await isThere(keyFile))) throw notYetRotated(keyFile, options.keyId);
      const record = await readRecord(file, keeper);
      if (record.current.kms !== options.keyId) throw otherKey(file, record.current.kms, options.keyId);
      return await openRecord(options, record);
    },
    openRecorded: async () => {
      if (!(await isThere(file)) && (await isThere(keyFile))) return await openKeyRing(folder, keeper);
      return await openRecord(options, await readRecord(file, keeper));
    },
    rotate: async () =>
      (await isThere(file)) ? await rotateKms(options, file) : await fromKeyFile(options, file),
    retire: async (key) => {
      // Another key in KMS was left out of the record when its next but one was taken.
      if (await isThere(join(folder, "keys", `${hexKeyId(key)}.key`))) await retireKey(folder, key);
    },
  };
}

/**
 * The public halves of all keys of a log in its private folder, those that sign first. KMS is not asked.
 * @throws AnchorwatchError `ledger_key_*`
 */
export async function verifierKeysIn(folder: string, keeper: KeyKeeper): Promise<readonly VerifierKey[]> {
  const file = join(folder, KMS_FILE);
  if (!(await isThere(file))) return allOf(await openKeyRing(folder, keeper));
  const { current, previous } = await readRecord(file, keeper);
  const silent = ({ key }: KmsKeyRecord): Signer => ({ key, sign: () => Promise.reject(cannotSign(file)) });
  const others = previous === undefined ? [] : [silent(previous)];
  return allOf(await ringOf([silent(current), ...others], folder, keeper));
}

function allOf({ signers, known }: KeyRing): readonly VerifierKey[] {
  const signing = signers.map(({ key }) => key);
  return [...signing, ...known.filter((key) => !signing.some(({ keyId }) => keyId === key.keyId))];
}

interface KmsKeyRecord {
  /** As it was configured. */
  readonly kms: string;
  readonly key: VerifierKey;
}

interface KmsRecord {
  readonly current: KmsKeyRecord;
  /** Signs beside it. */
  readonly previous?: KmsKeyRecord;
}

async function openRecord(options: KmsKeysOptions, { current, previous }: KmsRecord): Promise<KeyRing> {
  const first = await openKnown(options, current);
  const others = previous === undefined ? [] : [await openKnown(options, previous)];
  return await ringOf([first, ...others], options.folder, options.keeper);
}

async function rotateKms(options: KmsKeysOptions, file: string) {
  const { folder, keeper, keyId } = options;
  // Left by a crash: what it holds lies under keys/, or was retired.
  await removeFile(join(folder, SIGNING_KEY_FILE));
  const { current: before } = await readRecord(file, keeper);
  if (before.kms === keyId) throw sameKey(keyId);
  const { key } = await openSigner(options, keyId, before.key.name);
  await replaceRecord(options, file, { current: { kms: keyId, key }, previous: before });
  return { previous: before.key, current: key };
}

/** The log signed with a key file up to now, which signs beside the key in KMS until the next rotation. */
async function fromKeyFile(options: KmsKeysOptions, file: string) {
  const { folder, keeper, keyId } = options;
  const place = join(folder, SIGNING_KEY_FILE);
  const { key: previous } = await openKeyFile(place, keeper);
  const { key } = await openSigner(options, keyId, previous.name);
  await keepEarlier(folder, previous, await readKeyFile(place, keeper), keeper);
  await replaceRecord(options, file, { current: { kms: keyId, key } });
  await removeFile(place);
  return { previous, current: key };
}

async function replaceRecord(
  { folder, keeper }: KmsKeysOptions,
  file: string,
  record: KmsRecord,
): Promise<void> {
  await noteVerifierKey(folder, record.current.key, keeper);
  const fresh = `${file}.new`;
  await removeFile(fresh); // of a rotation that a crash cut short
  await writeKeyFile(fresh, formatRecord(record), keeper);
  await replaceFile(fresh, file);
}

async function openSigner({ newClient }: KmsKeysOptions, keyId: string, name: string): Promise<Signer> {
  return await openKmsSigner({ client: await newClient(), keyId, name });
}

/** An alias may lead to another key tomorrow, whose signatures nobody who verifies would know. */
async function openKnown(options: KmsKeysOptions, { kms, key }: KmsKeyRecord): Promise<Signer> {
  const signer = await openSigner(options, kms, key.name);
  if (formatVerifierKey(signer.key) === formatVerifierKey(key)) return signer;
  throw new AnchorwatchError(
    "ledger_key_changed",
    `${kms} is not the key in KMS any more that the ledger signed with`,
    {
      hint: "Name keys by their ARN, not by an alias. To sign with another key, name it under ledger.key and run anchorwatch ledger rotate.",
    },
  );
}

const SCHEMA = "anchorwatch.kms/v1";
const keyRecord = z.strictObject({ kms: z.string().min(1), key: z.string() });
const format = z.strictObject({
  schema: z.literal(SCHEMA),
  current: keyRecord,
  previous: keyRecord.optional(),
});

function formatRecord({ current, previous }: KmsRecord): string {
  const written = ({ kms, key }: KmsKeyRecord) => ({ kms, key: formatVerifierKey(key) });
  const record = {
    schema: SCHEMA,
    current: written(current),
    ...(previous === undefined ? {} : { previous: written(previous) }),
  };
  return `${JSON.stringify(record, undefined, 2)}\n`;
}

async function readRecord(file: string, keeper: KeyKeeper): Promise<KmsRecord> {
  const text = await readKeyFile(file, keeper);
  try {
    const { current, previous } = format.parse(JSON.parse(text));
    const read = async ({ kms, key }: z.infer<typeof keyRecord>) => ({
      kms,
      key: await parseVerifierKey(key),
    });
    return {
      current: await read(current),
      ...(previous === undefined ? {} : { previous: await read(previous) }),
    };
  } catch (error) {
    throw new AnchorwatchError(
      "ledger_key_invalid",
      `${file} does not say which KMS keys sign: ${messageOf(error)}`,
      {
        hint: "Restore the private folder from its backup.",
        location: { file },
        cause: error,
      },
    );
  }
}

function notYetRotated(keyFile: string, keyId: string): AnchorwatchError {
  return new AnchorwatchError(
    "ledger_key_changed",
    `The ledger signs with ${keyFile}, not yet with ${keyId}`,
    {
      hint: "Run anchorwatch ledger rotate: then the key in KMS signs, and the key file beside it until the next rotation.",
      location: { file: keyFile },
    },
  );
}

function otherKey(file: string, recorded: string, configured: string): AnchorwatchError {
  return new AnchorwatchError(
    "ledger_key_changed",
    `The ledger signs with ${recorded}, and ${configured} is configured`,
    {
      hint: "Run anchorwatch ledger rotate to sign with the new key, or name the one that signs.",
      location: { file },
    },
  );
}

function sameKey(keyId: string): AnchorwatchError {
  return new AnchorwatchError(
    "ledger_key_changed",
    `The ledger signs with ${keyId} already, and KMS has no next one for it`,
    {
      hint: "Make a new key in KMS, name it under ledger.key of the server's file, and run this again.",
    },
  );
}

function cannotSign(file: string): AnchorwatchError {
  return new AnchorwatchError("internal", `the keys of ${file} were opened to verify, and sign nothing`);
}
