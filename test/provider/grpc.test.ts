/** Our gRPC client against grpc-js, which knows nothing of it, and against servers that misbehave. */
import { createServer, type Http2Server, type ServerHttp2Stream } from "node:http2";
import { join } from "node:path";
import { type handleUnaryCall, Server, ServerCredentials, status } from "@grpc/grpc-js";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { connectGrpc, type GrpcConnection, GrpcError } from "../../packages/tfprovider/src/wire/grpc.ts";
import { bytesMethod } from "../reference-provider/plugin/method.ts";
import { testFolder } from "../reference-provider/testProvider.ts";

const LIMITS = { deadlineMs: 20_000 };

type Handler = handleUnaryCall<Buffer, Buffer>;

/** A server of grpc-js with one method, and a client of ours. */
async function served(handler: Handler): Promise<(message: Uint8Array, limits?: object) => Promise<Buffer>> {
  const socket = join(testFolder(), "grpc");
  const server = new Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  server.addService({ call: bytesMethod("/test.Test/Call") }, { call: handler });
  await new Promise<void>((resolve, reject) =>
    server.bindAsync(`unix:${socket}`, ServerCredentials.createInsecure(), (error) =>
      error === null ? resolve() : reject(error),
    ),
  );
  onTestFinished(() => server.forceShutdown());
  const client = connected(socket);
  return (message, limits = {}) => client.call("/test.Test/Call", message, { ...LIMITS, ...limits });
}

function connected(socket: string): GrpcConnection {
  const client = connectGrpc({ path: socket });
  onTestFinished(() => client.destroy());
  return client;
}

/** A bare HTTP/2 server. */
async function bare(answer: (stream: ServerHttp2Stream, server: Http2Server) => void) {
  const socket = join(testFolder(), "h2");
  const server = createServer();
  // What breaks at this end is what these tests break.
  server.on("sessionError", () => undefined);
  server.on("stream", (stream) => {
    stream.on("error", () => undefined);
    answer(stream, server);
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  onTestFinished(() => void server.close());
  return connected(socket);
}

const OK = { ":status": 200, "content-type": "application/grpc" };

function frameOf(message: Uint8Array, flag = 0): Buffer {
  const head = Buffer.alloc(5);
  head[0] = flag;
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** A proper answer whose bytes come in pieces. */
function respond(
  stream: ServerHttp2Stream,
  pieces: readonly Uint8Array[],
  trailers = { "grpc-status": "0" },
): void {
  stream.respond(OK, { waitForTrailers: true });
  stream.on("wantTrailers", () => stream.sendTrailers(trailers));
  for (const piece of pieces) stream.write(piece);
  stream.end();
}

async function failureOf(call: Promise<unknown>): Promise<GrpcError> {
  const error = await call.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(GrpcError);
  return error as GrpcError;
}

test("messages of any bytes and length come back from grpc-js as they were", async () => {
  const call = await served(({ request }, callback) => callback(null, request));
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ size: "large" }), async (message) => {
      expect(Buffer.compare(await call(message), message)).toBe(0);
    }),
    { numRuns: 50 },
  );
});

test("an answer of 20 MB arrives whole, and so does a request of that size", async () => {
  const big = Buffer.alloc(20 * 1024 * 1024, "0123456789abcdef-");
  const call = await served(({ request }, callback) => callback(null, request.length === 1 ? big : request));
  expect((await call(Buffer.of(1))).equals(big)).toBe(true);
  expect((await call(big)).equals(big)).toBe(true);
});

test("many calls at once get each its own answer", async () => {
  const call = await served(({ request }, callback) => {
    setTimeout(() => callback(null, request), request[0] ?? 0);
  });
  const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => call(Buffer.of(50 - n, n))));
  expect(answers.map((answer) => answer[1])).toEqual(Array.from({ length: 50 }, (_, n) => n));
});

test.each(["plain", "100 % of ünïcode — 日本語 🙂", "a line\nand %41 another\ttab", ""])(
  "the message of an error comes as it was sent: %j",
  async (details) => {
    const call = await served((_, callback) => callback({ code: status.PERMISSION_DENIED, details }));
    expect(await failureOf(call(Buffer.of()))).toMatchObject({ status: 7, message: details });
  },
);

