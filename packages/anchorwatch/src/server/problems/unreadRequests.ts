/** Requests that never become any: no HTTP, cut off, or too slow to arrive. No route and no hook hears of them. */
import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { FastifyReply } from "fastify";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { Api } from "../api.ts";
import type { ServerDependencies } from "../dependencies.ts";
import { responseHeaders } from "../guard/responseHeaders.ts";
import { PROBLEM_TYPE, problemOf } from "./problemOf.ts";

/** What is being answered on each connection, or was last. */
export type LastAnswers = WeakMap<Socket, FastifyReply["raw"]>;

/** For all routes that are added after it. */
export function rememberAnswers(api: Api, answers: LastAnswers): void {
  api.addHook("onRequest", async ({ raw: { socket } }, { raw }) => {
    answers.set(socket, raw);
  });
}

/** For Fastify's `clientErrorHandler`: what cannot be read is answered in our words, and its connection ends. */
export function answerUnread(
  { logger, newId, metrics }: Pick<ServerDependencies, "logger" | "newId" | "metrics">,
  answers: LastAnswers,
): (error: Error & { readonly code?: string }, socket: Socket) => void {
  return (error, socket) => {
    // Who is gone hears nothing; and what is no TLS cannot be told in it.
    const isHttp = error.code?.startsWith("HPE_") === true || error.code?.startsWith("ERR_HTTP_") === true;
    if (!isHttp || !socket.writable) return void socket.destroy();
    // In the midst of an answer, another one would be a part of it.
    const last = answers.get(socket);
    if (last?.headersSent === true && !last.writableFinished) return void socket.destroy();
    const reqId = newId();
    const problem = problemOf(unread(error.code ?? ""), reqId);
    const { status, code } = problem;
    metrics.answered({ method: "none", route: "none", status, durationMs: 0 });
    logger.info({ reqId, status, code }, "answered what is no request");
    const body = JSON.stringify(problem);
    const headers = {
      ...responseHeaders(false),
      "x-request-id": reqId,
      "content-type": `${PROBLEM_TYPE}; charset=utf-8`,
      "content-length": String(Buffer.byteLength(body)),
      connection: "close",
    };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join("")}\r\n${body}`, () =>
      socket.destroy(),
    );
  };
}

/** @param code of Node's: of its parser (HPE_…), or ERR_HTTP_… */
function unread(code: string): AnchorwatchError {
  switch (code) {
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return new AnchorwatchError("request_timeout", "the request did not arrive in time", {
        hint: "Send it again, as a whole.",
      });
    case "HPE_HEADER_OVERFLOW":
      return new AnchorwatchError("request_headers_too_many", "the headers are larger than the server reads");
    case "HPE_CHUNK_EXTENSIONS_OVERFLOW":
      return new AnchorwatchError("request_too_large", "a chunk says more of itself than the server reads");
    default:
      return new AnchorwatchError("request_invalid", "what arrived is no request of HTTP/1.1", {
        hint: "A proxy in front has to speak HTTP/1.1 with the server.",
      });
  }
}
