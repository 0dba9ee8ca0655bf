/**
 * A log over HTTP, from whatever it is stored in: the checkpoint, tiles, bundles and content, and nothing else. No listing, no
 * second spelling of a name; the path is an attacker's until `servedFile` knows it.
 * @see https://c2sp.org/tlog-tiles
 */
import { hash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { cacheControl, type ServedFile, servedFile } from "../storage/servedFile.ts";
import type { LogStorage } from "../storage/storage.ts";

export interface ServeOptions {
  /** Before every path: empty, or `/log`. */
  readonly base?: string;
  /** What was answered with 500. */
  readonly onError: (error: unknown) => void;
}

/** A handler for `node:http`. It answers every request and never rejects. */
export function serveLog(
  storage: Pick<LogStorage, "read">,
  { base = "", onError }: ServeOptions,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return async (request, response) => {
    if (request.method !== "GET" && request.method !== "HEAD") {
      send(response, 405, { allow: "GET, HEAD" }, "Only GET and HEAD.\n");
      return;
    }
    const path = pathOf(request, base);
    const file = path === undefined ? undefined : servedFile(path);
    if (path === undefined || file === undefined) {
      send(response, 404, UNKNOWN, "A log has no such file.\n");
      return;
    }
    try {
      const bytes = await storage.read(path);
      if (bytes === undefined) send(response, 404, UNKNOWN, "Not there (yet).\n");
      else sendFile(request, response, file, bytes);
    } catch (error) {
      onError(error);
      send(response, 500, UNKNOWN, "The log cannot be read at the moment.\n");
    }
  };
}

/** What is not there today may be there tomorrow. */
const UNKNOWN = { "cache-control": "no-store" } as const;
const PLAIN = { "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff" } as const;

/** Exactly as it was asked: nothing is decoded, so that one file has one name. */
function pathOf({ url = "" }: IncomingMessage, base: string): string | undefined {
  const start = `${base}/`;
  return url.startsWith(start) ? url.slice(start.length) : undefined;
}

function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  file: ServedFile,
  bytes: Uint8Array,
): void {
  const etag = `"${hash("sha256", bytes).slice(0, 32)}"`;
  const headers = { etag, "cache-control": cacheControl(file) };
  if (request.headers["if-none-match"] === etag) {
    response.writeHead(304, headers).end();
    return;
  }
  send(response, 200, { ...headers, "content-type": file.contentType }, bytes);
}

/** Node leaves the body out where the method is HEAD. */
function send(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string | Uint8Array,
): void {
  const length = { "content-length": String(Buffer.byteLength(body)) };
  response.writeHead(status, { ...PLAIN, ...headers, ...length }).end(body);
}