test("an error after the answer has begun is an error", async () => {
  const client = await bare((stream) =>
    respond(stream, [frameOf(Buffer.from("half"))], { "grpc-status": "13" }),
  );
  expect(await failureOf(client.call("/x", Buffer.of(), LIMITS))).toMatchObject({ status: 13 });
});

test("a message that is not encoded correctly is shown as it is", async () => {
  const client = await bare((stream) =>
    stream.respond(
      { ...OK, "grpc-status": "2", "grpc-message": "100% sure %C3%A9 %zz" },
      { endStream: true },
    ),
  );
  expect((await failureOf(client.call("/x", Buffer.of(), LIMITS))).message).toBe("100% sure é %zz");
});

test("an answer in single bytes is put together", async () => {
  const client = await bare((stream) =>
    respond(
      stream,
      [...frameOf(Buffer.from("in pieces"))].map((byte) => Buffer.of(byte)),
    ),
  );
  expect(String(await client.call("/x", Buffer.of(), LIMITS))).toBe("in pieces");
});

test.each<[string, readonly Uint8Array[]]>([
  ["nothing", []],
  ["less than its head says", [frameOf(Buffer.from("abc")).subarray(0, 6)]],
  ["more than its head says", [frameOf(Buffer.from("abc")), Buffer.of(1)]],
  ["two messages", [frameOf(Buffer.from("abc")), frameOf(Buffer.from("def"))]],
  ["a compressed message", [frameOf(Buffer.from("abc"), 1)]],
])("an answer of %s is refused", async (_, pieces) => {
  const client = await bare((stream) => respond(stream, pieces));
  expect(await failureOf(client.call("/x", Buffer.of(), LIMITS))).toMatchObject({
    status: 2,
    message: "the answer is no single plain message",
  });
});

test("a server that speaks HTTP/2 and no gRPC is told apart", async () => {
  const client = await bare((stream) => stream.respond({ ":status": 404 }, { endStream: true }));
  expect((await failureOf(client.call("/x", Buffer.of(), LIMITS))).message).toContain("HTTP status 404");
});

test("a connection that is lost in the middle of an answer fails the calls on it, and later ones at once", async () => {
  const client = await bare((stream) => {
    stream.respond(OK);
    stream.write(frameOf(Buffer.alloc(1000)).subarray(0, 500), () => stream.session?.socket.destroy());
  });
  const calls = [1, 2, 3].map(() => failureOf(client.call("/x", Buffer.of(), LIMITS)));
  for (const failure of await Promise.all(calls)) expect(failure.status).toBe(14);
  expect(client.closed).toBe(true);
  expect(await failureOf(client.call("/x", Buffer.of(), LIMITS))).toMatchObject({ status: 14 });
});

test("a server that goes away answers what it has, and takes nothing more", async () => {
  const client = await bare((stream) => {
    stream.session?.goaway(0);
    setTimeout(() => respond(stream, [frameOf(Buffer.from("last words"))]), 50);
  });
  expect(String(await client.call("/x", Buffer.of(), LIMITS))).toBe("last words");
  expect(client.closed).toBe(true);
  expect(await failureOf(client.call("/x", Buffer.of(), LIMITS))).toMatchObject({ status: 14 });
});

test("a server that goes away with an error fails the calls under way", async () => {
  const client = await bare((stream) => stream.session?.goaway(2));
  expect(await failureOf(client.call("/x", Buffer.of(), LIMITS))).toMatchObject({ status: 14 });
  expect(client.closed).toBe(true);
});

test("nobody listens: the call fails, and nothing else does", async () => {
  const client = connected(join(testFolder(), "nobody"));
  expect(await failureOf(client.call("/x", Buffer.of(), LIMITS))).toMatchObject({ status: 14 });
});

test("a deadline is told to the server, and kept without it", async () => {
  const deadlines: number[] = [];
  const call = await served((request, callback) => {
    deadlines.push(Number(request.getDeadline()) - Date.now());
    if (request.request.length > 0) callback(null, Buffer.of());
  });
  expect(await failureOf(call(Buffer.of(), { deadlineMs: 50 }))).toMatchObject({ status: 4 });
  await call(Buffer.of(1), { deadlineMs: Number.POSITIVE_INFINITY });
  expect(deadlines[0]).toBeLessThanOrEqual(50);
  // Eight digits are the most that the wire has.
  expect(deadlines[1]).toBeGreaterThan(90_000_000);
  const mute = await bare(() => undefined);
  expect(await failureOf(mute.call("/x", Buffer.of(), { deadlineMs: 50 }))).toMatchObject({
    status: 4,
    message: "no answer within 50 ms",
  });
});

