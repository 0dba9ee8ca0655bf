/** What becomes of an exception, and what it silences. Ended is ended: nothing makes it count again. */
import { isAtLeast, type Severity } from "../domain/classification.ts";
import type { DriftId } from "./drift.ts";
import type { AcceptedDrift, Excepted, ExceptionEnd, ExceptionRecord, IgnoredPattern } from "./exception.ts";

/** An open or closed drift, as far as exceptions go by it. */
export interface ExceptedDrift {
  readonly id: DriftId;
  readonly status: "open" | "closed";
  readonly digest: string;
  /** Undefined: nobody has classified it. */
  readonly severity: Severity | undefined;
}

export type ExceptionStep = { readonly end: ExceptionEnd; readonly because: string } | undefined;

/**
 * Whether it ends now. An acceptance is of what was found, and of nothing else: a drift that changed, or ended, is told when it comes again.
 * @param drift that it is about; undefined: it is about none, or that was not looked at
 */
export function stepException(
  exception: Pick<ExceptionRecord, "state"> &
    (
      | Pick<AcceptedDrift, "kind" | "digest" | "until" | "evenCritical">
      | { readonly kind: "ignore" | "escalate"; readonly until?: Date }
    ),
  drift: ExceptedDrift | undefined,
  now: Date,
): ExceptionStep {
  if (exception.state !== "active") return undefined;
  if (exception.until !== undefined && now >= exception.until)
    return { end: "expired", because: `It was given until ${exception.until.toISOString()}.` };
  if (exception.kind !== "accept" || drift === undefined) return undefined;
  if (drift.status === "closed")
    return { end: "rearmed", because: "The drift ended: should it come again, it is told again." };
  if (drift.digest !== exception.digest)
    return { end: "rearmed", because: "What was accepted is not what is there any more." };
  if (isCritical(drift) && !exception.evenCritical)
    return { end: "rearmed", because: "It became critical, and was not accepted as such." };
  return undefined;
}

/** Whether an exception may silence that at all. What nobody has classified may be anything. */
export function maySilence(
  { evenCritical }: Pick<IgnoredPattern, "evenCritical">,
  drift: Pick<ExceptedDrift, "severity">,
): boolean {
  return evenCritical || !isCritical(drift);
}

/** Of several the one that ends last. */
export function lastToEnd(found: readonly Excepted[]): Excepted | undefined {
  return found.reduce<Excepted | undefined>(
    (last, one) => (last === undefined || one.until > last.until ? one : last),
    undefined,
  );
}

function isCritical({ severity }: Pick<ExceptedDrift, "severity">): boolean {
  return severity === undefined || isAtLeast(severity, "critical");
}
