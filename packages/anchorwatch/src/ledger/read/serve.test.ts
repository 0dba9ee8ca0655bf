import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { serveLog } from "./serve.ts";

const DIGEST = "ab".repeat(32);
const FILES = new Map([
  ["checkpoint", "origin\n1\nAAAA\n"],
  ["tile/0/000.p/1", "hash"],
  ["tile/entries/x001/067", "entries"],
  [`content/sha256/ab/${DIGEST}`, "content"],
  [".staging", "secret"],
  ["signing.key", "secret"],
  ["tile/secret", "secret"],
]);
const errors: unknown[] = [];
const asked: string[] = [];
let broken = false;
let server: Server;
let port: number;

beforeEach(async () => {
  errors.length = 0;
  asked.length = 0;
  broken = false;
  const read = async (path: string) => {
    asked.push(path);
    if (broken) throw new RangeError("disk");
    const text = FILES.get(path);
    return text === undefined ? undefined : Buffer.from(text);
  };
  const handler = serveLog({ read }, { base: "/log", onError: (error) => errors.push(error) });
  server = createServer((incoming, response) => void handler(incoming, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

/** Sends the path as it is: `fetch` would tidy it. */
function ask(path: string, method = "GET", headers: Record<string, string> = {}) {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: string }>(
    (resolve, reject) => {
      const options = { host: "127.0.0.1", port, path, method, headers, agent: false };
      const outgoing = request(options, (response) => {
        let body = "";
        response.setEncoding("utf8").on("data", (text: string) => {
          body += text;
        });
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        );
      });
      outgoing.on("error", reject).end();
    },
  );
}

test("a checkpoint is text that caches must ask for again", async () => {
  const { status, headers, body } = await ask("/log/checkpoint");
  expect({ status, body }).toEqual({ status: 200, body: "origin\n1\nAAAA\n" });
  expect(headers).toMatchObject({
    "content-type": "text/plain; charset=utf-8",
    "cache-control": "no-cache",
    "x-content-type-options": "nosniff",
  });
});

test.each(["tile/0/000.p/1", "tile/entries/x001/067", `content/sha256/ab/${DIGEST}`])(
  "%s never changes, and says so",
  async (path) => {
    const { status, headers, body } = await ask(`/log/${path}`);
    expect({ status, body }).toEqual({ status: 200, body: FILES.get(path) });
    expect(headers["content-type"]).toBe("application/octet-stream");
    expect(headers["cache-control"]).toBe("public, max-age=31536000, immutable");
  },
);

test("HEAD gives the headers alone, and a known ETag spares the body", async () => {
  const head = await ask("/log/checkpoint", "HEAD");
  expect(head).toMatchObject({ status: 200, body: "", headers: { "content-length": "14" } });
  const etag = String(head.headers["etag"]);
  expect(await ask("/log/checkpoint", "GET", { "if-none-match": etag })).toMatchObject({
    status: 304,
    body: "",
  });
});

test("what is not there yet is 404 and is not cached", async () => {
  const { status, headers } = await ask("/log/tile/0/001");
  expect(status).toBe(404);
  expect(headers["cache-control"]).toBe("no-store");
});

test.each([
  "/",
  "/log",
  "/log/",
  "/checkpoint",
  "/log/.staging",
  "/log/signing.key",
  "/log/tile",
  "/log/tile/",
  "/log/tile/secret",
  "/log/tile/0/../../signing.key",
  "/log//checkpoint",
  "/log/./checkpoint",
  "/log/%63heckpoint",
  "/log/checkpoint?x=1",
  "/log/checkpoint/",
  "/log/Checkpoint",
  "/log/tile/00/000",
  "/log/tile/0/0",
  "/log/tile/0/000.p/256",
  "/log/tile/0/000.p/0",
  `/log/content/sha256/cd/${DIGEST}`,
  `/log/content/sha256/ab/${DIGEST.toUpperCase()}`,
  "/log/content/sha256/ab/..",
  "http://127.0.0.1/log/checkpoint",
])("%s is no name of a file, and the storage is not even asked", async (path) => {
  const { status, body } = await ask(path);
  expect(status).toBe(404);
  expect(body).not.toContain("secret");
  expect(asked).toEqual([]);
});

test.each(["POST", "PUT", "DELETE", "OPTIONS"])("%s is refused", async (method) => {
  expect(await ask("/log/checkpoint", method)).toMatchObject({
    status: 405,
    headers: { allow: "GET, HEAD" },
  });
});

test("a storage that fails is a 500 without its reason, which the operator gets", async () => {
  broken = true;
  const { status, body } = await ask("/log/checkpoint");
  expect(status).toBe(500);
  expect(body).not.toContain("disk");
  expect(errors).toEqual([new RangeError("disk")]);
});
