/**
 * Why a resource could not be seen, besides the error codes of this package and of `tfprovider`, which are reasons too.
 * A code is never renamed or reused.
 */
export const REASON_CODES = {
  access_denied: "The identity that reads may not see this resource.",
  check_timeout: "The time given with --timeout was up before it was read.",
  credentials_refused: "The cloud does not know or no longer accepts the credentials.",
  endpoint_unreachable: "The cloud's endpoint could not be reached.",
  nothing_to_read: "It exists in the state alone. Not held against the check.",
  out_of_target: "No --target names it. Not held against the check.",
  provider_read_failed: "The provider answered with an error; it is in the message.",
  rule: "A rule leaves it out, and it could not be read. Not held against the check.",
  throttled: "The cloud was asked too often, and did not answer after several tries.",
  told_despite: "A rule would ignore it, and may not: it is critical.",
} as const satisfies Record<string, string>;
