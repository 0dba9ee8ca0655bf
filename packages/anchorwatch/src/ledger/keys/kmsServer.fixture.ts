/**
 * A strict stand-in for AWS KMS, GetPublicKey and Sign alone, written from the published model of the API (JSON 1.1 over HTTP,
 * target prefix TrentService): moto has no Ed25519. It refuses what the model refuses and signs with node:crypto.
 */
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface StandInKey {
  readonly spec: "ECC_NIST_EDWARDS25519" | "ECC_NIST_P256" | "RSA_2048";
  readonly usage: "SIGN_VERIFY" | "KEY_AGREEMENT" | "ENCRYPT_DECRYPT";
  readonly state?: "Enabled" | "Disabled" | "PendingDeletion";
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** One request and its answer, as they were sent. */
export interface KmsExchange {
  readonly target: string;
  readonly request: string;
  readonly status: number;
  readonly answer: string;
}

export interface KmsServer {
  readonly endpoint: string;
  /** By ID; changed freely in between. */
  readonly keys: Map<string, StandInKey>;
  /** Targets that were asked for, in order, refused ones too. */
  readonly asked: string[];
  /** All that was answered. */
  readonly exchanges: KmsExchange[];
  /** Looked at before each answer. */
  readonly fault: { next: "none" | "spoil_signature" | "deny" | "silence" };
  close(): Promise<void>;
}

type Body = Readonly<Record<string, unknown>>;
const ALGORITHMS = { ECC_NIST_EDWARDS25519: ["ED25519_SHA_512", "ED25519_PH_SHA_512"] } as const;
const KNOWN_ALGORITHMS =
  /^(RSASSA_(PSS|PKCS1_V1_5)_SHA_(256|384|512)|ECDSA_SHA_(256|384|512)|SM2DSA|ML_DSA_SHAKE_256|ED25519(_PH)?_SHA_512)$/;
const ACCOUNT = "arn:aws:kms:eu-west-1:111122223333:key/";

class Refusal extends Error {
  override readonly name: string;
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

export function ed25519Key(): StandInKey {
  return { spec: "ECC_NIST_EDWARDS25519", usage: "SIGN_VERIFY", ...generateKeyPairSync("ed25519") };
}

export function p256Key(): StandInKey {
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return { spec: "ECC_NIST_P256", usage: "SIGN_VERIFY", ...pair };
}

export async function startKmsServer(): Promise<KmsServer> {
  const keys = new Map<string, StandInKey>();
  const asked: string[] = [];
  const exchanges: KmsExchange[] = [];
  const fault: KmsServer["fault"] = { next: "none" };
  const server = createServer((request, response) => {
    void answer(request, response, { keys, asked, exchanges, fault });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    keys,
    asked,
    exchanges,
    fault,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { keys, asked, exchanges, fault }: Pick<KmsServer, "keys" | "asked" | "exchanges" | "fault">,
): Promise<void> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk as Uint8Array);
  const target = String(request.headers["x-amz-target"] ?? "");
  asked.push(target);
  const text = Buffer.concat(chunks).toString("utf8");
  const send = (status: number, body: object) => {
    const answered = JSON.stringify(body);
    exchanges.push({ target, request: text, status, answer: answered });
    response.writeHead(status, { "content-type": "application/x-amz-json-1.1" });
    response.end(answered);
  };
  const planned = fault.next;
  fault.next = "none";
  if (planned === "silence") return;
  try {
    if (planned === "deny") throw new Refusal("AccessDeniedException", "not authorized to perform this");
    checkEnvelope(request);
    const body = parseBody(text);
    const result = perform(target, body, keys);
    if (planned === "spoil_signature") result["Signature"] = Buffer.alloc(64, 7).toString("base64");
    send(200, result);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    send(400, { __type: error.name, message: error.message });
  }
}

function checkEnvelope(request: IncomingMessage): void {
  if (request.method !== "POST" || request.url !== "/") throw new Refusal("UnknownOperationException", "");
  if (request.headers["content-type"] !== "application/x-amz-json-1.1") {
    throw new Refusal("SerializationException", "content type");
  }
  if (!String(request.headers.authorization).startsWith("AWS4-HMAC-SHA256 Credential=")) {
    throw new Refusal("MissingAuthenticationTokenException", "Missing Authentication Token");
  }
}

function perform(target: string, body: Body, keys: ReadonlyMap<string, StandInKey>): Record<string, unknown> {
  switch (target) {
    case "TrentService.GetPublicKey":
      only(body, ["KeyId", "GrantTokens"]);
      return getPublicKey(body, keys);
    case "TrentService.Sign":
      only(body, ["KeyId", "Message", "MessageType", "GrantTokens", "SigningAlgorithm", "DryRun"]);
      return signMessage(body, keys);
    default:
      throw new Refusal("UnknownOperationException", `no operation ${target}`);
  }
}

function getPublicKey(body: Body, keys: ReadonlyMap<string, StandInKey>): Record<string, unknown> {
  const { id, key } = find(body, keys);
  return {
    KeyId: `${ACCOUNT}${id}`,
    PublicKey: key.publicKey.export({ format: "der", type: "spki" }).toString("base64"),
    // The older name of the spec, which newer specs do not have.
    ...(key.spec === "ECC_NIST_EDWARDS25519" ? {} : { CustomerMasterKeySpec: key.spec }),
    KeySpec: key.spec,
    KeyUsage: key.usage,
    ...(key.usage === "SIGN_VERIFY" ? { SigningAlgorithms: algorithmsOf(key) } : {}),
  };
}

function signMessage(body: Body, keys: ReadonlyMap<string, StandInKey>): Record<string, unknown> {
  const message = blob(body["Message"]);
  if (message.length < 1 || message.length > 4096) throw invalid("Message must have 1 to 4096 bytes");
  const type = body["MessageType"] ?? "RAW";
  if (type !== "RAW" && type !== "DIGEST" && type !== "EXTERNAL_MU") throw invalid("MessageType");
  const algorithm = body["SigningAlgorithm"];
  if (typeof algorithm !== "string" || !KNOWN_ALGORITHMS.test(algorithm)) throw invalid("SigningAlgorithm");
  const { id, key } = find(body, keys);
  if (key.usage !== "SIGN_VERIFY" || !algorithmsOf(key).includes(algorithm)) {
    throw new Refusal("InvalidKeyUsageException", `${algorithm} is incompatible with key spec ${key.spec}`);
  }
  if (algorithm !== "ED25519_SHA_512" || type !== "RAW") throw invalid("ED25519_SHA_512 takes RAW alone");
  return {
    KeyId: `${ACCOUNT}${id}`,
    Signature: sign(null, message, key.privateKey).toString("base64"),
    SigningAlgorithm: algorithm,
  };
}

function algorithmsOf(key: StandInKey): readonly string[] {
  if (key.spec === "ECC_NIST_EDWARDS25519") return ALGORITHMS.ECC_NIST_EDWARDS25519;
  return key.spec === "ECC_NIST_P256" ? ["ECDSA_SHA_256"] : ["RSASSA_PSS_SHA_256"];
}

function find(body: Body, keys: ReadonlyMap<string, StandInKey>): { id: string; key: StandInKey } {
  const keyId = body["KeyId"];
  if (typeof keyId !== "string" || keyId === "" || keyId.length > 2048) throw invalid("KeyId");
  const id = keyId.startsWith(ACCOUNT) ? keyId.slice(ACCOUNT.length) : keyId;
  const key = keys.get(id);
  if (key === undefined) throw new Refusal("NotFoundException", `Key '${ACCOUNT}${id}' does not exist`);
  if (key.state === "Disabled") throw new Refusal("DisabledException", `${ACCOUNT}${id} is disabled.`);
  if (key.state === "PendingDeletion") {
    throw new Refusal("KMSInvalidStateException", `${ACCOUNT}${id} is pending deletion.`);
  }
  return { id, key };
}

function parseBody(text: string): Body {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Body;
  } catch {
    // told below
  }
  throw new Refusal("SerializationException", "the body is no JSON object");
}

function only(body: Body, allowed: readonly string[]): void {
  for (const name of Object.keys(body)) if (!allowed.includes(name)) throw invalid(`${name} is unknown`);
}

function blob(value: unknown): Buffer {
  if (typeof value !== "string") throw invalid("Message is missing");
  const bytes = Buffer.from(value, "base64");
  if (bytes.toString("base64") !== value) throw new Refusal("SerializationException", "no base64");
  return bytes;
}

function invalid(what: string): Refusal {
  return new Refusal("ValidationException", `1 validation error detected: ${what}`);
}
