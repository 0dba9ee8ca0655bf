/**
 * A strict stand-in for S3, as far as a log needs it, written from the published interface: moto accepts what S3 refuses
 * (shortening a COMPLIANCE retention, suspending the versioning of a locked bucket, wrong checksums) and lacks GetObjectRetention.
 * Faults can be planned for each request: refused, lost before it is done, lost after it is done, raced.
 */
import { hash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { S3Client } from "@aws-sdk/client-s3";
import {
  bucketDocument,
  errorXml,
  listXml,
  Refusal,
  type Reply,
  retentionXml,
  type StandInBucket,
  type Version,
  versionsXml,
} from "./s3Xml.fixture.ts";

/** What happens to a request instead of the right thing. */
export type Fault = "refuse" | "drop" | "lose_answer" | "race" | "deny" | undefined;

export interface Asked {
  readonly method: string;
  readonly key: string;
  /** Names of the query's parameters, `retention` or `versioning` among them. */
  readonly query: URLSearchParams;
}

/** One request and its answer, as they were sent; not those that a fault took away. */
export interface S3Exchange {
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  };
  readonly answer: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  };
}

export interface S3Server {
  readonly endpoint: string;
  readonly client: S3Client;
  readonly bucket: StandInBucket;
  readonly asked: Asked[];
  /** Asked before each request is done, which it may hold up. */
  fault: (asked: Asked) => Fault | Promise<Fault>;
  /** Told of each exchange. */
  onExchange: (exchange: S3Exchange) => void;
  /** The server's clock. */
  now: () => Date;
  close(): Promise<void>;
}

/** One bucket, `ledger`, as a log needs it; change it before or in between. */
export async function startS3Server(): Promise<S3Server> {
  const bucket: StandInBucket = {
    versioning: "Enabled",
    locked: true,
    defaultRetention: undefined,
    policy: undefined,
    lifecycle: undefined,
    ownership: "BucketOwnerEnforced",
    objects: new Map(),
  };
  const http = createServer((request, response) => void handle(server, request, response));
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const client = s3Client(endpoint);
  const close = async () => {
    client.destroy();
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
  };
  const server: S3Server = {
    endpoint,
    client,
    bucket,
    asked: [],
    fault: () => undefined,
    onExchange: () => {},
    now: () => new Date(),
    close,
  };
  return server;
}

/** A client that tries each request once, so that a fault is one fault. */
export function s3Client(endpoint: string, maxAttempts = 1): S3Client {
  return new S3Client({
    endpoint,
    region: "eu-west-1",
    forcePathStyle: true,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    maxAttempts,
  });
}

/** The newest version's bytes, when that is no deletion marker. */
export function current(bucket: StandInBucket, key: string): Buffer | undefined {
  return bucket.objects.get(key)?.[0]?.bytes;
}

let versions = 0;

async function handle(server: S3Server, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk as Uint8Array);
  const url = new URL(request.url ?? "/", "http://s3");
  const [, name = "", ...rest] = url.pathname.split("/");
  const key = decodeURIComponent(rest.join("/"));
  const asked: Asked = { method: request.method ?? "", key, query: url.searchParams };
  server.asked.push(asked);
  const fault = await server.fault(asked);
  if (fault === "drop") return void request.socket.destroy();
  const reply = answer(server, name, asked, request, Buffer.concat(chunks), fault);
  if (fault === "lose_answer") return void request.socket.destroy();
  const headers = { "x-amz-request-id": "stand-in", ...reply.headers };
  server.onExchange({
    request: {
      method: asked.method,
      url: request.url ?? "/",
      headers: request.headers as Readonly<Record<string, string>>,
      body: Buffer.concat(chunks).toString("latin1"),
    },
    answer: { status: reply.status, headers, body: Buffer.from(reply.body ?? "").toString("utf8") },
  });
  response.writeHead(reply.status, headers);
  response.end(request.method === "HEAD" ? undefined : reply.body);
}

