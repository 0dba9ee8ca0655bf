import { isAbsolute } from "node:path";
import { z } from "zod";
import type { StackStatus } from "../../watch/stack.ts";
import { count, maybeTime, schemaName, time, timeOf } from "./wire.ts";

/** An address that holds a password would be stored and shown. */
function holdsNoPassword(url: string): boolean {
  return URL.parse(url)?.password === "" || !/^[a-z][a-z0-9+.-]*:\/\//i.test(url);
}

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
  const { stack, lastCheckAt, lastCompleteAt, nextSweepAt, ...known } = status;
  return {
    schema: "anchorwatch.stack/v1",
    ...stack,
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
    sweepEveryMs: z
      .int()
      .min(10_000)
      .max(2_147_483_647)
      .optional()
      .meta({ description: "Milliseconds between two sweeps; never rarer than the operator's file says." }),
  })
  .meta({ id: "WantedStack" });
