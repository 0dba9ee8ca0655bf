/** What an answer of AWS means to the operator. */
import { AnchorwatchError, messageOf } from "../../domain/errors.ts";

interface Asked {
  /** Where it was said: `The queue https://…`, `s3://bucket`. */
  readonly what: string;
  /** `sqs:ReceiveMessage` */
  readonly permission: string;
}

type Codes = { readonly refused: SourceCode; readonly missing: SourceCode; readonly failed: SourceCode };
type SourceCode =
  | "event_queue_refused"
  | "event_queue_missing"
  | "event_queue_unreachable"
  | "event_file_refused"
  | "event_file_missing"
  | "event_file_unreachable"
  | "trail_refused"
  | "trail_missing"
  | "trail_unreachable";

export const QUEUE: Codes = {
  refused: "event_queue_refused",
  missing: "event_queue_missing",
  failed: "event_queue_unreachable",
};
export const FILE: Codes = {
  refused: "event_file_refused",
  missing: "event_file_missing",
  failed: "event_file_unreachable",
};
export const TRAIL: Codes = {
  refused: "trail_refused",
  missing: "trail_missing",
  failed: "trail_unreachable",
};

export function awsProblem(error: unknown, { what, permission }: Asked, codes: Codes): AnchorwatchError {
  if (error instanceof AnchorwatchError) return error;
  const cause = error;
  if (isMissing(error)) {
    const hint = "Check the name, the region and the account.";
    return new AnchorwatchError(codes.missing, `${what} does not exist: ${messageOf(error)}`, {
      hint,
      cause,
    });
  }
  if (isRefused(error)) {
    const hint = `The identity that reads needs ${permission}.`;
    return new AnchorwatchError(codes.refused, `${what} refuses: ${messageOf(error)}`, { hint, cause });
  }
  const hint = "It is tried again. Check the network, the endpoint and the credentials.";
  return new AnchorwatchError(codes.failed, `${what} cannot be reached: ${messageOf(error)}`, {
    hint,
    cause,
  });
}

function isMissing(error: unknown): boolean {
  return /^(NoSuchKey|NoSuchBucket|NotFound|QueueDoesNotExist|AWS\.SimpleQueueService\.NonExistentQueue)$/.test(
    nameOf(error),
  );
}

function isRefused(error: unknown): boolean {
  return (
    statusOf(error) === 403 ||
    /^(AccessDenied(Exception)?|ExpiredToken(Exception)?|CredentialsProviderError)$/.test(nameOf(error))
  );
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "";
}

function statusOf(error: unknown): number | undefined {
  if (typeof error !== "object" || error === null || !("$metadata" in error)) return undefined;
  return (error.$metadata as { readonly httpStatusCode?: number }).httpStatusCode;
}
