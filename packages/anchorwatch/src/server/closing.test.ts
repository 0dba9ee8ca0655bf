/** What happens to who is connected when the server is told to stop. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { memoryWatch, stackNamed } from "./memoryWatch.fixture.ts";
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

/** So that the server knows of them. */
async function untilConnected({ api }: TestServer, wanted: number): Promise<void> {
  const connections = () =>
    new Promise<number>((resolve) => api.server.getConnections((_, number) => resolve(number)));
  await expect.poll(connections, { timeout: 20_000 }).toBe(wanted);
}

const served = () => listening(memoryWatch({ stacks: [stackNamed("net")] }));

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
