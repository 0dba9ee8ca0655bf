/**
 * gRPC over HTTP/2, as much as a plugin needs: one question, and one answer or a stream of them. `@grpc/grpc-js` costs three times the processor time for each call
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
  /**
   * A question with many answers. Resolves when the other side has sent its last one, or was told to send no more.
   * @param onMessage given each answer; `enough` cancels the call
   * @throws GrpcError; what onMessage throws
   */
  stream(path: string, message: Uint8Array, options: CallOptions, onMessage: OnMessage): Promise<void>;
  /** Ends the connection at once; calls under way fail with `unavailable`. */
  destroy(): void;
}

export type OnMessage = (message: Buffer) => "more" | "enough";

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
    call: (path, message, options) => makeCall(session, path, message, options, wholeAnswer()),
    stream: (path, message, options, onMessage) =>
      makeCall(session, path, message, options, eachAnswer(onMessage)),
    destroy: () => session.destroy(),
  };
}

function makeCall<T>(
  session: ClientHttp2Session,
  path: string,
  message: Uint8Array,
  { signal, ...options }: CallOptions,
  gathering: Gathering<T>,
): Promise<T> {
  if (signal?.aborted)
    return Promise.reject(new GrpcError(GRPC_STATUS.cancelled, "cancelled before it began"));
  if (session.closed || session.destroyed) {
    return Promise.reject(new GrpcError(GRPC_STATUS.unavailable, "the connection is closed"));
  }
  const deadlineMs = Math.min(Math.ceil(options.deadlineMs), MAX_DEADLINE_MS);
  return new Promise((resolve, reject) => {
    const stream = openStream(session, path, deadlineMs);
    const call = collect(stream, gathering, (outcome) => {
      clearTimeout(timer);
      forget();
      if ("failure" in outcome) reject(outcome.failure);
      else resolve(outcome.answer);
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

/** What becomes of the bytes of an answer. */
interface Gathering<T> {
  /** `enough`: no more is wanted. @throws GrpcError, or what a caller's own code throws */
  take(chunk: Buffer): "more" | "enough";
  /** Everything was sent, or enough was. @throws GrpcError */
  end(): T;
}

type Outcome<T> = { readonly answer: T } | { readonly failure: unknown };

/** Gathers what a stream brings and settles once, with the answer or the reason why there is none. */
function collect<T>(
  stream: ClientHttp2Stream,
  gathering: Gathering<T>,
  settle: (outcome: Outcome<T>) => void,
) {
  let headers: AnswerHeaders = {};
  let settled = false;
  const once = (outcome: Outcome<T>) => {
    if (settled) return;
    settled = true;
    settle(outcome);
  };
  const cancel = (outcome: Outcome<T>) => {
    once(outcome);
    stream.close(constants.NGHTTP2_CANCEL);
  };
  stream.on("response", (received) => {
    headers = received;
  });
  stream.on("data", (chunk: Buffer) => {
    if (settled) return;
    const taken = outcomeOf(() => gathering.take(chunk));
    if ("failure" in taken) cancel(taken);
    else if (taken.answer === "enough") cancel(outcomeOf(() => gathering.end()));
  });
  stream.on("trailers", (received) => {
    headers = { ...headers, ...received };
  });
  stream.on("error", (cause) =>
    once({ failure: new GrpcError(GRPC_STATUS.unavailable, cause.message, cause) }),
  );
  stream.on("close", () => {
    const failure = failureIn(headers);
    once(failure === undefined ? outcomeOf(() => gathering.end()) : { failure });
  });
  return {
    giveUp: (status: number, why: string) => cancel({ failure: new GrpcError(status, why) }),
  };
}

function outcomeOf<T>(work: () => T): Outcome<T> {
  try {
    return { answer: work() };
  } catch (failure) {
    return { failure };
  }
}

type AnswerHeaders = IncomingHttpHeaders & IncomingHttpStatusHeader;

/** Undefined when the call ended with status 0. */
function failureIn(headers: AnswerHeaders): GrpcError | undefined {
  const status = headers["grpc-status"];
  const httpStatus = headers[":status"];
  if (status === undefined && httpStatus !== undefined && httpStatus !== 200) {
    return new GrpcError(GRPC_STATUS.unknown, `the answer is no gRPC but HTTP status ${httpStatus}`);
  }
  if (status === undefined)
    return new GrpcError(GRPC_STATUS.unavailable, "the connection ended before the answer");
  return status === "0" ? undefined : new GrpcError(Number(status), percentDecoded(headers["grpc-message"]));
}

/** The one message of a unary call. */
function wholeAnswer(): Gathering<Buffer> {
  const chunks: Buffer[] = [];
  return {
    take(chunk) {
      chunks.push(chunk);
      return "more";
    },
    end: () => unframe(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)),
  };
}

/** Messages one after the other, as soon as each is whole. A chunk may hold several, or a part of one. */
function eachAnswer(onMessage: OnMessage): Gathering<void> {
  let parts: Buffer[] = [];
  let held = 0;
  let isEnough = false;
  /** The first bytes of what is held, as far as they are needed. */
  const wanted = () => {
    if (held < FRAME_HEADER_BYTES) return FRAME_HEADER_BYTES;
    if ((parts[0] as Buffer).length < FRAME_HEADER_BYTES) parts = [Buffer.concat(parts)];
    const [first] = parts as [Buffer];
    if (first[0] !== 0) throw new GrpcError(GRPC_STATUS.unknown, "the answer is no plain message");
    return FRAME_HEADER_BYTES + first.readUInt32BE(1);
  };
  return {
    take(chunk) {
      parts.push(chunk);
      held += chunk.length;
      for (let size = wanted(); held >= size && held >= FRAME_HEADER_BYTES; size = wanted()) {
        const whole = parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
        parts = [whole.subarray(size)];
        held -= size;
        isEnough = onMessage(whole.subarray(FRAME_HEADER_BYTES, size)) === "enough";
        if (isEnough) return "enough";
      }
      return "more";
    },
    end() {
      if (held > 0 && !isEnough)
        throw new GrpcError(GRPC_STATUS.unknown, "the last message of the answer is not whole");
    },
  };
}

/** A message is preceded by a byte that says "not compressed" and its length. */
function frame(message: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(FRAME_HEADER_BYTES + message.length);
  framed[0] = 0;
  framed.writeUInt32BE(message.length, 1);
  framed.set(message, FRAME_HEADER_BYTES);
  return framed;
}

function unframe(body: Buffer): Buffer {
  const complete =
    body.length >= FRAME_HEADER_BYTES && body.length === FRAME_HEADER_BYTES + body.readUInt32BE(1);
  if (!complete || body[0] !== 0)
    throw new GrpcError(GRPC_STATUS.unknown, "the answer is no single plain message");
  return body.subarray(FRAME_HEADER_BYTES);
}

/** What is not encoded correctly is still worth reading as it is. */
function percentDecoded(text: string | string[] | undefined): string {
  return String(text ?? "").replace(/(?:%[0-9A-Fa-f]{2})+/g, (run) =>
    Buffer.from(run.replaceAll("%", ""), "hex").toString("utf8"),
  );
}
