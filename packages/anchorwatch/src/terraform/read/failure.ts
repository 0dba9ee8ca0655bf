/** Why a resource could not be read, in words that a person can act on. */
import { ProviderError } from "tfprovider";
import type { Reason } from "../../domain/check.ts";
import { AnchorwatchError, messageOf } from "../../domain/errors.ts";

/** What clouds say when asked too often. The provider has tried again by itself before it says so. */
const THROTTLED = /throttl|rate exceeded|too many requests|request ?limit ?exceeded|slow ?down|\b429\b/i;
const REFUSED = /access ?denied|unauthori[sz]ed|not authori[sz]ed|forbidden|permission denied|\b403\b/i;
const BAD_CREDENTIALS =
  /no valid credential|invalid ?client ?token|expired ?token|signature ?does ?not ?match|unrecognizedclient|invalid_grant|could not find default credentials|security token .* (invalid|expired)|auth ?failure/i;
const UNREACHABLE =
  /no such host|connection refused|i\/o timeout|dial tcp|network is unreachable|tls: |x509: |connection reset|request send failed/i;

export function isThrottled(error: unknown): boolean {
  return (
    error instanceof ProviderError && error.code === "provider_diagnostics" && THROTTLED.test(error.message)
  );
}

export function isCrash(error: unknown): boolean {
  return error instanceof ProviderError && error.code === "provider_crashed";
}

/** What was being read. */
export interface Attempt {
  readonly type: string;
  /** Milliseconds that one call could take. */
  readonly deadlineMs: number;
}

/** @param mask removes secrets: providers repeat values in what they say */
export function reasonOf(error: unknown, attempt: Attempt, mask: (text: string) => string): Reason {
  const message = mask(oneLine(placed(error)));
  const hint = hintOf(error, message, attempt);
  return {
    code: codeOf(error, message),
    message: hint === undefined ? message : `${ended(message)} ${mask(hint)}`,
  };
}

function codeOf(error: unknown, message: string): string {
  if (error instanceof AnchorwatchError) return error.code;
  if (!(error instanceof ProviderError)) return "internal";
  if (error.code !== "provider_diagnostics") return error.code;
  if (THROTTLED.test(message)) return "throttled";
  if (BAD_CREDENTIALS.test(message)) return "credentials_refused";
  if (REFUSED.test(message)) return "access_denied";
  return UNREACHABLE.test(message) ? "endpoint_unreachable" : "provider_read_failed";
}

/** The message with the file and line that it speaks of, where it does not name them itself. */
function placed(error: unknown): string {
  const message = messageOf(error);
  const { file, line } = (error instanceof AnchorwatchError ? error.location : undefined) ?? {};
  const place = [file, line].filter((part) => part !== undefined).join(":");
  return place === "" || message.includes(place) ? message : `${place}: ${message}`;
}

function hintOf(error: unknown, message: string, { type, deadlineMs }: Attempt): string | undefined {
  switch (codeOf(error, message)) {
    case "throttled":
      return "Check again with a lower --concurrency.";
    case "credentials_refused":
      return "Give valid credentials through the environment, --profile or --read-role.";
    case "access_denied":
      return "Allow the identity that reads to see this resource, or read with another one (--profile, --read-role).";
    case "endpoint_unreachable":
      return "Check the network, the proxy settings and the endpoints of the provider block.";
    case "provider_deadline":
      return `It had ${deadlineMs / 1000} s. If reading takes longer, give it more in anchorwatch.yaml: \`deadlines: {${type}: 5m}\`.`;
    default:
      return error instanceof ProviderError || error instanceof AnchorwatchError ? error.hint : undefined;
  }
}

function ended(sentence: string): string {
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, " ").trim();
}
