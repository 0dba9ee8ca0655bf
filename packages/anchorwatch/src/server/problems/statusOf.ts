import type { ErrorCode } from "../../domain/error-codes.ts";

/** HTTP's status for a code; whatever has none here was not expected of a request, and is 500. */
export function statusOf(code: ErrorCode): number {
  return STATUSES[code] ?? 500;
}

const STATUSES: { readonly [code in ErrorCode]?: number } = {
  config_invalid: 422,
  database_unreachable: 503,
  event_invalid: 400,
  event_replayed: 409,
  event_signature_invalid: 401,
  event_signature_late: 401,
  page_position_invalid: 400,
  request_conflict: 409,
  request_headers_too_many: 431,
  request_host_refused: 421,
  request_invalid: 400,
  request_media_type: 415,
  request_not_found: 404,
  request_origin_refused: 403,
  request_too_large: 413,
  server_busy: 503,
  server_stopping: 503,
  server_timeout: 503,
  stack_folder_missing: 422,
  stack_name_taken: 409,
  stack_unknown: 404,
  ledger_not_configured: 404,
};
