/**
 * Unary gRPC over HTTP/2, as much as a plugin needs. `@grpc/grpc-js` costs three times the processor time for each call
 * and 100 ms to load; a check of many thousand resources is made of such calls (docs/adr has the figures).
 * @see https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
 */
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type IncomingHttpHeaders,
} from "node:http2";
import { type NetConnectOpts, connect as netConnect } from "node:net";

/** Status codes of gRPC that mean something to a caller here. */
export const GRPC_STATUS = {
  ok: 0,
  cancelled: 1,
  unknown: 2,
  deadline: 4,
  unimplemented: 12,
  unavailable: 14,
} as const;

/** A call that did not end with status 0. */
export class GrpcError extends Error {
  override readonly name = "GrpcError";
  readonly status: number;
  constructor(status: number, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.status = status;
  }
}

export interface CallOptions {
  /** Milliseconds until the call is given up, at both ends. */
  readonly deadlineMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface GrpcConnection {
  /** @throws GrpcError */
  call(path: string, message: Uint8Array, options: CallOptions): Promise<Buffer>;
  /** Ends the connection at once; calls under way fail with `unavailable`. */
  destroy(): void;
}

/** A schema of 5 MB should not wait for a window to open every 64 kB. */
const WINDOW_BYTES = 16 * 1024 * 1024;
const FRAME_HEADER_BYTES = 5;

/** @param address where the provider listens, as for `net.connect` */
export function connectGrpc(address: NetConnectOpts): GrpcConnection {
  const session = connect("http://localhost", {
    createConnection: () => netConnect(address),
    settings: { initialWindowSize: WINDOW_BYTES, enablePush: false },
    maxSessionMemory: 1024,
  });
  session.once("connect", () => session.setLocalWindowSize(WINDOW_BYTES));
  // Every open stream gets the error too, and there it has a caller to tell.
  session.on("error", () => session.destroy());
  return {
    call: (path, message, options) => unaryCall(session, path, message, options),
    destroy: () => session.destroy(),
  };
}

function unaryCall(
  session: ClientHttp2Session,
  path: string,
  message: Uint8Array,
  { deadlineMs, signal }: CallOptions,
): Promise<Buffer> {
  if (signal?.aborted)
    return Promise.reject(new GrpcError(GRPC_STATUS.cancelled, "cancelled before it began"));
  if (session.closed || session.destroyed) {
    return Promise.reject(new GrpcError(GRPC_STATUS.unavailable, "the connection is closed"));
  }
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ":method": "POST",
      ":path": path,
      "content-type": "application/grpc",
      te: "trailers",
      "grpc-timeout": `${Math.ceil(deadlineMs)}m`,
    });
    const call = collect(stream, (outcome) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", cancel);
      if (outcome instanceof GrpcError) reject(outcome);
      else resolve(outcome);
    });
    const timer = setTimeout(
      () => call.giveUp(GRPC_STATUS.deadline, `no answer within ${deadlineMs} ms`),
      deadlineMs,
    );
    const cancel = () => call.giveUp(GRPC_STATUS.cancelled, "cancelled");
    signal?.addEventListener("abort", cancel, { once: true });
    stream.end(frame(message));
  });
}

/** Gathers what a stream brings and settles once, with the answer or the reason why there is none. */
function collect(stream: ClientHttp2Stream, settle: (outcome: Buffer | GrpcError) => void) {
  const chunks: Buffer[] = [];
  let headers: IncomingHttpHeaders = {};
  let settled = false;
  const once = (outcome: Buffer | GrpcError) => {
    if (settled) return;
    settled = true;
    settle(outcome);
  };
  stream.on("response", (received) => {
    headers = received;
  });
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  stream.on("trailers", (received) => {
    headers = { ...headers, ...received };
  });
  stream.on("error", (cause) => once(new GrpcError(GRPC_STATUS.unavailable, cause.message, cause)));
  stream.on("close", () => once(outcomeOf(headers, chunks)));
  return {
    giveUp(status: number, why: string): void {
      once(new GrpcError(status, why));
      stream.close(constants.NGHTTP2_CANCEL);
    },
  };
}

function outcomeOf(headers: IncomingHttpHeaders, chunks: readonly Buffer[]): Buffer | GrpcError {
  const status = headers["grpc-status"];
  if (status === undefined)
    return new GrpcError(GRPC_STATUS.unavailable, "the connection ended before the answer");
  if (status !== "0") return new GrpcError(Number(status), percentDecoded(headers["grpc-message"]));
  const body = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
  return unframe(body);
}

/** A message is preceded by a byte that says "not compressed" and its length. */
function frame(message: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(FRAME_HEADER_BYTES + message.length);
  framed[0] = 0;
  framed.writeUInt32BE(message.length, 1);
  framed.set(message, FRAME_HEADER_BYTES);
  return framed;
}

function unframe(body: Buffer): Buffer | GrpcError {
  const complete =
    body.length >= FRAME_HEADER_BYTES && body.length === FRAME_HEADER_BYTES + body.readUInt32BE(1);
  if (!complete || body[0] !== 0)
    return new GrpcError(GRPC_STATUS.unknown, "the answer is no single plain message");
  return body.subarray(FRAME_HEADER_BYTES);
}

function percentDecoded(text: string | string[] | undefined): string {
  const raw = String(text ?? "");
  try {
    return decodeURIComponent(raw);
  } catch {
    // A message that is not percent-encoded correctly is still worth reading as it is.
    return raw;
  }
}