function answer(
  server: S3Server,
  name: string,
  asked: Asked,
  request: IncomingMessage,
  body: Buffer,
  fault: Fault,
): Reply {
  try {
    if (fault === "refuse") throw new Refusal(503, "SlowDown");
    if (fault === "deny") throw new Refusal(403, "AccessDenied");
    if (fault === "race") throw new Refusal(409, "ConditionalRequestConflict");
    if (name !== "ledger") throw new Refusal(404, "NoSuchBucket");
    return asked.key === "" ? askBucket(server, asked, body) : askObject(server, asked, request, body);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { status: error.status, headers: {}, body: errorXml(error.code) };
  }
}

function askBucket({ bucket }: S3Server, { method, query }: Asked, body: Buffer): Reply {
  if (method === "PUT" && query.has("versioning")) {
    const status = /<Status>(\w+)<\/Status>/.exec(body.toString())?.[1];
    if (bucket.locked && status !== "Enabled") throw new Refusal(409, "InvalidBucketState");
    bucket.versioning = status === "Enabled" ? "Enabled" : "Suspended";
    return { status: 200, headers: {} };
  }
  if (method !== "GET") throw new Refusal(405, "MethodNotAllowed");
  const document = bucketDocument(bucket, query);
  if (document !== undefined) return { status: 200, headers: {}, body: document };
  if (query.has("versions")) return { status: 200, headers: {}, body: versionsXml(bucket, query) };
  if (query.get("list-type") === "2") return { status: 200, headers: {}, body: listXml(bucket, query) };
  throw new Refusal(501, "NotImplemented");
}

function askObject(server: S3Server, asked: Asked, request: IncomingMessage, body: Buffer): Reply {
  const { method, query } = asked;
  if (query.has("retention")) return askRetention(server, asked, body);
  switch (method) {
    case "PUT":
      return putObject(server, asked.key, request, body);
    case "GET":
    case "HEAD":
      return getObject(server, asked);
    case "DELETE":
      return deleteObject(server, asked.key, query.get("versionId") ?? undefined);
    default:
      throw new Refusal(405, "MethodNotAllowed");
  }
}

function putObject(server: S3Server, key: string, request: IncomingMessage, bytes: Buffer): Reply {
  const { headers } = request;
  const { bucket } = server;
  const checksum = checkChecksum(headers, bytes);
  const [newest] = bucket.objects.get(key) ?? [];
  const exists = newest?.bytes !== undefined;
  if (headers["if-none-match"] !== undefined) {
    if (headers["if-none-match"] !== "*") throw new Refusal(501, "NotImplemented");
    if (exists) throw new Refusal(412, "PreconditionFailed");
  }
  if (headers["if-match"] !== undefined) {
    if (!exists) throw new Refusal(404, "NoSuchKey");
    if (newest.etag !== headers["if-match"]) throw new Refusal(412, "PreconditionFailed");
  }
  const retention = askedRetention(server, headers, checksum);
  const kept = ["content-type", "cache-control"] as const;
  const version: Version = {
    id: `v${++versions}`,
    bytes,
    etag: `"${hash("md5", bytes)}"`,
    modified: server.now(),
    headers: Object.fromEntries(kept.flatMap((n) => (headers[n] === undefined ? [] : [[n, headers[n]]]))),
    retention,
  };
  bucket.objects.set(key, [version, ...(bucket.objects.get(key) ?? [])]);
  return { status: 200, headers: { etag: version.etag, "x-amz-version-id": version.id } };
}

/** True when the request carries a checksum. */
function checkChecksum(headers: IncomingMessage["headers"], bytes: Buffer): boolean {
  const sha256 = headers["x-amz-checksum-sha256"];
  if (sha256 !== undefined && sha256 !== hash("sha256", bytes, "base64")) throw new Refusal(400, "BadDigest");
  const md5 = headers["content-md5"];
  if (md5 !== undefined && md5 !== hash("md5", bytes, "base64")) throw new Refusal(400, "BadDigest");
  return sha256 !== undefined || md5 !== undefined;
}

