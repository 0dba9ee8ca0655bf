import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findExecutable } from "../../../../../../test/support/executable.ts";
import { type Moto, startMoto } from "../../../../../../test/support/moto.ts";
import { instance, resource, stateText, surroundings } from "../testing.fixture.ts";
import { loadState } from "./loadState.ts";
import { originOf } from "./origin.ts";
import type { S3Source } from "./source.ts";

const keys = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "hunter2" };
const minimal: S3Source = {
  kind: "s3",
  bucket: "states",
  key: "net/terraform.tfstate",
  region: "eu-west-1",
  forcePathStyle: true,
};

test("workspaces have keys of their own", () => {
  expect(originOf(minimal)).toBe("s3://states/net/terraform.tfstate");
  expect(originOf({ ...minimal, workspace: "default" })).toBe("s3://states/net/terraform.tfstate");
  expect(originOf({ ...minimal, workspace: "prod" })).toBe("s3://states/env:/prod/net/terraform.tfstate");
  expect(originOf({ ...minimal, workspace: "prod", workspaceKeyPrefix: "ws" })).toBe(
    "s3://states/ws/prod/net/terraform.tfstate",
  );
});

test("a region must be known", async () => {
  const { region: _, ...source } = minimal;
  await expect(loadState(source, surroundings({ environment: keys }))).rejects.toMatchObject({
    code: "state_backend_invalid",
    hint: expect.stringContaining("AWS_REGION"),
  });
});

