/** What a server says of a stack, believed only where it has the form that is documented: an answer that is half understood could pass for a yes. */
import { z } from "zod";
import { DRIFT_BLOCKS } from "../../app/gate/gateSettings.ts";
import { strangeAnswer } from "../../client/problem.ts";
import { SEVERITIES } from "../../domain/classification.ts";

/** @param told a body in JSON @param server for messages @throws AnchorwatchError `server_answer_invalid` */
export function toldGate(told: unknown, server: string): ToldGate {
  const checked = gateShape.safeParse(told);
  if (checked.success) return checked.data;
  const path = checked.error.issues[0]?.path.map(String).join(".") ?? "";
  throw strangeAnswer(server, `what it says of the stack has no right ${path === "" ? "form" : path}`);
}

export type ToldGate = z.infer<typeof gateShape>;

const moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

/** Members that a newer server adds are left out. */
const gateShape = z.object({
  schema: z.literal("anchorwatch.stack-gate/v1"),
  stack: z.object({ id: z.string(), name: z.string(), labels: z.record(z.string(), z.string()) }),
  sync: z.enum(["in_sync", "drifted", "unknown"]),
  because: z.string().exactOptional(),
  asOf: moment.exactOptional(),
  drifts: z.array(
    z.object({
      address: z.string(),
      type: z.string(),
      verdict: z.enum(["changed", "deleted", "unmanaged", "absorbed"]),
      attributes: z.array(z.string()),
      severity: z.enum(SEVERITIES).exactOptional(),
      why: z.string().exactOptional(),
      by: z.string().exactOptional(),
      at: moment.exactOptional(),
      exceptedUntil: moment.exactOptional(),
    }),
  ),
  freeze: z
    .object({ reason: z.string(), by: z.string(), at: moment, until: moment.exactOptional() })
    .exactOptional(),
  settings: z.object({
    failOn: z.enum([...SEVERITIES, "never"]),
    rules: z.array(z.object({ id: z.string(), does: z.enum(["block", "tell"]) })),
    drift: z.enum(DRIFT_BLOCKS),
    notKnown: z.enum(["block", "tell"]),
    maxCheckAgeMs: z.number(),
  }),
  rules: z.object({
    files: z.array(z.object({ name: z.string(), text: z.string() })),
    section: z.string(),
  }),
});
