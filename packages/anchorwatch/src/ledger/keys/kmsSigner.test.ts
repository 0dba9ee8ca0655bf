import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { KMSClient, type KMSServiceException, SignCommand, type SignCommandInput } from "@aws-sdk/client-kms";
import { formatCheckpoint, formatNote, openCheckpoint, signNote } from "tlog";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ed25519Key, type KmsServer, p256Key, startKmsServer } from "./kmsServer.fixture.ts";
import { openKmsSigner } from "./kmsSigner.ts";
import { rawPublicKey } from "./privateKey.ts";

const name = "example.com/log";
let server: KmsServer;
let client: KMSClient;

beforeAll(async () => {
  server = await startKmsServer();
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  client = new KMSClient({ region: "eu-west-1", endpoint: server.endpoint, credentials, maxAttempts: 1 });
  server.keys.set("log", ed25519Key());
});
afterAll(async () => {
  client.destroy();
  await server.close();
});

test("a checkpoint signed in KMS is accepted by whoever has the verifier key", async () => {
  const signer = await openKmsSigner({ client, keyId: "log", name });
  const text = formatCheckpoint({ origin: name, size: 3, root: new Uint8Array(32), extensions: [] });
  const note = formatNote(await signNote(text, [signer]));
  const opened = await openCheckpoint(Buffer.from(note), [signer.key], name);
  expect(opened.checkpoint.size).toBe(3);
  const stored = server.keys.get("log")?.publicKey;
  expect(Buffer.from(signer.key.publicKey)).toEqual(stored && Buffer.from(rawPublicKey(stored)));
});

test("a signature that the key does not accept is never used", async () => {
  const signer = await openKmsSigner({ client, keyId: "log", name });
  server.fault.next = "spoil_signature";
  await expect(signer.sign(Buffer.from("text"))).rejects.toMatchObject({
    code: "ledger_kms_signature_invalid",
  });
});

test("a key that was exchanged under the same name is noticed at the next signature", async () => {
  server.keys.set("exchanged", ed25519Key());
  const signer = await openKmsSigner({ client, keyId: "exchanged", name });
  server.keys.set("exchanged", ed25519Key());
  await expect(signer.sign(Buffer.from("text"))).rejects.toMatchObject({
    code: "ledger_kms_signature_invalid",
  });
});

test("a message beyond what KMS signs is refused before it is sent", async () => {
  const signer = await openKmsSigner({ client, keyId: "log", name });
  const before = server.asked.length;
  await expect(signer.sign(new Uint8Array(4097))).rejects.toMatchObject({ code: "ledger_kms_too_large" });
  expect(server.asked).toHaveLength(before);
  expect(await signer.sign(new Uint8Array(4096))).toHaveLength(64);
});

test("keys that cannot sign a log are refused at the start, each with its reason", async () => {
  const open = (keyId: string) => openKmsSigner({ client, keyId, name });
  server.keys.set("p256", p256Key());
  server.keys.set("agreement", { ...p256Key(), usage: "KEY_AGREEMENT" });
  server.keys.set("disabled", { ...ed25519Key(), state: "Disabled" });
  server.keys.set("dying", { ...ed25519Key(), state: "PendingDeletion" });
  // A server that lies about what it holds.
  server.keys.set("liar", { ...ed25519Key(), publicKey: generateKeyPairSync("x25519").publicKey });
  const unfit = (message: string) => ({
    code: "ledger_kms_key_unfit",
    message: expect.stringContaining(message),
  });
  await expect(open("p256")).rejects.toMatchObject(unfit("spec ECC_NIST_P256"));
  await expect(open("agreement")).rejects.toMatchObject(unfit("ECC_NIST_P256"));
  await expect(open("disabled")).rejects.toMatchObject(unfit("DisabledException"));
  await expect(open("dying")).rejects.toMatchObject(unfit("pending deletion"));
  await expect(open("nowhere")).rejects.toMatchObject(unfit("does not exist"));
  await expect(open("liar")).rejects.toMatchObject(unfit("not Ed25519"));
});

test("a missing permission and a silent KMS are told apart", async () => {
  server.fault.next = "deny";
  await expect(openKmsSigner({ client, keyId: "log", name })).rejects.toMatchObject({
    code: "ledger_kms_refused",
    hint: expect.stringContaining("kms:Sign"),
  });
  server.fault.next = "silence";
  const silent = openKmsSigner({ client, keyId: "log", name, timeoutMs: 50 });
  await expect(silent).rejects.toMatchObject({ code: "ledger_kms_failed" });
});

test("the stand-in refuses what the published model refuses", async () => {
  const right: SignCommandInput = {
    KeyId: "log",
    Message: Buffer.from("text"),
    MessageType: "RAW",
    SigningAlgorithm: "ED25519_SHA_512",
  };
  const refusal = (change: Partial<SignCommandInput>) =>
    client.send(new SignCommand({ ...right, ...change })).then(
      () => "accepted",
      (error: KMSServiceException) => error.name,
    );
  server.keys.set("curve", p256Key());
  expect(await refusal({})).toBe("accepted");
  expect(await refusal({ MessageType: "DIGEST" })).toBe("ValidationException");
  expect(await refusal({ SigningAlgorithm: "ED25519_PH_SHA_512" })).toBe("ValidationException");
  expect(await refusal({ SigningAlgorithm: "ECDSA_SHA_256" })).toBe("InvalidKeyUsageException");
  expect(await refusal({ KeyId: "curve" })).toBe("InvalidKeyUsageException");
  expect(await refusal({ Message: new Uint8Array(4097) })).toBe("ValidationException");
  expect(await refusal({ Message: new Uint8Array(0) })).toBe("ValidationException");
  const bare = await fetch(server.endpoint, {
    method: "POST",
    body: "{}",
    headers: { "content-type": "application/x-amz-json-1.1", authorization: "AWS4-HMAC-SHA256 Credential=x" },
  });
  expect(await bare.json()).toMatchObject({ __type: "UnknownOperationException" });
});

test("what the signer returns verifies with node:crypto alone", async () => {
  const signer = await openKmsSigner({ client, keyId: "log", name });
  const jwk = { kty: "OKP", crv: "Ed25519", x: Buffer.from(signer.key.publicKey).toString("base64url") };
  const { verify } = await import("node:crypto");
  const message = Buffer.from("another text");
  const key = createPublicKey({ key: jwk, format: "jwk" });
  expect(verify(null, message, key, await signer.sign(message))).toBe(true);
});
