/** What an answer of AWS says of a permission. */
import { messageOf } from "../../../domain/errors.ts";
import type { Attempt } from "./calls.ts";

const REFUSED =
  /^(?:AccessDenied(?:Exception)?|UnauthorizedOperation|AuthorizationError(?:Exception)?|UnauthorizedAccess|NotAuthorized|Forbidden)$/;

/** What answers that cannot be read are called: those to HEAD have no body, and some stores answer in another form than was asked in. */
const UNREADABLE = /^(?:403|Unknown|UnknownError|SyntaxError)$/;
const FORBIDDEN = 403;

export function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return REFUSED.test(error.name) || (UNREADABLE.test(error.name) && statusOf(error) === FORBIDDEN);
}

function statusOf(error: Error): number | undefined {
  const { $metadata, $response } = error as Error & {
    readonly $metadata?: { readonly httpStatusCode?: number };
    readonly $response?: { readonly statusCode?: number };
  };
  return $metadata?.httpStatusCode ?? $response?.statusCode;
}

export type Tried =
  | { readonly kind: "refused" }
  /** Done, or refused for another reason than a permission: it got past that. */
  | { readonly kind: "allowed" }
  /** Nobody can tell: the network, a wrong endpoint, credentials that ended. */
  | { readonly kind: "unclear"; readonly why: string };

export async function attempt({ run }: Attempt): Promise<Tried> {
  try {
    await run();
    return { kind: "allowed" };
  } catch (error) {
    if (isRefusal(error)) return { kind: "refused" };
    return isAnswer(error) ? { kind: "allowed" } : { kind: "unclear", why: reasonOf(error) };
  }
}

/**
 * Answers about what was asked for, which only those get who may ask: a dry run that would have worked, a name that does not exist.
 * That a bucket does not exist is told to everybody.
 */
const ANSWERS =
  /^(?:DryRunOperation|NoSuch(?!Bucket$).*|.*NotFound(?:Exception)?(?:\.\w+)?|Invalid\w+\.\w+|NoSuchEntityException|ResourceNotFoundException)$/;

function isAnswer(error: unknown): boolean {
  return error instanceof Error && ANSWERS.test(error.name);
}

/** `AccessDenied: User … is not authorized …`, in one line. */
export function reasonOf(error: unknown): string {
  const status = error instanceof Error && UNREADABLE.test(error.name) ? statusOf(error) : undefined;
  if (status === FORBIDDEN) return "refused (403), and the answer does not say why";
  if (status !== undefined) return `the answer ${status} does not say what is wrong`;
  const text = messageOf(error).replace(/\s+/g, " ").slice(0, 500);
  return error instanceof Error && error.name !== "Error" && !text.startsWith(error.name)
    ? `${error.name}: ${text}`
    : text;
}
