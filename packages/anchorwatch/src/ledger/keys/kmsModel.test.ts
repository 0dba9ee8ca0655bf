/** Whether the stand-in for KMS says and accepts what the published model of the API allows. */
import { readFileSync } from "node:fs";
import { KMSClient, SignCommand, type SignCommandInput } from "@aws-sdk/client-kms";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findServiceModel, jsonFaults, NO_MODEL } from "../../../../../test/support/serviceModel.ts";
import { ed25519Key, type KmsServer, p256Key, type StandInKey, startKmsServer } from "./kmsServer.fixture.ts";
import { openKmsSigner } from "./kmsSigner.ts";

const found = findServiceModel("kms/2014-11-01", process.env);
if (found === undefined) {
  console.log("skipped: the stand-in for KMS by the published model, because no Python here has botocore");
}

/**
 * Errors of every operation, which no model lists.
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/CommonErrors.html
 */
const OF_EVERY_OPERATION: ReadonlySet<string> = new Set([
  "AccessDeniedException",
  "MissingAuthenticationTokenException",
  "SerializationException",
  "UnknownOperationException",
  "ValidationException",
]);

describe.skipIf(found === undefined)("by the published model", () => {
  const model = found ?? NO_MODEL;
  let server: KmsServer;
  let client: KMSClient;

  beforeAll(async () => {
    server = await startKmsServer();
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    client = new KMSClient({ region: "eu-west-1", endpoint: server.endpoint, credentials, maxAttempts: 1 });
    const keys: Readonly<Record<string, StandInKey>> = {
      log: ed25519Key(),
      p256: p256Key(),
      agreement: { ...p256Key(), usage: "KEY_AGREEMENT" },
      disabled: { ...ed25519Key(), state: "Disabled" },
      dying: { ...ed25519Key(), state: "PendingDeletion" },
    };
    for (const [id, key] of Object.entries(keys)) server.keys.set(id, key);
    await askEverything();
  });
  afterAll(async () => {
    client.destroy();
    await server.close();
  });

  /** What the product asks for, and each thing that is refused. */
  async function askEverything(): Promise<void> {
    const open = (keyId: string) => openKmsSigner({ client, keyId, name: "example.com/log" });
    const signer = await open("log");
    await signer.sign(Buffer.from("text"));
    await signer.sign(new Uint8Array(4096));
    const keys = [...server.keys.keys(), "nowhere", "x".repeat(2049)];
    for (const keyId of keys) await open(keyId).catch(() => undefined);
    server.fault.next = "deny";
    await open("log").catch(() => undefined);
    const right: SignCommandInput = {
      KeyId: "log",
      Message: Buffer.from("text"),
      SigningAlgorithm: "ED25519_SHA_512",
    };
    const algorithms = (model.shapes["SigningAlgorithmSpec"]?.enum ??
      []) as SignCommandInput["SigningAlgorithm"][];
    for (const change of [
      {},
      ...algorithms.map((SigningAlgorithm) => ({ SigningAlgorithm })),
      ...(["RAW", "DIGEST", "EXTERNAL_MU"] as const).map((MessageType) => ({ MessageType })),
      { Message: new Uint8Array(0) },
      { Message: new Uint8Array(4097) },
      { KeyId: "p256" },
      { GrantTokens: ["token"] },
    ]) {
      await client.send(new SignCommand({ ...right, ...change })).catch(() => undefined);
    }
    const target = "TrentService.Sign";
    const body = JSON.stringify({ KeyId: "log", Message: "AAAA", SigningAlgorithm: "ED25519_SHA_512" });
    await ask(target, body);
    await ask(target, body, { authorization: "" });
    await ask(target, body.replace("AAAA", "AA"));
    await ask(target, body.replace("KeyId", "keyId"));
    await ask(target, "[]");
    await ask("TrentService.Decrypt", body);
  }

  async function ask(
    target: string,
    body: string,
    more: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const authorization = "AWS4-HMAC-SHA256 Credential=test";
    const headers = {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": target,
      authorization,
      ...more,
    };
    await (await fetch(server.endpoint, { method: "POST", body, headers })).text();
  }

  const operationOf = (target: string) => {
    const name = target.replace("TrentService.", "");
    return model.operations[name] ?? { name, http: { method: "POST", requestUri: "/" } };
  };
  const answered = (status: number) => server.exchanges.filter((exchange) => exchange.status === status);

  test("what it accepts are requests of these operations, and what it answers are their answers", () => {
    const faults = answered(200).flatMap(({ target, request, answer }) => {
      const { input, output } = operationOf(target);
      return [
        ...jsonFaults(model, input?.shape ?? "no input", JSON.parse(request)),
        ...jsonFaults(model, output?.shape ?? "no output", JSON.parse(answer)),
      ];
    });
    expect(faults).toEqual([]);
    const operations = new Set(answered(200).map(({ target }) => target));
    expect(operations).toEqual(new Set(["TrentService.GetPublicKey", "TrentService.Sign"]));
  });

  test("what it refuses with are errors of the operation, or of every operation", () => {
    const names = answered(400).map(({ target, answer }) => {
      const { __type: name, message } = JSON.parse(answer) as { __type: string; message: unknown };
      const own = (operationOf(target).errors ?? []).map(({ shape }) => shape);
      expect(own.includes(name) || OF_EVERY_OPERATION.has(name), `${target}: ${name}`).toBe(true);
      expect(message).toEqual(expect.any(String));
      return name;
    });
    const source = readFileSync(new URL("kmsServer.fixture.ts", import.meta.url), "utf8");
    const all = [...source.matchAll(/new Refusal\("(\w+)"/g)].map(([, name]) => name);
    expect(new Set(names)).toEqual(new Set([...all, "ValidationException"]));
  });

  test("no value is refused as unknown that the model knows", () => {
    const unknown = answered(400).filter(({ request, answer }) => {
      const { SigningAlgorithm = "" } = JSON.parse(request) as { SigningAlgorithm?: string };
      return (
        answer.includes("detected: SigningAlgorithm") &&
        model.shapes["SigningAlgorithmSpec"]?.enum?.includes(SigningAlgorithm)
      );
    });
    expect(unknown).toEqual([]);
  });
});
