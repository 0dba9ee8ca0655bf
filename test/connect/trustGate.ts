/**
 * A way to moto that evaluates the conditions of trust policies as AWS does: moto compares an external id that is wrong, but neither
 * misses one nor knows of source identities. Everything else goes through byte by byte, so that moto verifies each signature itself;
 * listings.ts tells of the one exception.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { signedForMoto } from "./listings.ts";

export interface TrustGate {
  readonly endpoint: string;
  /** Of roles by their ARN; the others may be assumed as moto says. */
  readonly trust: Map<string, TrustPolicy>;
  /** Secrets by the id of their access key, of users; those of sessions are added as they are given. */
  readonly keys: Map<string, string>;
  close(): Promise<void>;
}

export interface TrustPolicy {
  readonly Statement: readonly TrustStatement[];
}

interface TrustStatement {
  readonly Action: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export async function trustGate(moto: string): Promise<TrustGate> {
  const { hostname, port } = new URL(moto);
  const trust = new Map<string, TrustPolicy>();
  const keys = new Map<string, string>();
  const server = createServer((incoming, outgoing) => {
    void handle(incoming, outgoing, { trust, keys, hostname, port }).catch((error: unknown) => {
      outgoing.destroy(error instanceof Error ? error : undefined);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    trust,
    keys,
    close: async () => {
      server.closeAllConnections();
      const closed = once(server, "close");
      server.close();
      await closed;
    },
  };
}

async function handle(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  gate: Pick<TrustGate, "trust" | "keys"> & { readonly hostname: string; readonly port: string },
): Promise<void> {
  const { trust, keys, ...place } = gate;
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const body = namesTrail(incoming, Buffer.concat(chunks));
  if (!isTrusted(new URLSearchParams(body.toString("latin1")), trust)) return refuse(outgoing);
  const { method, url, rawHeaders } = incoming;
  const authorization = signedForMoto(incoming, keys);
  const headers = rawHeaders.map((text, at) => {
    const name = at % 2 === 1 ? (rawHeaders[at - 1] ?? "").toLowerCase() : "";
    if (name === "content-length") return String(body.length);
    return name === "authorization" ? (authorization ?? text) : text;
  });
  const isSession = body.toString("latin1").includes("Action=AssumeRole");
  const passed = request({ ...place, method, path: url, headers, agent: false }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 500, answer.rawHeaders);
    if (isSession) learnKey(answer, outgoing, keys).catch(() => outgoing.destroy());
    else answer.pipe(outgoing);
  });
  passed.on("error", (error) => outgoing.destroy(error));
  passed.end(body);
}

async function learnKey(
  answer: IncomingMessage,
  outgoing: ServerResponse,
  keys: Map<string, string>,
): Promise<void> {
  let text = "";
  for await (const chunk of answer.setEncoding("utf8")) text += chunk;
  const [, id, secret] =
    /<AccessKeyId>([^<]+)<[\s\S]*<SecretAccessKey>([^<]+)</.exec(text.replaceAll("&#x2F;", "/")) ?? [];
  if (id !== undefined && secret !== undefined) keys.set(id, secret);
  outgoing.end(text);
}

/** moto starts trails by their names alone, and the provider by their ARNs. */
function namesTrail({ headers }: IncomingMessage, body: Buffer): Buffer {
  if (!String(headers["x-amz-target"]).endsWith(".StartLogging")) return body;
  return Buffer.from(body.toString().replace(/arn:[^"]*:trail\//, ""));
}

/** Each action that is asked for needs a statement whose conditions hold. */
function isTrusted(form: URLSearchParams, trust: ReadonlyMap<string, TrustPolicy>): boolean {
  if (form.get("Action") !== "AssumeRole") return true;
  const policy = trust.get(form.get("RoleArn") ?? "");
  if (policy === undefined) return true;
  const context: Readonly<Record<string, string | null>> = {
    "sts:ExternalId": form.get("ExternalId"),
    "sts:SourceIdentity": form.get("SourceIdentity"),
    "sts:RoleSessionName": form.get("RoleSessionName"),
  };
  const asked = ["sts:AssumeRole", ...(form.has("SourceIdentity") ? ["sts:SetSourceIdentity"] : [])];
  return asked.every((action) =>
    policy.Statement.some(
      ({ Action, Condition = {} }) => [Action].flat().includes(action) && holds(Condition, context),
    ),
  );
}

function holds(
  condition: NonNullable<TrustStatement["Condition"]>,
  context: Readonly<Record<string, string | null>>,
): boolean {
  return Object.entries(condition).every(([operator, keys]) =>
    Object.entries(keys).every(([key, expected]) => {
      const found = context[key];
      if (found === undefined || found === null) return false;
      if (operator === "StringEquals") return found === expected;
      const pattern = expected.replace(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*");
      return operator === "StringLike" && new RegExp(`^${pattern}$`).test(found);
    }),
  );
}

function refuse(outgoing: ServerResponse): void {
  outgoing.writeHead(403, { "content-type": "text/xml" });
  outgoing.end(
    "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>is not authorized to perform: sts:AssumeRole</Message></Error></ErrorResponse>",
  );
}
