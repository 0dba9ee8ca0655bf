import type { AnchorwatchError } from "../../../domain/errors.ts";
import { messageOf } from "../../../domain/errors.ts";
import { wholeStateError } from "../errors.ts";

const REASONS: ReadonlyMap<string, string> = new Map([
  ["ECONNREFUSED", "nothing answers there"],
  ["ECONNRESET", "the connection was broken off"],
  ["EHOSTUNREACH", "there is no way to that host"],
  ["ENETUNREACH", "there is no way to that network"],
  ["ENOTFOUND", "its name is unknown"],
  ["EAI_AGAIN", "its name could not be looked up"],
  ["ETIMEDOUT", "nothing answers there"],
  ["EPIPE", "the connection was broken off"],
]);

/** The network stood between us and the backend. */
export function unreachable(origin: string, endpoint: string, cause: unknown): AnchorwatchError {
  const code = networkCode(cause);
  const why = REASONS.get(code ?? "") ?? messageOf(cause);
  const tls = code !== undefined && /CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO|ALTNAME/.test(code);
  const hint = tls
    ? "Trust the certificate's authority, by the backend's settings or by NODE_EXTRA_CA_CERTS."
    : "Check the address, the network, and HTTPS_PROXY and NO_PROXY.";
  return wholeStateError(
    origin,
    "state_unreachable",
    `was not read: ${endpoint} cannot be reached: ${why}`,
    hint,
  );
}

/** The code of the innermost network error, `ECONNREFUSED`; undefined when it is something else. */
export function networkCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  // Node tries all addresses of a name, and collects what went wrong with each.
  const inner = error instanceof AggregateError ? error.errors[0] : undefined;
  const own = "code" in error && typeof error.code === "string" ? error.code : undefined;
  return own ?? networkCode(inner) ?? networkCode(error.cause);
}
