/**
 * A strict stand-in for CloudTrail's ListPublicKeys, written from the published model of the API (JSON 1.1 over HTTP): no mock of AWS
 * has it. It refuses what is not signed for CloudTrail in a region, and what has another form.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface CloudTrailServer {
  readonly endpoint: string;
  /** By region and fingerprint: DER, PKCS#1. */
  readonly keys: Map<string, ReadonlyMap<string, Uint8Array>>;
  /** Regions and bodies that were asked for, in order. */
  readonly asked: { readonly region: string; readonly body: Readonly<Record<string, unknown>> }[];
  /** What was answered. */
  readonly answers: unknown[];
  close(): Promise<void>;
}

/** The SDKs of AWS write it without what comes before the service, the published model with it. */
const TARGET = /^(com\.amazonaws\.cloudtrail\.v20131101\.)?CloudTrail_20131101\.ListPublicKeys$/;
const SCOPE = /^AWS4-HMAC-SHA256 Credential=[^/]+\/\d{8}\/([a-z0-9-]+)\/cloudtrail\/aws4_request, /;
const SIGNED = /SignedHeaders=([^,]*), Signature=[0-9a-f]{64}$/;

export async function startCloudTrail(): Promise<CloudTrailServer> {
  const keys: CloudTrailServer["keys"] = new Map();
  const asked: CloudTrailServer["asked"] = [];
  const answers: unknown[] = [];
  const answerTo = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await textOf(request);
    const fault = faultOf(request);
    if (fault !== undefined) {
      response.writeHead(400, { "content-type": "application/x-amz-json-1.1" });
      response.end(JSON.stringify({ __type: fault, message: "refused by the stand-in" }));
      return;
    }
    const [, region = ""] = SCOPE.exec(request.headers.authorization ?? "") ?? [];
    const content = JSON.parse(body) as Readonly<Record<string, unknown>>;
    asked.push({ region, body: content });
    const answer = {
      PublicKeyList: [...(keys.get(region) ?? [])].map(([Fingerprint, value]) => ({
        Value: Buffer.from(value).toString("base64"),
        ValidityStartTime: content["StartTime"],
        ValidityEndTime: content["EndTime"],
        Fingerprint,
      })),
    };
    answers.push(answer);
    response.writeHead(200, { "content-type": "application/x-amz-json-1.1" });
    response.end(JSON.stringify(answer));
  };
  const server = createServer((request, response) => void answerTo(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    ...{ keys, asked, answers },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function faultOf({ method, url, headers }: IncomingMessage): string | undefined {
  if (method !== "POST" || url !== "/") return "UnknownOperationException";
  if (headers["content-type"] !== "application/x-amz-json-1.1") return "UnknownOperationException";
  if (!TARGET.test(String(headers["x-amz-target"]))) return "UnknownOperationException";
  const authorization = headers.authorization ?? "";
  const [, signed = ""] = SIGNED.exec(authorization) ?? [];
  const isWhole = ["host", "x-amz-date", "x-amz-target"].every((name) => signed.split(";").includes(name));
  return SCOPE.test(authorization) && isWhole ? undefined : "IncompleteSignature";
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
