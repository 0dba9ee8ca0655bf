/** Whether the stand-in for S3 says and accepts what the published model of the API allows. */
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import {
  DeleteObjectCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetObjectRetentionCommand,
  HeadObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  PutObjectRetentionCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  answerFaults,
  errorCodeOf,
  operationOf,
  requestFaults,
} from "../../../../../../test/support/restXml.ts";
import { findServiceModel, NO_MODEL } from "../../../../../../test/support/serviceModel.ts";
import { s3Anchor } from "../../anchors/s3Anchor.ts";
import { renewRetention } from "./renewRetention.ts";
import { addDays } from "./retention.ts";
import { type S3Exchange, type S3Server, startS3Server } from "./s3Server.fixture.ts";
import { openSequencer, readWholeLog, signedCheckpoint, treeState } from "./sequencer.fixture.ts";
import { storageOn } from "./storageOn.fixture.ts";

const found = findServiceModel("s3/2006-03-01", process.env);
if (found === undefined) {
  console.log("skipped: the stand-in for S3 by the published model, because no Python here has botocore");
}

/**
 * Errors that no operation of the model lists, with their statuses.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
const OF_EVERY_OPERATION: Readonly<Record<string, number>> = {
  AccessDenied: 403,
  BadDigest: 400,
  ConditionalRequestConflict: 409,
  InvalidArgument: 400,
  InvalidBucketState: 409,
  InvalidRequest: 400,
  MalformedXML: 400,
  MethodNotAllowed: 405,
  NoSuchBucket: 404,
  NoSuchBucketPolicy: 404,
  NoSuchKey: 404,
  NoSuchLifecycleConfiguration: 404,
  NoSuchObjectLockConfiguration: 404,
  NoSuchVersion: 404,
  NotImplemented: 501,
  ObjectLockConfigurationNotFoundError: 404,
  PreconditionFailed: 412,
  SlowDown: 503,
};

describe.skipIf(found === undefined)("by the published model", () => {
  const model = found ?? NO_MODEL;
  const exchanges: S3Exchange[] = [];
  let server: S3Server;

  beforeAll(async () => {
    server = await startS3Server();
    server.onExchange = (exchange) => exchanges.push(exchange);
    await keepLog();
    await lookAtBucket();
    await askForRefusals();
  });
  afterAll(() => server.close());

  /** All that the product does with a log in S3: written, taken over, read, anchored, renewed. */
  async function keepLog(): Promise<void> {
    server.bucket.defaultRetention = { mode: "COMPLIANCE", days: 20 };
    server.bucket.policy = JSON.stringify({ Version: "2012-10-17", Statement: [] });
    server.bucket.lifecycle =
      "<Rule><ID>old</ID><Status>Enabled</Status><Filter><Prefix>other/</Prefix></Filter>" +
      "<NoncurrentVersionExpiration><NoncurrentDays>1</NoncurrentDays></NoncurrentVersionExpiration></Rule>";
    const storage = storageOn(server);
    const { append, lease } = await openSequencer(storage);
    await append("a");
    await append(...Array.from({ length: 300 }, (_, at) => `entry ${at}`));
    await lease.writeContent(`sha256:${"ab".repeat(32)}`, Buffer.from("content")).catch(() => undefined);
    await lease.release();
    const again = await openSequencer(storage);
    await again.append("b");
    await again.lease.release();
    expect(await readWholeLog(storage)).toHaveLength(302);
    for await (const _path of storage.list("tile/")) break;
    const anchor = s3Anchor({ client: server.client, bucket: "ledger", prefix: "anchors" });
    const note = await signedCheckpoint(await treeState([Buffer.from("a")]));
    for (let time = 0; time < 2; time++) await anchor.publish(note, async () => []);
    expect(await anchor.latest()).toBe(note);
    const clock = () => addDays(new Date(), 19);
    const retention = { days: 20, renewBeforeDays: 5 };
    const shared = { client: server.client, bucket: "ledger", prefix: "logs/prod", retention, clock };
    const renewed = await renewRetention({ ...shared, onWarning: () => {}, temporaryFolder: tmpdir() });
    expect(renewed.renewed).toBeGreaterThan(0);
  }

  const put = (change: Partial<PutObjectCommandInput> = {}) =>
    tried(
      server.client.send(new PutObjectCommand({ Bucket: "ledger", Key: "some", Body: "text", ...change })),
    );
  /** What matters is said on the wire. */
  const tried = async (work: Promise<unknown>) => {
    await work.catch(() => undefined);
  };
  const some = { Bucket: "ledger", Key: "some" } as const;
  const versions = () => server.bucket.objects.get("some") ?? [];

  async function lookAtBucket(): Promise<void> {
    const tomorrow = addDays(new Date(), 1);
    await put({
      ObjectLockMode: "GOVERNANCE",
      ObjectLockRetainUntilDate: tomorrow,
      ChecksumAlgorithm: "SHA256",
    });
    const [locked] = versions();
    await tried(server.client.send(new HeadObjectCommand({ ...some, VersionId: locked?.id })));
    await tried(server.client.send(new GetObjectRetentionCommand(some)));
    await tried(server.client.send(new DeleteObjectCommand({ ...some, VersionId: locked?.id })));
    server.bucket.defaultRetention = undefined;
    await put();
    await tried(server.client.send(new GetObjectRetentionCommand(some)));
    await tried(server.client.send(new DeleteObjectCommand(some)));
    const [marker] = versions();
    await tried(server.client.send(new HeadObjectCommand(some)));
    await ask("GET", `/ledger/some?versionId=${marker?.id}`);
    await ask("GET", "/ledger/some?versionId=v0");
    await ask("GET", "/ledger/some");
    for (const VersionId of versions().map(({ id }) => id))
      await tried(server.client.send(new DeleteObjectCommand({ ...some, VersionId })));
    await tried(server.client.send(new GetBucketOwnershipControlsCommand({ Bucket: "ledger" })));
    await tried(server.client.send(new PutBucketVersioningCommand(versioning("Suspended"))));
    await tried(server.client.send(new PutBucketVersioningCommand(versioning("Enabled"))));
    Object.assign(server.bucket, { policy: undefined, lifecycle: undefined, locked: false });
    for (const query of ["policy", "lifecycle", "object-lock"]) await ask("GET", `/ledger?${query}`);
    await put();
    await ask("GET", "/ledger/some?retention");
    Object.assign(server.bucket, { locked: true });
  }

  const versioning = (Status: "Enabled" | "Suspended") => ({
    Bucket: "ledger",
    VersioningConfiguration: { Status },
  });

  async function askForRefusals(): Promise<void> {
    await put({ IfNoneMatch: "*" });
    await put({ IfMatch: '"another"' });
    await put({ Key: "nowhere", IfMatch: '"another"' });
    await ask("PUT", "/ledger/some", { "if-none-match": '"one"' });
    await ask("PUT", "/ledger/some", { "x-amz-checksum-sha256": "AAAA" });
    await ask("PUT", "/ledger/some", { "x-amz-object-lock-mode": "COMPLIANCE" });
    const past = new Date(0);
    await put({ ObjectLockMode: "COMPLIANCE", ObjectLockRetainUntilDate: past, ChecksumAlgorithm: "SHA256" });
    const retain = (Mode: "COMPLIANCE" | "GOVERNANCE", days: number) =>
      tried(
        server.client.send(
          new PutObjectRetentionCommand({
            ...some,
            Retention: { Mode, RetainUntilDate: addDays(new Date(), days) },
          }),
        ),
      );
    await retain("COMPLIANCE", 3);
    await retain("COMPLIANCE", 2);
    await retain("GOVERNANCE", -1);
    await ask("PUT", "/ledger/some?retention", {}, "<Retention/>");
    await ask("POST", "/ledger");
    await ask("POST", "/ledger/some");
    await ask("GET", "/ledger?acl");
    await tried(server.client.send(new GetBucketPolicyCommand({ Bucket: "other" })));
    for (const fault of ["refuse", "deny", "race"] as const) {
      server.fault = () => fault;
      await put();
    }
    server.fault = () => undefined;
  }

  async function ask(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>> = {},
    body?: string,
  ): Promise<void> {
    const answer = await fetch(`${server.endpoint}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
    });
    await answer.text();
  }

  const isRefusal = ({ answer }: S3Exchange) => answer.status >= 400;

  test("what it accepts are requests of these operations, and what it answers are their answers", () => {
    const operations = new Set<string>();
    const faults = exchanges
      .filter((exchange) => !isRefusal(exchange))
      .flatMap(({ request, answer }) => {
        const operation = operationOf(model, request);
        if (operation === undefined) return [`${request.method} ${request.url}: no operation`];
        operations.add(operation.name);
        return [...requestFaults(model, operation, request), ...answerFaults(model, operation, answer)];
      });
    expect([...new Set(faults)]).toEqual([]);
    expect([...operations].sort()).toEqual([
      "DeleteObject",
      "GetBucketLifecycleConfiguration",
      "GetBucketOwnershipControls",
      "GetBucketPolicy",
      "GetBucketVersioning",
      "GetObject",
      "GetObjectLockConfiguration",
      "GetObjectRetention",
      "HeadObject",
      "ListObjectVersions",
      "ListObjectsV2",
      "PutBucketVersioning",
      "PutObject",
      "PutObjectRetention",
    ]);
  });

  test("what it refuses with are errors of the operation, or of every operation, with their status", () => {
    const codes = exchanges.filter(isRefusal).map(({ request, answer }) => {
      const code = errorCodeOf(answer) ?? "no code";
      const errors = operationOf(model, request)?.errors ?? [];
      const own = errors.map(({ shape }) => model.shapes[shape]).find((_, at) => errors[at]?.shape === code);
      const status = own?.error?.httpStatusCode ?? OF_EVERY_OPERATION[code];
      expect(answer.status, `${request.method} ${request.url}: ${code}`).toBe(status);
      return code;
    });
    const source = ["s3Server.fixture.ts", "s3Xml.fixture.ts"].map((name) =>
      readFileSync(new URL(name, import.meta.url), "utf8"),
    );
    const all = source.join().matchAll(/(?:new Refusal\([^"]*|refuse\()((?:"\w+"(?: : )?)+)/g);
    const names = [...all].flatMap(([, quoted = ""]) => [...quoted.matchAll(/\w+/g)].map(([name]) => name));
    expect(new Set(codes)).toEqual(new Set(names));
  });
});
