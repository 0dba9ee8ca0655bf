import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { LogClient } from "./client.ts";
import { refused } from "./errors.fixture.ts";
import { serve } from "./httpServer.fixture.ts";
import { httpSource } from "./httpSource.ts";
import { MemoryLog } from "./memoryLog.fixture.ts";
import { verifyLog } from "./verifyLog.ts";

/** Waits for nothing, and remembers for how long it should have. */
function patience() {
  const waits: number[] = [];
  return { waits, retryDelaysMs: [10, 20, 30], sleep: async (ms: number) => void waits.push(ms) };
}

test("a log that is served over HTTP is verified, with compression and all", async () => {
  const log = await MemoryLog.publish([300, 600]);
  const address = await serve((request, response) => {
    const bytes = log.files.get((request.url ?? "").replace("/logs/one/", ""));
    if (bytes === undefined) response.writeHead(404).end("not here");
    else response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(bytes));
  });
  const source = httpSource(`${address}/logs/one/`);
  expect(source.name).toBe(`${address}/logs/one`);
  expect(await source.read("tile/0/009")).toBeUndefined();
  const verified = await verifyLog(source, { keys: [log.signer.key] });
  expect(verified).toMatchObject({
    authenticated: true,
    checkpoint: { size: 600 },
    others: { listed: false },
  });
  const client = new LogClient(source, { keys: [log.signer.key] });
  expect((await client.entry(599)).entry).toEqual(log.entries[599]);
});

test("a server that stumbles is asked again, as patiently as it wants", async () => {
  const answers = [503, 429, 500, 200];
  const address = await serve((_request, response) => {
    const status = answers.shift() ?? 200;
    response.writeHead(status, status === 429 ? { "retry-after": "2" } : {}).end("hello");
  });
  const { waits, ...options } = patience();
  const bytes = await httpSource(address, options).read("checkpoint");
  expect(new TextDecoder().decode(bytes)).toBe("hello");
  expect(waits).toEqual([10, 2000, 30]);
});

test("a server that fails for good is told with its status, and asked no more often than allowed", async () => {
  let asked = 0;
  const address = await serve((_request, response) => {
    asked++;
    response.writeHead(502).end();
  });
  const { waits, ...options } = patience();
  const error = await refused("source_failed", () => httpSource(address, options).read("checkpoint"));
  expect(error.message).toBe(`${address}/checkpoint gave no answer in 4 attempts: status 502`);
  expect([asked, waits]).toEqual([4, [10, 20, 30]]);
});

test("a connection that breaks in the middle of a file is tried again", async () => {
  let asked = 0;
  const address = await serve((_request, response) => {
    response.writeHead(200, { "content-length": "5" });
    if (asked++ === 0) response.write("he", () => response.destroy());
    else response.end("hello");
  });
  const bytes = await httpSource(address, patience()).read("checkpoint");
  expect(new TextDecoder().decode(bytes)).toBe("hello");
});

test("a server that never ends its answer is left after the time allowed", async () => {
  const address = await serve((_request, response) => {
    response.writeHead(200).write("he");
  });
  const source = httpSource(address, { timeoutMs: 50, retryDelaysMs: [] });
  const error = await refused("source_failed", () => source.read("checkpoint"));
  expect(error.message).toContain("gave no answer in one attempt: no whole answer within 50 ms");
});

test("nobody listening is an error that says so", async () => {
  const source = httpSource("http://127.0.0.1:1", { retryDelaysMs: [] });
  const error = await refused("source_failed", () => source.read("checkpoint"));
  expect(error.message).toMatch(/gave no answer in one attempt: .*(ECONNREFUSED|bad port)/);
});

test("an answer is not read beyond its limit, also when compression hides its size", async () => {
  const address = await serve((_request, response) => {
    response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(new Uint8Array(5_000_000)));
  });
  const error = await refused("source_too_large", () =>
    httpSource(address, patience()).read("tile/0/000", { maxBytes: 8192 }),
  );
  expect(error.location).toEqual({ path: "tile/0/000", byte: 8192 });
});

test("other statuses are refusals, not missing files", async () => {
  const address = await serve((_request, response) => void response.writeHead(403).end("no"));
  const error = await refused("source_refused", () => httpSource(address).read("checkpoint"));
  expect(error.message).toBe(`${address} answered 403 when asked for checkpoint`);
});

test("the caller can end a request, and the waiting between two", async () => {
  const address = await serve((_request, response) => void response.writeHead(503).end());
  const aborter = new AbortController();
  const reason = new Error("enough");
  const read = httpSource(address, { retryDelaysMs: [60_000] }).read("checkpoint", {
    signal: aborter.signal,
  });
  setTimeout(() => aborter.abort(reason), 50);
  await expect(read).rejects.toBe(reason);
  const again = httpSource(address).read("checkpoint", { signal: aborter.signal });
  await expect(again).rejects.toBe(reason);
});

test.each([
  "ftp://example.com/log",
  "example.com/log",
  "https://user:secret@example.com/log",
  "https://example.com/log?x=1",
  "https://example.com/log#x",
  "https://example.com/log?",
])("the address %s is refused, and not repeated", async (address) => {
  const error = await refused("source_address_invalid", () => httpSource(address));
  expect(error.message).not.toContain("example");
});

test.each([
  "../secret",
  "tile/../../secret",
  "/etc/passwd",
  "a//b",
  "",
  ".",
  "tile/%2e%2e/x",
  "a\\b",
  "a?b",
  "x".repeat(1001),
])("the path %j leads nowhere", async (path) => {
  await refused("source_path_refused", () => httpSource("http://127.0.0.1:1").read(path));
});
