/**
 * moto decodes the query of a request before it verifies the signature, so that no listing of S3 below a folder (`prefix=a%2Fb`) ever
 * passes. Here such a request is verified as S3 does it, and then signed again by the same key in the form that moto expects: it is
 * still moto that looks up whose key it is and what he may.
 */
import { createHash, createHmac } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** Secrets by the id of their access key. */
export type KnownKeys = ReadonlyMap<string, string>;

/** The header `authorization` that moto takes; undefined where it can stay, or the signature is wrong. */
export function signedForMoto(incoming: IncomingMessage, keys: KnownKeys): string | undefined {
  const { headers, url = "/" } = incoming;
  const given = /Credential=([^/]+)\/([^,]+), ?SignedHeaders=([^,]+), ?Signature=(\w+)/.exec(
    headers.authorization ?? "",
  );
  const [, id = "", scope = "", names = "", signature = ""] = given ?? [];
  const secret = keys.get(id);
  const [path = "/", query = ""] = url.split("?");
  const decoded = decodedQuery(query);
  if (secret === undefined || !scope.includes("/s3/") || decoded === query) return undefined;
  const sign = (written: string) => signatureOf(incoming, { path, query: written, names, scope, secret });
  if (sign(query) !== signature) return undefined;
  return (headers.authorization ?? "").replace(signature, sign(decoded));
}

/** As werkzeug, below moto, decodes it. */
function decodedQuery(query: string): string {
  return query.replace(/%(?:2F|3A|40|2C|3B|24|21|2A|27|28|29)/gi, decodeURIComponent);
}

interface Signing {
  readonly path: string;
  readonly query: string;
  /** Of the signed headers, with semicolons. */
  readonly names: string;
  /** `20260101/eu-central-1/s3/aws4_request` */
  readonly scope: string;
  readonly secret: string;
}

/** AWS Signature Version 4. */
function signatureOf({ method = "GET", headers }: IncomingMessage, signing: Signing): string {
  const { path, query, names, scope, secret } = signing;
  const pairs = query.split("&").map((pair) => (pair.includes("=") ? pair : `${pair}=`));
  const signed = names.split(";").map((name) => `${name}:${String(headers[name] ?? "").trim()}\n`);
  const hash = String(headers["x-amz-content-sha256"]);
  const canonical = [method, path, pairs.sort().join("&"), signed.join(""), names, hash].join("\n");
  const digest = createHash("sha256").update(canonical).digest("hex");
  const text = `AWS4-HMAC-SHA256\n${String(headers["x-amz-date"])}\n${scope}\n${digest}`;
  const key = scope.split("/").reduce((last: Buffer | string, part) => hmac(last, part), `AWS4${secret}`);
  return hmac(key, text).toString("hex");
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
