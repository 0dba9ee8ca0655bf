/** What is worth a line in the message's thread: whoever reads the channel sees a message that changed in place only by chance. */
import { isAtLeast, SEVERITIES, type Severity } from "../../domain/classification.ts";
import type { Delivery, Reference } from "../channel.ts";
import { outlineOf } from "../message/outline.ts";

export interface Note {
  /** One line, ours and escaped for eyes; markup is the channel's to escape. */
  readonly text: string;
  /** Everybody in the place should see it, not only who follows this conversation. */
  readonly isLoud: boolean;
}

/** What was said last, kept in the reference. */
export function saidOf({ message }: Delivery): Reference {
  return { severity: message.severity, escalation: String(message.escalation ?? 0) };
}

/** Undefined: that the message itself is another now says enough. */
export function noteOf({ step, message, reference }: Delivery): Note | undefined {
  if (reference === undefined) return undefined;
  const { headline, status } = outlineOf(message);
  if (step === "resolve") return { text: status, isLoud: false };
  if (step === "open") return { text: `It began again. ${headline}`, isLoud: true };
  const escalation = message.escalation ?? 0;
  if (escalation > Number(reference["escalation"] ?? 0))
    return { text: `${status}. ${headline}`, isLoud: true };
  const before = SEVERITIES.find((severity) => severity === reference["severity"]);
  return before !== undefined && isWorse(before, message.severity)
    ? { text: `It got worse: ${before} became ${message.severity}. ${headline}`, isLoud: true }
    : undefined;
}

function isWorse(before: Severity, now: Severity): boolean {
  return !isAtLeast(before, now);
}
