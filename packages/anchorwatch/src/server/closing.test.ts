/** What happens to who is connected: when he never has done with asking, and when the server is told to stop. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { memoryWatch, stackNamed } from "./memoryWatch.fixture.ts";
import { problemShape } from "./shapes/problem.ts";
import { readEvents } from "./stream/eventReader.fixture.ts";
import { listening, type TestServer } from "./testServer.fixture.ts";

const HEAD = "POST /api/v1/stacks/id-net/check HTTP/1.1\r\nHost: localhost\r\n";
const BODY = '{"addresses":[]}';
const WHOLE = `Content-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n`;

async function connected(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  socket.on("error", () => {});
  await once(socket, "connect");
  return socket;
}

/** All that comes until the server ends the connection. */
async function everything(socket: Socket): Promise<string> {
  let text = "";
  socket.on("data", (data) => {
    text += String(data);
  });
  await once(socket, "close");
  return text;
}

/** Of what was answered, byte for byte: status and code; the log has the same under the same id. */
function problemIn(answer: string, { log }: TestServer): readonly [number, string] {
  const [head = "", body = ""] = answer.split("\r\n\r\n");
  expect(head).toMatch(/^content-type: application\/problem\+json/im);
  expect(head).toMatch(/^content-security-policy: default-src 'none'/im);
  expect(head).toMatch(new RegExp(`^content-length: ${Buffer.byteLength(body)}\r?$`, "im"));
  const problem = problemShape.parse(JSON.parse(body));
  expect(head).toContain(`x-request-id: ${problem.requestId}`);
  expect(log()).toMatch(new RegExp(`"reqId":"${problem.requestId}".*"code":"${problem.code}"`));
  expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${problem.status} `));
  return [problem.status, problem.code];
}

/** So that the server knows of them. */
async function untilConnected({ api }: TestServer, wanted: number): Promise<void> {
  const connections = () =>
    new Promise<number>((resolve) => api.server.getConnections((_, number) => resolve(number)));
  await expect.poll(connections, { timeout: 20_000 }).toBe(wanted);
}

const served = () => listening(memoryWatch({ stacks: [stackNamed("net")] }));

describe("who never has done with asking", () => {
  it("is cut off: with half a header, half a body, a body without end, and with nothing at all", async () => {
    const server = await listening(memoryWatch({ stacks: [stackNamed("net")] }), {
      headersMs: 100,
      requestMs: 200,
    });
    const asks = {
      nothing: "",
      header: HEAD,
      body: `${HEAD}${WHOLE}{`,
      chunks: `${HEAD}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n`,
    };
    const answers = await Promise.all(
      Object.values(asks).map(async (text) => {
        const socket = await connected(server.port);
        socket.write(text);
        return await everything(socket);
      }),
    );
    const [nothing, ...begun] = answers;
    // Who has said nothing has asked nothing.
    expect(nothing).toMatch(/^(HTTP\/1\.1 408 |$)/);
    for (const answer of begun) expect(problemIn(answer, server)).toEqual([408, "request_timeout"]);
    expect(server.watch.wantedChecks).toEqual([]);
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  });

  it("is cut off as soon as his body is larger than bodies are, however long he goes on", async () => {
    const server = await served();
    const socket = await connected(server.port);
    const ended = new Promise<void>((resolve) => socket.on("close", () => resolve()));
    socket.resume().write(`${HEAD}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`);
    const chunk = `10000\r\n${"[".repeat(0x10000)}\r\n`;
    const more = () => socket.write(chunk, (error) => error == null && !socket.destroyed && more());
    more();
    await ended;
    expect(server.log()).toContain('"code":"request_too_large"');
  });

  it("holds no more connections than there are to be", async () => {
    const server = await listening(memoryWatch(), { connections: 1 });
    const first = await connected(server.port);
    await untilConnected(server, 1);
    const second = await connected(server.port);
    expect(await everything(second)).toBe("");
    first.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    expect(await everything(first)).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe("what is no request", () => {
  it.each([
    ["words", "hello\r\n\r\n", 400, "request_invalid"],
    ["a handshake of TLS", "\x16\x03\x01\x02\x00\x01\x00", 400, "request_invalid"],
    ["another version", "GET / HTTP/9.9\r\n\r\n", 400, "request_invalid"],
    ["two lengths", `${HEAD}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`, 400, "request_invalid"],
    [
      "chunks that are none",
      `${HEAD}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n`,
      400,
      "request_invalid",
    ],
    ["headers without end", `${HEAD}x: ${"y".repeat(20_000)}`, 431, "request_headers_too_many"],
  ])("is answered by a problem all the same: %s", async (_, text, status, code) => {
    const server = await served();
    const socket = await connected(server.port);
    socket.write(text, "latin1");
    expect(problemIn(await everything(socket), server)).toEqual([status, code]);
  });

  it("is no part of an answer that is being given", async () => {
    const server = await served();
    const socket = await connected(server.port);
    const heard = everything(socket);
    const begun = once(socket, "data");
    socket.write("GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await begun;
    socket.write("nonsense\r\n\r\n");
    const text = await heard;
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    expect(text).not.toContain("request_invalid");
  });
});

describe("a server that stops", () => {
  it("ends its streams, and at once those who ask nothing", async () => {
    const server = await served();
    const events = await readEvents(`${server.url}/api/v1/stream`);
    onTestFinished(() => events.close());
    await events.next();
    const idle = await connected(server.port);
    idle.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await once(idle, "data");
    const ended = once(idle, "close");
    await server.api.close();
    await ended;
    await expect(events.next()).rejects.toThrow();
  });

  it("answers what was on its way, as ever", async () => {
    const server = await served();
    const [half, started] = [await connected(server.port), await connected(server.port)];
    half.write(HEAD);
    started.write(`${HEAD}${WHOLE}${BODY.slice(0, 3)}`);
    await untilConnected(server, 2);
    const [halfAnswer, startedAnswer] = [everything(half), everything(started)];
    const closed = server.api.close();
    await expect.poll(() => server.api.server.listening).toBe(false);
    half.write(`${WHOLE}${BODY}`);
    started.write(BODY.slice(3));
    for (const answer of [await halfAnswer, await startedAnswer]) expect(answer).toMatch(/^HTTP\/1\.1 202 /);
    await closed;
    expect(server.watch.wantedChecks).toHaveLength(2);
  });

  it("does not wait for ever for what never arrives", async () => {
    const server = await served();
    const silent = await connected(server.port);
    const half = await connected(server.port);
    half.write(`${HEAD}${WHOLE}{`);
    await untilConnected(server, 2);
    const ends = [once(silent, "close"), once(half, "close")];
    const closed = server.api.close();
    await expect.poll(() => server.api.server.listening).toBe(false);
    server.tick();
    await closed;
    await Promise.all(ends);
    expect(server.watch.wantedChecks).toEqual([]);
  });
});