/** A store that gives one answer to everything. */
async function answering<Result>(
  status: number,
  code: string,
  use: (endpoint: string) => Promise<Result>,
  headers: Record<string, string> = {},
): Promise<Result> {
  const server = createServer((_, response) => {
    response.writeHead(status, { "content-type": "application/xml", ...headers });
    response.end(
      `<?xml version="1.0"?><Error><Code>${code}</Code><Message>said by hunter2</Message></Error>`,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

test.each([
  [
    403,
    "AccessDenied",
    "state_s3_refused",
    "AccessDenied: said by ***",
    "s3:GetObject on states/net/terraform.tfstate",
  ],
  [
    403,
    "InvalidAccessKeyId",
    "state_s3_refused",
    "InvalidAccessKeyId",
    "The credentials are wrong or have expired",
  ],
  [400, "ExpiredToken", "state_s3_refused", "ExpiredToken", "The credentials are wrong or have expired"],
  [418, "Teapot", "state_s3_failed", "Teapot: said by ***", "aws s3 cp"],
])("%d %s is told in words", async (status, code, expected, message, hint) => {
  await answering(status, code, async (endpoint) => {
    await expect(
      loadState({ ...minimal, endpoint }, surroundings({ environment: keys })),
    ).rejects.toMatchObject({
      code: expected,
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    });
  });
});

test("a bucket of another region names the right one", async () => {
  const headers = { "x-amz-bucket-region": "us-west-2" };
  await answering(
    301,
    "PermanentRedirect",
    async (endpoint) => {
      await expect(
        loadState({ ...minimal, endpoint }, surroundings({ environment: keys })),
      ).rejects.toMatchObject({
        code: "state_s3_region",
        message: expect.stringContaining("the bucket states lies in the region us-west-2, not in eu-west-1"),
        hint: expect.stringContaining('to "us-west-2"'),
      });
    },
    headers,
  );
});

test("an endpoint that nobody serves is unreachable, and named", async () => {
  const endpoint = await answering(200, "", async (url) => url);
  await expect(
    loadState({ ...minimal, endpoint }, surroundings({ environment: keys })),
  ).rejects.toMatchObject({
    code: "state_unreachable",
    message: expect.stringContaining(`${endpoint} cannot be reached: nothing answers there`),
  });
});

test("a profile that does not exist means no credentials", async () => {
  const credentials = { profile: "nobody", credentialsFile: "/dev/null", configFile: "/dev/null" };
  await expect(
    loadState({ ...minimal, credentials }, surroundings({ environment: keys })),
  ).rejects.toMatchObject({
    code: "state_credentials",
    message: expect.stringContaining("no credentials were found"),
  });
});

test("a variable that is set to nothing is as one that is not set", async () => {
  const nothing = {
    AWS_PROFILE: "",
    AWS_CA_BUNDLE: "",
    AWS_ENDPOINT_URL_S3: "",
    AWS_REGION: "",
    AWS_SSE_CUSTOMER_KEY: "",
  };
  const { region: _, ...source } = minimal;
  await answering(403, "AccessDenied", async (url) => {
    const environment = { ...keys, ...nothing, AWS_S3_ENDPOINT: url, AWS_DEFAULT_REGION: "eu-west-1" };
    await expect(loadState(source, surroundings({ environment }))).rejects.toMatchObject({
      code: "state_s3_refused",
    });
  });
});

test("an endpoint of the environment is named when it is unreachable", async () => {
  const endpoint = await answering(200, "", async (url) => url);
  const around = surroundings({ environment: { ...keys, AWS_ENDPOINT_URL: endpoint } });
  await expect(loadState(minimal, around)).rejects.toMatchObject({
    message: expect.stringContaining(`${endpoint} cannot be reached`),
  });
});

/** A server that takes every request and does not finish its answer. */
async function mute<Result>(begin: string, use: (endpoint: string) => Promise<Result>): Promise<Result> {
  const server = createServer((_, response) => {
    if (begin !== "") response.writeHead(200, { "content-length": 1000 }).write(begin);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

test.each([
  ["an S3 that never answers", ""],
  ["an S3 that stops in the middle of the state", "{"],
])("%s is left at the deadline", async (_, begin) => {
  await mute(begin, async (endpoint) => {
    const around = surroundings({ environment: keys, deadlineMs: 300 });
    await expect(loadState({ ...minimal, endpoint }, around)).rejects.toMatchObject({
      code: "state_deadline",
    });
  });
});

test("an STS that never answers is left at the deadline too", async () => {
  const assumeRole = { roleArn: "arn:aws:iam::123456789012:role/reader" };
  const credentials = { accessKey: "a", secretKey: "b", assumeRole };
  await mute("", async (stsEndpoint) => {
    const source = { ...minimal, stsEndpoint, credentials };
    await expect(loadState(source, surroundings({ deadlineMs: 300 }))).rejects.toMatchObject({
      code: "state_deadline",
    });
    const stopped = surroundings({ signal: AbortSignal.abort() });
    await expect(loadState(source, stopped)).rejects.toMatchObject({ code: "state_cancelled" });
  });
});

const program = findExecutable("moto_server", process.env);
if (program === undefined) console.log("moto_server is not on the PATH: S3 was not tried");

describe.skipIf(program === undefined)("against moto", () => {
  let moto: Moto;
  let store: S3Client;
  let source: S3Source;
  const content = stateText([resource({ instances: [instance()] })]);
  const customerKey = Buffer.alloc(32, 7).toString("base64");

  beforeAll(async () => {
    moto = await startMoto(program ?? "", process.env);
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    store = new S3Client({ endpoint: moto.endpoint, region: "eu-west-1", credentials, forcePathStyle: true });
    source = { ...minimal, endpoint: moto.endpoint };
    const CreateBucketConfiguration = { LocationConstraint: "eu-west-1" } as const;
    await store.send(new CreateBucketCommand({ Bucket: "states", CreateBucketConfiguration }));
    await put("net/terraform.tfstate", content);
    await put("ws/prod/net/terraform.tfstate", content.replace("aws_vpc", "aws_subnet"));
  });

  afterAll(async () => {
    store.destroy();
    await moto.stop();
  });

  async function put(key: string, body: string, more: object = {}): Promise<void> {
    await store.send(new PutObjectCommand({ Bucket: "states", Key: key, Body: body, ...more }));
  }

  const load = (more: Partial<S3Source> = {}, env: Record<string, string> = keys) =>
    loadState({ ...source, ...more }, surroundings({ environment: env }));

  test("the state of the default workspace and of another one is read", async () => {
    expect((await load()).instances.map(({ type }) => type)).toEqual(["aws_vpc"]);
    const prod = await load({ workspace: "prod", workspaceKeyPrefix: "ws" });
    expect(prod.instances.map(({ type }) => type)).toEqual(["aws_subnet"]);
  });

  test("endpoint and region may come from the environment", async () => {
    const { endpoint: _endpoint, region: _region, ...rest } = source;
    const env = { ...keys, AWS_ENDPOINT_URL_S3: moto.endpoint, AWS_REGION: "eu-west-1" };
    expect((await loadState(rest, surroundings({ environment: env }))).serial).toBe(42);
  });

  test("a state that the bucket encrypts, and one under the customer's own key, are read", async () => {
    await put("sse", content, { ServerSideEncryption: "AES256" });
    expect((await load({ key: "sse" })).serial).toBe(42);
    await put("ssec", content, { SSECustomerAlgorithm: "AES256", SSECustomerKey: customerKey });
    expect((await load({ key: "ssec", sseCustomerKey: customerKey })).serial).toBe(42);
  });

  test("a role is assumed for the read", async () => {
    const assumeRole = {
      roleArn: "arn:aws:iam::123456789012:role/reader",
      externalId: "x",
      sessionName: "s",
    };
    const read = load({
      stsEndpoint: moto.endpoint,
      credentials: { accessKey: "test", secretKey: "test", assumeRole },
    });
    expect((await read).serial).toBe(42);
  });

  test("a role that cannot be assumed is named", async () => {
    const stsEndpoint = await answering(200, "", async (url) => url);
    const assumeRole = { roleArn: "arn:aws:iam::123456789012:role/reader" };
    await expect(
      load({ stsEndpoint, credentials: { accessKey: "a", secretKey: "b", assumeRole } }),
    ).rejects.toMatchObject({
      code: "state_credentials",
      message: expect.stringContaining("the role arn:aws:iam::123456789012:role/reader could not be assumed"),
    });
  });

  test("a missing key means that there is no state yet, a missing bucket is a mistake", async () => {
    await expect(load({ key: "nothing" })).rejects.toMatchObject({ code: "state_absent" });
    await expect(load({ bucket: "no-such-bucket" })).rejects.toMatchObject({
      code: "state_s3_bucket_missing",
      message: expect.stringContaining("there is no bucket no-such-bucket"),
    });
  });

  test("a broken state in the bucket is named by its address", async () => {
    await put("broken", content.slice(0, 100));
    await expect(load({ key: "broken" })).rejects.toMatchObject({
      code: "state_truncated",
      message: expect.stringContaining("s3://states/broken ends at byte 100"),
    });
  });
});
