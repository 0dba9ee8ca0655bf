/**
 * Signing with an Ed25519 key that never leaves AWS KMS.
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html
 */
import { createPublicKey, type KeyObject, verify } from "node:crypto";
import {
  GetPublicKeyCommand,
  type GetPublicKeyCommandOutput,
  type KMSClient,
  KMSServiceException,
  SignCommand,
} from "@aws-sdk/client-kms";
import { type Signer, verifierKey } from "tlog";
import { AnchorwatchError, messageOf } from "../../domain/errors.ts";
import { checkKeyName, rawPublicKey } from "./privateKey.ts";

export interface KmsKey {
  /** Credentials, region, endpoint and retries are the client's. */
  readonly client: KMSClient;
  /** ID, ARN or alias of a key of the spec ECC_NIST_EDWARDS25519. */
  readonly keyId: string;
  /** Name of the key in notes. */
  readonly name: string;
  /** Limit of one request, in milliseconds. */
  readonly timeoutMs?: number;
}

const SPEC = "ECC_NIST_EDWARDS25519";
const ALGORITHM = "ED25519_SHA_512";
/** KMS signs no longer message whole, and Ed25519 has no digest that would do instead. */
const MAX_MESSAGE_BYTES = 4096;
const TIMEOUT_MS = 10_000;
const NOT_ALLOWED: ReadonlySet<string> = new Set([
  "AccessDenied",
  "AccessDeniedException",
  "ExpiredTokenException",
  "InvalidSignatureException",
  "UnrecognizedClientException",
]);
const UNFIT: ReadonlySet<string> = new Set([
  "DisabledException",
  "InvalidKeyUsageException",
  "KMSInvalidStateException",
  "NotFoundException",
  "UnsupportedOperationException",
]);

/**
 * Asks KMS for the public key, once, and resolves to a signer. Every signature is verified here before it is used: what came
 * over the network, or from a key that was exchanged behind its alias, is never published.
 * @throws AnchorwatchError `ledger_kms_key_unfit`, `ledger_kms_refused`, `ledger_kms_failed`, `ledger_key_invalid` (the name);
 *   from `sign` also `ledger_kms_signature_invalid` and `ledger_kms_too_large`
 */
export async function openKmsSigner(kms: KmsKey): Promise<Signer> {
  checkKeyName(kms.name);
  const command = new GetPublicKeyCommand({ KeyId: kms.keyId });
  const answer = await ask(kms, (abortSignal) => kms.client.send(command, { abortSignal }));
  const publicKey = fitKey(kms, answer);
  // The ARN, when the answer names it: an alias may point to another key tomorrow.
  const pinned = { ...kms, keyId: answer.KeyId ?? kms.keyId };
  const key = await verifierKey(kms.name, rawPublicKey(publicKey));
  return { key, sign: (message) => signWith(pinned, publicKey, message) };
}

async function signWith(kms: KmsKey, publicKey: KeyObject, message: Uint8Array): Promise<Uint8Array> {
  if (message.length > MAX_MESSAGE_BYTES) {
    const why = `${message.length} bytes are to be signed, and KMS signs at most ${MAX_MESSAGE_BYTES}`;
    const hint = "Shorten the origin of the log: a checkpoint is its origin and about a hundred bytes.";
    throw new AnchorwatchError("ledger_kms_too_large", `${place(kms)}: ${why}`, { hint });
  }
  const command = new SignCommand({
    KeyId: kms.keyId,
    Message: message,
    MessageType: "RAW",
    SigningAlgorithm: ALGORITHM,
  });
  const { Signature } = await ask(kms, (abortSignal) => kms.client.send(command, { abortSignal }));
  if (Signature === undefined || !verify(null, message, publicKey, Signature)) {
    const why = "gave a signature that its own public key does not accept";
    const hint = "It was not used. Something answers in the place of KMS, or changes what it says.";
    throw new AnchorwatchError("ledger_kms_signature_invalid", `${place(kms)} ${why}`, { hint });
  }
  return Signature;
}

function fitKey(kms: KmsKey, answer: GetPublicKeyCommandOutput): KeyObject {
  if (answer.KeySpec !== SPEC) throw unfit(kms, `is of the spec ${answer.KeySpec}, not ${SPEC}`);
  if (answer.KeyUsage !== "SIGN_VERIFY") throw unfit(kms, `is for ${answer.KeyUsage}, not for SIGN_VERIFY`);
  if (answer.SigningAlgorithms?.includes(ALGORITHM) !== true) throw unfit(kms, `does not sign ${ALGORITHM}`);
  try {
    const der = Buffer.from(answer.PublicKey ?? []);
    const key = createPublicKey({ key: der, format: "der", type: "spki" });
    if (key.asymmetricKeyType === "ed25519") return key;
  } catch (error) {
    throw unfit(kms, `has a public key that cannot be read: ${messageOf(error)}`, error);
  }
  throw unfit(kms, "has a public key that is not Ed25519");
}

async function ask<Answer>(kms: KmsKey, request: (signal: AbortSignal) => Promise<Answer>): Promise<Answer> {
  const milliseconds = kms.timeoutMs ?? TIMEOUT_MS;
  const limit = AbortSignal.timeout(milliseconds);
  try {
    return await request(limit);
  } catch (error) {
    if (limit.aborted) throw failed(kms, `did not answer within ${milliseconds} ms`, error);
    if (!(error instanceof KMSServiceException)) throw failed(kms, `failed: ${messageOf(error)}`, error);
    const said = `${error.name}: ${error.message}`;
    if (UNFIT.has(error.name)) throw unfit(kms, `cannot be used: ${said}`, error);
    if (!NOT_ALLOWED.has(error.name)) throw failed(kms, `failed: ${said}`, error);
    const hint =
      "Signing needs kms:GetPublicKey and kms:Sign on this key, by IAM and by the key's own policy, and credentials that are valid.";
    throw new AnchorwatchError("ledger_kms_refused", `${place(kms)} was refused: ${said}`, {
      hint,
      cause: error,
    });
  }
}

function place({ keyId }: KmsKey): string {
  return `The KMS key ${keyId}`;
}

function unfit(kms: KmsKey, why: string, cause?: unknown): AnchorwatchError {
  const hint = `Give the ID or ARN of an enabled key of the spec ${SPEC} and the usage SIGN_VERIFY.`;
  return new AnchorwatchError("ledger_kms_key_unfit", `${place(kms)} ${why}`, { hint, cause });
}

function failed(kms: KmsKey, why: string, cause: unknown): AnchorwatchError {
  const hint = "Nothing was signed. Check the region, the endpoint and the network, and try again.";
  return new AnchorwatchError("ledger_kms_failed", `${place(kms)} ${why}`, { hint, cause });
}