test("a cancelled call is cancelled at the server too, and others go on", async () => {
  const controller = new AbortController();
  const { promise, resolve } = Promise.withResolvers<void>();
  const call = await served((request, callback) => {
    if (request.request.length > 0) return callback(null, request.request);
    request.on("cancelled", () => resolve());
    controller.abort();
  });
  expect(await failureOf(call(Buffer.of(), { signal: controller.signal }))).toMatchObject({ status: 1 });
  await promise;
  expect(await failureOf(call(Buffer.of(1), { signal: controller.signal }))).toMatchObject({ status: 1 });
  expect((await call(Buffer.of(1))).length).toBe(1);
});

test("calls under way fail when the connection is ended from here", async () => {
  const client = await bare((stream) => stream.respond(OK));
  const failure = failureOf(client.call("/x", Buffer.of(), LIMITS));
  client.destroy();
  expect((await failure).status).toBe(14);
});

/** All that a stream tells, as text; the caller has enough after so many. */
async function told(client: GrpcConnection, most = Number.POSITIVE_INFINITY, limits: object = LIMITS) {
  const messages: string[] = [];
  const ended = client.stream("/x", Buffer.of(), { ...LIMITS, ...limits }, (message) => {
    messages.push(String(message));
    return messages.length < most ? "more" : "enough";
  });
  return { messages, ended };
}

test("the messages of a stream come one by one, however they are cut into pieces", async () => {
  const texts = ["first", "", "x".repeat(40_000), "last"];
  const bytes = Buffer.concat(texts.map((text) => frameOf(Buffer.from(text))));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(bytes.length), { maxLength: 12 }), async (cuts) => {
      const ends = [...cuts.sort((a, b) => a - b), bytes.length];
      const client = await bare((stream) =>
        respond(
          stream,
          ends.map((end, at) => bytes.subarray(ends[at - 1] ?? 0, end)).filter(({ length }) => length > 0),
        ),
      );
      const { messages, ended } = await told(client);
      await ended;
      expect(messages).toEqual(texts);
      client.destroy();
    }),
    { numRuns: 30 },
  );
});

test("a stream without a message ends well", async () => {
  const { messages, ended } = await told(await bare((stream) => respond(stream, [])));
  await ended;
  expect(messages).toEqual([]);
});

test("a stream of which the caller has enough is cancelled at the server, and is no failure", async () => {
  const { promise: cancelled, resolve } = Promise.withResolvers<number>();
  const client = await bare((stream) => {
    stream.respond(OK);
    stream.on("close", () => resolve(stream.rstCode));
    for (const text of ["a", "b", "c"]) stream.write(frameOf(Buffer.from(text)));
  });
  const { messages, ended } = await told(client, 2);
  await ended;
  expect(messages).toEqual(["a", "b"]);
  expect(await cancelled).toBe(8);
});

test("what was told before a stream breaks off, or fails, has been told, and the failure is told as well", async () => {
  const answer = [frameOf(Buffer.from("a")), frameOf(Buffer.from("b")).subarray(0, 5)];
  const cut = await told(await bare((stream) => respond(stream, answer)));
  expect(await failureOf(cut.ended)).toMatchObject({ status: 2 });
  expect(cut.messages).toEqual(["a"]);
  const failed = await told(
    await bare((stream) => respond(stream, answer.slice(0, 1), { "grpc-status": "12" })),
  );
  expect(await failureOf(failed.ended)).toMatchObject({ status: 12 });
  expect(failed.messages).toEqual(["a"]);
  const packed = await told(await bare((stream) => respond(stream, [frameOf(Buffer.from("a"), 1)])));
  expect((await failureOf(packed.ended)).message).toBe("the answer is no plain message");
  const mute = await told(await bare((stream) => stream.respond(OK)), 9, { deadlineMs: 50 });
  expect(await failureOf(mute.ended)).toMatchObject({ status: 4 });
});

test("what a caller throws at a message ends the stream, and comes back to him", async () => {
  const client = await bare((stream) => respond(stream, [frameOf(Buffer.from("a"))]));
  const thrown = new TypeError("not understood");
  const ended = client.stream("/x", Buffer.of(), LIMITS, () => {
    throw thrown;
  });
  await expect(ended).rejects.toBe(thrown);
});
