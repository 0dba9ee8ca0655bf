import { z } from "zod";
import type { WantedException } from "../../app/policy/exceptions.ts";
import type { DriftId } from "../../watch/drift.ts";
import type { ExceptionRecord } from "../../watch/exception.ts";
import type { StackId } from "../../watch/stack.ts";
import { withoutUndefined } from "../withoutUndefined.ts";
import { severityShape } from "./classification.ts";
import { count, maybeTime, schemaName, time, timeOf } from "./wire.ts";

const id = z.string().min(1).max(200);
const text = z.string().min(1).max(500);
const reason = z.string().trim().min(1).max(2000).meta({ description: "Why; it stands in the ledger." });
const until = z.iso.datetime({ offset: true }).meta({ description: "Until then, within a year." });
const evenCritical = z.boolean().default(false).meta({
  description: "It may silence critical drift, too. Without this, critical drift is told all the same.",
});

const pattern = z
  .strictObject({
    type: text.optional().meta({ description: "Type of the resource." }),
    address: text.optional().meta({ description: "Its address, with or without instance keys." }),
    path: text.optional().meta({
      description: "Of attributes, such as tags.*; all that differs has to be there for it to be ignored.",
    }),
  })
  .meta({ description: "* stands for anything; what is absent matches everything." });

const raise = z
  .strictObject({
    severity: severityShape.optional().meta({ description: "At least this." }),
    class: z.literal("security").optional(),
  })
  .refine(({ severity, class: ofClass }) => severity !== undefined || ofClass !== undefined, {
    error: "either severity or class",
  });

/** What somebody wants. */
export const wantedExceptionShape = z
  .discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("accept").meta({ description: "This drift, as it is." }),
      driftId: id,
      digest: z
        .string()
        .max(200)
        .meta({ description: "The drift's digest, as it was read: what changed since is not accepted." }),
      ...{ until, reason, evenCritical },
    }),
    z.strictObject({
      kind: z.literal("ignore").meta({ description: "Whatever matches, of one stack." }),
      ...{ stackId: id, pattern, until, reason, evenCritical },
    }),
    z.strictObject({
      kind: z
        .literal("escalate")
        .meta({ description: "Whatever matches, of one stack, is worse than the rules think." }),
      ...{ stackId: id, pattern, raise, until: until.optional(), reason },
    }),
  ])
  .meta({ id: "WantedException" });

export const exceptionShape = z
  .object({
    schema: schemaName("exception"),
    id: z.string(),
    stackId: z.string(),
    kind: z.enum(["accept", "ignore", "escalate"]),
    state: z.enum(["active", "expired", "rearmed", "revoked"]).meta({
      description: "expired: its time is over. rearmed: what was accepted is not what is there any more.",
    }),
    reason: z.string(),
    by: z.string(),
    byName: z.string().optional(),
    at: time,
    until: time.optional(),
    updatedAt: time,
    because: z.string().optional().meta({ description: "Why it ended, in a sentence." }),
    endedBy: z.string().optional(),
    version: count,
    driftId: z.string().optional().meta({ description: "Of the drift that it accepts." }),
    digest: z.string().optional().meta({ description: "Of what was accepted." }),
    pattern: z
      .object({ type: z.string().optional(), address: z.string().optional(), path: z.string().optional() })
      .optional(),
    raise: z
      .object({ severity: severityShape.optional(), class: z.literal("security").optional() })
      .optional(),
    evenCritical: z.boolean().optional(),
    warning: z.string().optional().meta({ description: "What whoever made it should know." }),
  })
  .meta({ id: "Exception", description: "What people decided about drift." });

type Wanted = z.infer<typeof wantedExceptionShape>;

/** @param stackId of the drift, or that was given */
export function wantedException(wanted: Wanted, stackId: StackId): WantedException {
  if (wanted.kind === "accept") {
    const { driftId, until: end, ...rest } = wanted;
    return { ...rest, stackId, driftId: driftId as DriftId, until: new Date(end) };
  }
  if (wanted.kind === "ignore") {
    const { until: end, pattern: given, ...rest } = wanted;
    return { ...rest, stackId, pattern: withoutUndefined(given), until: new Date(end) };
  }
  const { until: end, pattern: given, raise: to, ...rest } = wanted;
  const ends = end === undefined ? {} : { until: new Date(end) };
  return { ...rest, stackId, pattern: withoutUndefined(given), raise: withoutUndefined(to), ...ends };
}

export function presentException(exception: ExceptionRecord): z.infer<typeof exceptionShape> {
  const warning = warningOf(exception);
  return {
    schema: "anchorwatch.exception/v1",
    ...exception,
    at: timeOf(exception.at),
    updatedAt: timeOf(exception.updatedAt),
    until: maybeTime(exception.until),
    ...(warning === undefined ? {} : { warning }),
  };
}

/** What silences much is said loudly. */
function warningOf(exception: ExceptionRecord): string | undefined {
  if (exception.state !== "active" || exception.kind === "escalate") return undefined;
  const until = timeOf(exception.until);
  if (exception.evenCritical) return `Nobody is told of critical drift that it covers, until ${until}.`;
  const isAll =
    exception.kind === "ignore" && Object.values(exception.pattern).every((one) => one === undefined);
  return isAll ? `It covers everything of the stack that is not critical, until ${until}.` : undefined;
}
