/** Whatever was thrown, as an answer. */
import type { FastifyError } from "fastify";
import { ERROR_CODES, type ErrorCode } from "../../domain/error-codes.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { Problem } from "../shapes/problem.ts";
import { statusOf } from "./statusOf.ts";

export const PROBLEM_TYPE = "application/problem+json";

/** Where a code's meaning can be read. */
const PROBLEMS_PATH = "/api/v1/problems";

export function problemOf(error: unknown, requestId: string): Problem {
  const known = error instanceof AnchorwatchError ? error : productError(error);
  // What a defect says may hold anything: it is for the log alone.
  const isDefect = known.code === "internal";
  const detail = isDefect ? "The server met a defect of its own; its log says more." : known.message;
  const problems = problemsIn(error);
  return {
    type: `${PROBLEMS_PATH}/${known.code}`,
    title: ERROR_CODES[known.code],
    status: statusOf(known.code),
    detail,
    code: known.code,
    ...(known.hint === undefined || isDefect ? {} : { hint: known.hint }),
    requestId,
    ...(problems.length === 0 ? {} : { problems }),
  };
}

/** Errors of Fastify in our words. */
function productError(error: unknown): AnchorwatchError {
  const { code, statusCode, message } = error as Partial<FastifyError>;
  const wording = code === undefined ? undefined : FASTIFY_ERRORS[code];
  if (wording !== undefined) return new AnchorwatchError(wording[0], wording[1], { cause: error });
  if (problemsIn(error).length > 0) {
    return new AnchorwatchError(
      "request_invalid",
      "the request does not have the form that the API describes",
      {
        hint: "GET /api/v1/openapi.json describes it.",
        cause: error,
      },
    );
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new AnchorwatchError("request_invalid", message ?? "the request cannot be read", { cause: error });
  }
  return new AnchorwatchError("internal", "a defect of the server", { cause: error });
}

const NOT_JSON = "the body is not valid JSON";
const FASTIFY_ERRORS: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  FST_ERR_BAD_URL: ["request_invalid", "the address holds an escape that stands for nothing"],
  FST_ERR_CTP_BODY_TOO_LARGE: ["request_too_large", "the body is larger than the server reads here"],
  FST_ERR_CTP_EMPTY_JSON_BODY: ["request_invalid", "the body is empty, where its media type promises JSON"],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ["request_invalid", "the body is not as long as its header says"],
  FST_ERR_CTP_INVALID_JSON_BODY: ["request_invalid", NOT_JSON],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ["request_media_type", "the body is of a media type that is not read here"],
  FST_ERR_MAX_PARAM_LENGTH: [
    "request_invalid",
    "a part of the address is longer than anything here is called",
  ],
  FST_ERR_HANDLER_TIMEOUT: ["server_timeout", "there was no answer in time"],
};

/** Members of a request that do not fit its schema. Their values are not repeated. */
function problemsIn(error: unknown): NonNullable<Problem["problems"]> {
  const { validation, validationContext } = error as Partial<FastifyError>;
  if (validation === undefined) return [];
  return validation.slice(0, 20).map(({ instancePath, message }) => ({
    path: `${validationContext ?? "request"}${instancePath.replaceAll("/", ".")}`,
    message: message ?? "does not fit",
  }));
}