function askedRetention(
  { bucket, now }: S3Server,
  headers: IncomingMessage["headers"],
  checksum: boolean,
): Version["retention"] {
  const mode = headers["x-amz-object-lock-mode"];
  const until = headers["x-amz-object-lock-retain-until-date"];
  if (mode === undefined && until === undefined) {
    const rule = bucket.defaultRetention;
    if (rule === undefined || !bucket.locked) return undefined;
    return { mode: rule.mode, until: new Date(now().getTime() + rule.days * 86_400_000) };
  }
  if (!bucket.locked || typeof mode !== "string" || typeof until !== "string") {
    throw new Refusal(400, "InvalidRequest");
  }
  if (!checksum) throw new Refusal(400, "InvalidRequest"); // a lock needs Content-MD5 or a checksum
  const date = new Date(until);
  if (!(date > now())) throw new Refusal(400, "InvalidArgument");
  return { mode, until: date };
}

function getObject({ bucket }: S3Server, { key, query }: Asked): Reply {
  const version = find(bucket, key, query.get("versionId") ?? undefined);
  const { retention } = version;
  return {
    status: 200,
    headers: {
      ...version.headers,
      etag: version.etag,
      "content-length": String(version.bytes?.length ?? 0),
      "last-modified": version.modified.toUTCString(),
      "x-amz-version-id": version.id,
      ...(retention === undefined
        ? {}
        : {
            "x-amz-object-lock-mode": retention.mode,
            "x-amz-object-lock-retain-until-date": retention.until.toISOString(),
          }),
    },
    body: version.bytes ?? "",
  };
}

function deleteObject(server: S3Server, key: string, versionId: string | undefined): Reply {
  const { bucket } = server;
  const all = bucket.objects.get(key) ?? [];
  if (versionId === undefined) {
    const marker: Version = {
      id: `v${++versions}`,
      bytes: undefined,
      etag: "",
      modified: server.now(),
      headers: {},
      retention: undefined,
    };
    bucket.objects.set(key, [marker, ...all]);
    return { status: 204, headers: { "x-amz-delete-marker": "true", "x-amz-version-id": marker.id } };
  }
  const version = all.find(({ id }) => id === versionId);
  if (version?.retention !== undefined && version.retention.until > server.now()) {
    throw new Refusal(403, "AccessDenied");
  }
  bucket.objects.set(
    key,
    all.filter(({ id }) => id !== versionId),
  );
  return { status: 204, headers: {} };
}

function askRetention({ bucket, now }: S3Server, { method, key, query }: Asked, body: Buffer): Reply {
  const version = find(bucket, key, query.get("versionId") ?? undefined);
  if (!bucket.locked) throw new Refusal(400, "InvalidRequest");
  if (method === "GET") {
    if (version.retention === undefined) throw new Refusal(404, "NoSuchObjectLockConfiguration");
    return { status: 200, headers: {}, body: retentionXml(version.retention) };
  }
  const mode = /<Mode>(\w+)<\/Mode>/.exec(body.toString())?.[1];
  const until = /<RetainUntilDate>([^<]+)</.exec(body.toString())?.[1];
  if ((mode !== "COMPLIANCE" && mode !== "GOVERNANCE") || until === undefined) {
    throw new Refusal(400, "MalformedXML");
  }
  const date = new Date(until);
  if (!(date > now())) throw new Refusal(400, "InvalidArgument");
  const old = version.retention;
  const inForce = old !== undefined && old.mode === "COMPLIANCE" && old.until > now();
  if (inForce && (mode !== "COMPLIANCE" || date < old.until)) throw new Refusal(403, "AccessDenied");
  version.retention = { mode, until: date };
  return { status: 200, headers: {} };
}

function find(bucket: StandInBucket, key: string, versionId: string | undefined): Version {
  const all = bucket.objects.get(key) ?? [];
  const version = versionId === undefined ? all[0] : all.find(({ id }) => id === versionId);
  if (version === undefined) throw new Refusal(404, versionId === undefined ? "NoSuchKey" : "NoSuchVersion");
  if (version.bytes !== undefined) return version;
  throw versionId === undefined ? new Refusal(404, "NoSuchKey") : new Refusal(405, "MethodNotAllowed");
}
