import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateSecurityGroupCommand, DescribeVpcsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { CreateRoleCommand } from "@aws-sdk/client-iam";
import { CreateFunctionCommand, UpdateFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { CreateBucketCommand, PutBucketTaggingCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { GetParameterCommand, PutParameterCommand } from "@aws-sdk/client-ssm";
import { fromTemporaryCredentials } from "@aws-sdk/credential-providers";
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from "vitest";
import { type Cloud, cloudAt } from "../../support/cloud.ts";
import { findExecutable } from "../../support/executable.ts";
import { type Moto, startMoto } from "../../support/moto.ts";
import { readApiCall } from "./apiCall.ts";
import { findServiceModels } from "./services.ts";
import { recordTrail, type TrailRecorder } from "./trailRecorder.ts";

const program = findExecutable("moto_server", process.env);
const models = program === undefined ? undefined : findServiceModels(process.env);

test("a call that no model describes becomes no record", () => {
  const call = { method: "POST", url: "http://127.0.0.1/", headers: {}, body: Buffer.of() };
  expect(() => readApiCall(call, new Map())).toThrow("it is not signed");
  const authorization =
    "AWS4-HMAC-SHA256 Credential=test/20260102/eu-central-1/polly/aws4_request, Signature=0";
  expect(() => readApiCall({ ...call, headers: { authorization } }, new Map())).toThrow(
    "no model of the service polly",
  );
});

describe.skipIf(models === undefined)("a trail of what is done to a mock of AWS", () => {
  let folder = "";
  let moto: Moto;
  let cloud: Cloud;
  let recorder: TrailRecorder;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "anchorwatch-trail-"));
    moto = await startMoto(program ?? "", process.env, { recording: join(folder, "calls") });
  });
  afterAll(async () => {
    await moto.stop();
    await rm(folder, { recursive: true });
  });
  beforeEach(async () => {
    cloud = cloudAt(moto.endpoint, "eu-central-1");
    recorder = await recordTrail({ endpoint: moto.endpoint, models: models ?? new Map() });
    for (const client of [cloud.ec2, cloud.iam, cloud.lambda, cloud.s3, cloud.ssm]) recorder.listen(client);
  });

  it("names who, from where, what and when", async () => {
    await cloud.ssm.send(new PutParameterCommand({ Name: "/who", Value: "canary", Type: "String" }));
    const [record] = await recorder.take();
    expect(record).toMatchObject({
      userIdentity: { type: "IAMUser", arn: "arn:aws:iam::123456789012:user/test", accessKeyId: "test" },
      eventSource: "ssm.amazonaws.com",
      eventName: "PutParameter",
      awsRegion: "eu-central-1",
      sourceIPAddress: "198.51.100.7",
      userAgent: expect.stringContaining("aws-sdk-js/"),
      requestParameters: { name: "/who", type: "String", value: "HIDDEN_DUE_TO_SECURITY_REASONS" },
      responseElements: { version: 1 },
      readOnly: false,
      eventCategory: "Management",
    });
    expect(Math.abs(Date.parse(String(record?.["eventTime"])) - Date.now())).toBeLessThan(60_000);
    expect(await recorder.take()).toEqual([]);
  });

  it("tells reading, failing and data apart", async () => {
    await cloud.ec2.send(new DescribeVpcsCommand());
    const twice = { GroupName: "twice", Description: "Twice" };
    await cloud.ec2.send(new CreateSecurityGroupCommand(twice));
    await expect(cloud.ec2.send(new CreateSecurityGroupCommand(twice))).rejects.toThrow();
    await expect(cloud.ssm.send(new GetParameterCommand({ Name: "/none" }))).rejects.toThrow();
    const place = { LocationConstraint: "eu-central-1" as const };
    await cloud.s3.send(
      new CreateBucketCommand({ Bucket: "data-of-ours", CreateBucketConfiguration: place }),
    );
    await cloud.s3.send(new PutObjectCommand({ Bucket: "data-of-ours", Key: "a/b", Body: "canary" }));
    const records = await recorder.take();
    expect(records).toMatchObject([
      { eventName: "DescribeVpcs", readOnly: true, responseElements: null },
      { eventName: "CreateSecurityGroup", readOnly: false },
      { errorCode: "Client.InvalidGroup.Duplicate", readOnly: false, responseElements: null },
      { eventName: "GetParameter", errorCode: "ParameterNotFound", readOnly: true },
      { eventName: "CreateBucket", eventCategory: "Management" },
      { eventName: "PutObject", eventCategory: "Data", requestParameters: { key: "a/b" } },
    ]);
    expect(records[1]).not.toHaveProperty("errorCode");
    expect(JSON.stringify(records)).not.toContain("canary");
  });

  it("writes each family of services in its own way", async () => {
    const tags = [{ Key: "Owner", Value: "us" }];
    const TagSpecifications = [{ ResourceType: "security-group" as const, Tags: tags }];
    await cloud.ec2.send(
      new CreateSecurityGroupCommand({ GroupName: "own", Description: "Own", TagSpecifications }),
    );
    const Bucket = "tags-of-ours";
    const place = { LocationConstraint: "eu-central-1" as const };
    await cloud.s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: place }));
    await cloud.s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: tags } }));
    const role = { RoleName: "runner-of-ours", AssumeRolePolicyDocument: "{}" };
    const { Role } = await cloud.iam.send(new CreateRoleCommand(role));
    const image = { Role: Role?.Arn, Code: { ImageUri: "image" }, PackageType: "Image" as const };
    await cloud.lambda.send(new CreateFunctionCommand({ FunctionName: "own", ...image }));
    const Variables = { TOKEN: "canary" };
    await cloud.lambda.send(
      new UpdateFunctionConfigurationCommand({ FunctionName: "own", Environment: { Variables } }),
    );
    const records = await recorder.take();
    expect(records.map((record) => record["requestParameters"])).toMatchObject([
      {
        groupDescription: "Own",
        tagSpecificationSet: { items: [{ resourceType: "security-group" }] },
      },
      { bucketName: Bucket, CreateBucketConfiguration: { LocationConstraint: "eu-central-1" } },
      { bucketName: Bucket, tagging: "", Tagging: { TagSet: tags } },
      { roleName: "runner-of-ours", assumeRolePolicyDocument: "{}" },
      { functionName: "own", code: { imageUri: "image" } },
      { functionName: "own", environment: { variables: "HIDDEN_DUE_TO_SECURITY_REASONS" } },
    ]);
    expect(records.map(({ eventName }) => eventName).slice(-2)).toEqual([
      "CreateFunction20150331",
      "UpdateFunctionConfiguration20150331v2",
    ]);
    expect(records[2]?.["resources"]).toEqual([
      { accountId: "123456789012", type: "AWS::S3::Bucket", ARN: `arn:aws:s3:::${Bucket}` },
    ]);
    expect(JSON.stringify(records)).not.toContain("canary");
  });

  it("knows the sessions that roles were assumed for", async () => {
    const options = { endpoint: moto.endpoint, region: "eu-central-1" };
    const RoleArn = "arn:aws:iam::123456789012:role/teams/oncall";
    const credentials = fromTemporaryCredentials({
      masterCredentials: { accessKeyId: "test", secretAccessKey: "test" },
      params: { RoleArn, RoleSessionName: "bob@example.com", SourceIdentity: "bob" },
      clientConfig: options,
      clientPlugins: [{ applyToStack: (middlewareStack) => recorder.listen({ middlewareStack }) }],
    });
    const ec2 = new EC2Client({ ...options, credentials });
    recorder.listen(ec2);
    await ec2.send(new CreateSecurityGroupCommand({ GroupName: "bobs", Description: "Of Bob" }));
    const [assumed, made] = await recorder.take();
    expect(assumed).toMatchObject({
      eventName: "AssumeRole",
      eventSource: "sts.amazonaws.com",
      readOnly: true,
    });
    expect(made?.["userIdentity"]).toMatchObject({
      type: "AssumedRole",
      arn: expect.stringMatching(/^arn:aws:sts::123456789012:assumed-role\/.*\/bob@example\.com$/),
      sessionContext: { sessionIssuer: { arn: RoleArn, userName: "oncall" }, sourceIdentity: "bob" },
    });
  });
});
