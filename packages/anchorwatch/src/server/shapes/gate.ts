import { z } from "zod";
import { DRIFT_BLOCKS, type GateSettings } from "../../app/gate/gateSettings.ts";
import type { SharedRules } from "../../app/gate/sharedRules.ts";
import type { AskedSync, Freeze, OpenDrift } from "../../app/gate/stackAnswer.ts";
import { SEVERITIES } from "../../domain/classification.ts";
import type { StackStatus } from "../../watch/stack.ts";
import { severityShape } from "./classification.ts";
import { count, maybeTime, schemaName, time, timeOf } from "./wire.ts";

const driftShape = z
  .object({
    address: z.string().meta({ description: "Empty for what no stack knows." }),
    type: z.string(),
    verdict: z.enum(["changed", "deleted", "unmanaged", "absorbed"]),
    attributes: z.array(z.string()).meta({ description: "Attributes of the resource that differ." }),
    severity: severityShape.optional(),
    why: z.string().optional().meta({ description: "Why it matters, in a sentence." }),
    by: z.string().optional().meta({ description: "Who did it, as far as is known." }),
    at: time.optional(),
    exceptedUntil: time.optional().meta({ description: "An exception silences it until then." }),
  })
  .meta({ id: "GateDrift" });

export const gateShape = z
  .object({
    schema: schemaName("stack-gate"),
    stack: z.object({
      id: z.string(),
      name: z.string(),
      engine: z.enum(["terraform", "cloudformation"]),
      labels: z.record(z.string(), z.string()),
    }),
    sync: z.enum(["in_sync", "drifted", "unknown"]).meta({
      description:
        "unknown: nobody can tell, which is never a yes. Drift that an exception silences does not count.",
    }),
    because: z.string().optional().meta({ description: "Why it is unknown." }),
    asOf: time.optional().meta({ description: "When all of it was seen the last time." }),
    openDrifts: count,
    drifts: z.array(driftShape).meta({ description: "The severest first, at most 500." }),
    freeze: z
      .object({ reason: z.string(), by: z.string(), at: time, until: time.optional() })
      .optional()
      .meta({ description: "Deployments are frozen. Absent: they are not." }),
    settings: z
      .object({
        failOn: z.enum([...SEVERITIES, "never"]),
        rules: z.array(z.object({ id: z.string(), does: z.enum(["block", "tell"]) })),
        drift: z.enum(DRIFT_BLOCKS),
        notKnown: z.enum(["block", "tell"]),
        maxCheckAgeMs: count,
      })
      .meta({ description: "When the gate says no, by the operator's file." }),
    rules: z
      .object({
        files: z.array(z.object({ name: z.string(), text: z.string() })),
        section: z.string().meta({ description: "As JSON; empty: there is nothing beside the files." }),
      })
      .meta({ description: "The operator's rules, for a pipeline that judges its plan itself." }),
  })
  .meta({ id: "StackGate", description: "Whether a stack may be deployed, as far as the server knows." });

export interface ToldGate {
  readonly status: StackStatus;
  readonly sync: AskedSync;
  readonly freeze: Freeze | undefined;
  readonly settings: GateSettings;
  readonly rules: SharedRules;
}

export function presentGate({ status, sync, freeze, settings, rules }: ToldGate): z.infer<typeof gateShape> {
  const { id, name, engine, labels = {} } = status.stack;
  const counted = sync.drifts.filter(({ exceptedUntil }) => exceptedUntil === undefined);
  return {
    schema: "anchorwatch.stack-gate/v1",
    stack: { id, name, engine, labels: { ...labels } },
    sync: sync.kind === "unknown" ? "unknown" : counted.length > 0 ? "drifted" : "in_sync",
    because: sync.kind === "unknown" ? sync.because : undefined,
    asOf: maybeTime(status.lastCompleteAt),
    openDrifts: status.openDrifts,
    drifts: sync.drifts.map(presentDrift),
    freeze: freeze && {
      reason: freeze.reason,
      by: freeze.by,
      at: timeOf(freeze.at),
      until: maybeTime(freeze.until),
    },
    settings: { ...settings, rules: settings.rules.map((rule) => ({ ...rule })) },
    rules: { files: rules.files.map((file) => ({ ...file })), section: rules.section },
  };
}

function presentDrift(drift: OpenDrift): z.infer<typeof driftShape> {
  const { attributes, at, exceptedUntil, ...rest } = drift;
  return { ...rest, attributes: [...attributes], at: maybeTime(at), exceptedUntil: maybeTime(exceptedUntil) };
}
