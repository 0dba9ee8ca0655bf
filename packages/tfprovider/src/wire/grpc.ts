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
  type IncomingHttpStatusHeader,
} from "node:http2";
import { type NetConnectOpts, connect as netConnect } from "node:net";
import { onAbort } from "../abort.ts";

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
  /** Milliseconds until the call is given up, at both ends; at most 99,999,999, some 27 hours, which more stands for. */
  readonly deadlineMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface GrpcConnection {
  /** No further call can be made: it was ended, or the other side is gone. */
  readonly closed: boolean;
  /** @throws GrpcError */
  call(path: string, message: Uint8Array, options: CallOptions): Promise<Buffer>;
  /** Ends the connection at once; calls under way fail with `unavailable`. */
  destroy(): void;
}

/** A schema of 5 MB should not wait for a window to open every 64 kB. */
const WINDOW_BYTES = 16 * 1024 * 1024;
const FRAME_HEADER_BYTES = 5;
/** A timeout on the wire has at most eight digits; a timer of Node that is much longer fires at once. */
const MAX_DEADLINE_MS = 99_999_999;

/** @param address where the provider listens, as for `net.connect` */
export function connectGrpc(address: NetConnectOpts): GrpcConnection {
  const session = connect("http://localhost", {
    createConnection: () => netConnect(address),
    settings: { initialWindowSize: WINDOW_BYTES, enablePush: false },
    maxSessionMemory: 1024,
  });
  session.once("connect", () => {
    // It may have been given up in the meantime.
    if (!session.destroyed) session.setLocalWindowSize(WINDOW_BYTES);
  });
  // Every open stream gets the error too, and there it has a caller to tell.
  session.on("error", () => session.destroy());
  return {
    get closed() {
      return session.closed || session.destroyed;
    },
    call: (path, message, options) => unaryCall(session, path, message, options),
    destroy: () => session.destroy(),
  };
}

function unaryCall(
  session: ClientHttp2Session,
  path: string,
  message: Uint8Array,
  { signal, ...options }: CallOptions,
): Promise<Buffer> {
  if (signal?.aborted)
    return Promise.reject(new GrpcError(GRPC_STATUS.cancelled, "cancelled before it began"));
  if (session.closed || session.destroyed) {
    return Promise.reject(new GrpcError(GRPC_STATUS.unavailable, "the connection is closed"));
  }
  const deadlineMs = Math.min(Math.ceil(options.deadlineMs), MAX_DEADLINE_MS);
  return new Promise((resolve, reject) => {
    const stream = openStream(session, path, deadlineMs);
    const call = collect(stream, (outcome) => {
      clearTimeout(timer);
      forget();
      if (outcome instanceof GrpcError) reject(outcome);
      else resolve(outcome);
    });
    const timer = setTimeout(
      () => call.giveUp(GRPC_STATUS.deadline, `no answer within ${deadlineMs} ms`),
      deadlineMs,
    );
    const forget = onAbort(signal, () => call.giveUp(GRPC_STATUS.cancelled, "cancelled"));
    stream.end(frame(message));
  });
}

/** @throws GrpcError where Node refuses, for instance because the other side said a moment ago that it goes away */
function openStream(session: ClientHttp2Session, path: string, deadlineMs: number): ClientHttp2Stream {
  try {
    return session.request({
      ":method": "POST",
      ":path": path,
      "content-type": "application/grpc",
      te: "trailers",
      "grpc-timeout": `${deadlineMs}m`,
    });
  } catch (cause) {
    throw new GrpcError(GRPC_STATUS.unavailable, "the connection takes no more calls", cause);
  }
}

/** Gathers what a stream brings and settles once, with the answer or the reason why there is none. */
function collect(stream: ClientHttp2Stream, settle: (outcome: Buffer | GrpcError) => void) {
  const chunks: Buffer[] = [];
  let headers: AnswerHeaders = {};
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

type AnswerHeaders = IncomingHttpHeaders & IncomingHttpStatusHeader;

function outcomeOf(headers: AnswerHeaders, chunks: readonly Buffer[]): Buffer | GrpcError {
  const status = headers["grpc-status"];
  const httpStatus = headers[":status"];
  if (status === undefined && httpStatus !== undefined && httpStatus !== 200) {
    return new GrpcError(GRPC_STATUS.unknown, `the answer is no gRPC but HTTP status ${httpStatus}`);
  }
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

/** What is not encoded correctly is still worth reading as it is. */
function percentDecoded(text: string | string[] | undefined): string {
  return String(text ?? "").replace(/(?:%[0-9A-Fa-f]{2})+/g, (run) =>
    Buffer.from(run.replaceAll("%", ""), "hex").toString("utf8"),
  );
}
