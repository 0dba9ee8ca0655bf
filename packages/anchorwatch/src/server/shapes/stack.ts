import { isAbsolute } from "node:path";
import { z } from "zod";
import { LABEL_NAME } from "../../domain/labels.ts";
import type { StackStatus } from "../../watch/stack.ts";
import { count, maybeTime, schemaName, time, timeOf } from "./wire.ts";

/** An address that holds a password would be stored and shown. */
function holdsNoPassword(url: string): boolean {
  return URL.parse(url)?.password === "" || !/^[a-z][a-z0-9+.-]*:\/\//i.test(url);
}

/** Names in small letters, values of at most 200 characters. */
const labelsShape = z
  .record(z.string().regex(LABEL_NAME), z.string().min(1).max(200))
  .refine((labels) => Object.keys(labels).length <= 50, { message: "at most 50 labels" })
  .meta({ id: "Labels", description: "What the operator says it is; who may see it goes by this." });

/** `?label=team=payments&label=env=prod`: all of them. */
export const labelQuery = z
  .preprocess((given) => (typeof given === "string" ? [given] : given), z.array(z.string().max(300)).max(10))
  .optional()
  .transform((texts, context) => {
    if (texts === undefined) return undefined;
    const labels: Record<string, string> = {};
    for (const text of texts) {
      const [, name, value] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
      if (name === undefined || value === undefined || !LABEL_NAME.test(name)) {
        context.addIssue({ code: "custom", message: "NAME=VALUE is expected" });
        return z.NEVER;
      }
      labels[name] = value;
    }
    return labels;
  })
  .meta({ description: "NAME=VALUE, several times for several: only stacks that have all of them." });

const text = z.string().min(1).max(1000);

const originShape = z
  .discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("folder"),
      path: text
        .refine(isAbsolute, { message: "an absolute path is expected" })
        .meta({ description: "Absolute path of the folder on the server's machine." }),
    }),
    z.strictObject({
      kind: z.literal("repository"),
      url: text
        .refine(holdsNoPassword, { message: "an address without password is expected" })
        .meta({ description: "Address for git clone, without password." }),
      ref: text.meta({ description: "Branch, tag or commit." }),
      path: z.string().max(1000).meta({ description: "Folder inside the repository; empty: its root." }),
    }),
  ])
  .meta({ id: "StackOrigin", description: "Where a stack's code is." });

export const coverageShape = z
  .object({
    resources: count,
    inSync: count,
    changed: count,
    deleted: count,
    unmanaged: count,
    absorbed: count,
    ignored: count,
    unknown: count,
    notChecked: count,
    pending: count,
  })
  .meta({
    id: "Coverage",
    description: "How many resources a check saw; the verdicts add up to `resources`.",
  });

export const stateShape = z
  .object({ lineage: z.string(), serial: count, digest: z.string() })
  .meta({ id: "StateMark", description: "Which state file was read." });

export const failureShape = z
  .object({ code: z.string(), message: z.string(), hint: z.string().optional() })
  .meta({ id: "Failure" });

export const stackShape = z
  .object({
    schema: schemaName("stack"),
    id: z.string(),
    name: z.string(),
    engine: z.enum(["terraform", "cloudformation"]),
    origin: originShape,
    workspace: z.string().optional(),
    labels: labelsShape,
    declaredBy: z.enum(["config", "api"]),
    sweepEveryMs: count.meta({ description: "Milliseconds between two sweeps." }),
    addedAt: time,
    health: z.enum(["new", "ok", "failed", "gone"]),
    state: stateShape.optional(),
    revision: z.string().optional().meta({ description: "Commit of the code that was read last." }),
    lastCheckAt: time.optional(),
    lastCompleteAt: time.optional().meta({ description: "Of the last check that saw everything it should." }),
    nextSweepAt: time.optional(),
    coverage: coverageShape.optional(),
    error: failureShape.optional().meta({ description: "Why the last check failed." }),
    failures: count.meta({ description: "Failed checks in a row." }),
    openDrifts: count,
  })
  .meta({ id: "Stack" });

export function presentStack(status: StackStatus): z.infer<typeof stackShape> {
  const { stack, labelSet: _, lastCheckAt, lastCompleteAt, nextSweepAt, ...known } = status;
  return {
    schema: "anchorwatch.stack/v1",
    ...stack,
    labels: stack.labels ?? {},
    addedAt: timeOf(stack.addedAt),
    ...known,
    lastCheckAt: maybeTime(lastCheckAt),
    lastCompleteAt: maybeTime(lastCompleteAt),
    nextSweepAt: maybeTime(nextSweepAt),
  };
}

/** A stack that is to be added. */
export const wantedStackShape = z
  .strictObject({
    name: z
      .string()
      .max(200)
      .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]*$/)
      .meta({ description: "Unique. Letters, digits and . _ / -" }),
    engine: z.enum(["terraform", "cloudformation"]).default("terraform"),
    origin: originShape,
    workspace: text.optional(),
    labels: labelsShape.optional(),
    sweepEveryMs: z
      .int()
      .min(10_000)
      .max(2_147_483_647)
      .optional()
      .meta({ description: "Milliseconds between two sweeps; never rarer than the operator's file says." }),
  })
  .meta({ id: "WantedStack" });
