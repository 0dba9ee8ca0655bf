/** The form of files with cases for rules. Its JSON Schema in `docs/schema/` is made from this: descriptions are for people. */
import { z } from "zod";
import { RULE_ID_PATTERN } from "../rules/ruleSchema.ts";

const text = z.string().max(10_000);
const short = z.string().max(1000);
const time = z.iso.datetime({ offset: true });
const values = z.record(z.string(), z.unknown());
const verdict = z.enum(["changed", "deleted", "unmanaged", "absorbed"]);
const ruleIds = z.array(z.string().regex(RULE_ID_PATTERN)).max(1000);

const change = z
  .strictObject({
    path: short.min(1).meta({ description: "Such as ingress[0].cidr_blocks." }),
    attribute: short.optional().meta({ description: "Default: the beginning of the path." }),
    op: z.enum(["replace", "add", "remove"]).optional().meta({ description: "Default: replace." }),
    recorded: z.unknown().optional(),
    live: z.unknown().optional(),
    element: z.unknown().optional().meta({ description: "Of a set: what was added or removed." }),
    sensitive: z.boolean().optional().meta({ description: "Default: false." }),
    settable: z.boolean().optional().meta({ description: "Default: true." }),
    ignored: z.boolean().optional().meta({ description: "Default: false." }),
  })
  .meta({ description: "One difference." });

const actor = z
  .strictObject({
    principal: short.min(1),
    name: short
      .optional()
      .meta({ description: "Default: the person, the session's name, or the principal's own." }),
    kind: z
      .enum(["user", "role", "root", "federated", "service", "account", "unknown"])
      .optional()
      .meta({ description: "Default: user." }),
    channel: z
      .enum(["console", "cli", "sdk", "terraform", "service", "unknown"])
      .optional()
      .meta({ description: "Default: unknown." }),
    person: short.optional(),
    sessionName: short.optional(),
    sourceIdentity: short.optional(),
    account: short.optional(),
    sourceAddress: short.optional(),
    userAgent: short.optional(),
    isDelivery: z.boolean().optional().meta({ description: "Default: false." }),
    isBreakGlass: z.boolean().optional().meta({ description: "Default: false." }),
  })
  .meta({ description: "Who made it. Default: no event told of anybody." });

const given = z
  .strictObject({
    stack: z
      .strictObject({
        name: short.optional(),
        engine: z.enum(["terraform", "cloudformation"]).optional(),
        labels: z.record(short, short).optional(),
      })
      .optional(),
    resource: z.strictObject({
      type: short.min(1),
      address: short.optional().meta({ description: "Default: TYPE.this." }),
      module: short.optional(),
      provider: short.optional(),
      id: short.optional(),
      account: short.optional(),
      region: short.optional(),
      file: short.optional(),
      line: z.int().min(1).optional(),
    }),
    verdict: verdict.optional().meta({ description: "Default: changed." }),
    recorded: values.optional().meta({ description: "The whole resource as it was recorded. Default: {}." }),
    live: values.optional().meta({ description: "The whole resource as it is. Default: {}." }),
    isCut: z.boolean().optional(),
    changes: z.array(change).max(10_000).optional(),
    actor: actor.optional(),
    events: z.array(short).max(100).optional(),
    openedAt: time.optional().meta({ description: "Default: now." }),
    now: time.optional().meta({ description: "Default: 2026-01-05T12:00:00Z, a Monday." }),
    others: z
      .array(
        z.strictObject({
          address: short,
          type: short,
          verdict: verdict.optional(),
          principal: short.optional(),
          openedAt: time.optional(),
        }),
      )
      .max(100)
      .optional(),
  })
  .meta({ description: "A drift; what is left away is nothing special." });

const expected = z
  .strictObject({
    class: z.enum(["security", "operational"]).optional(),
    severity: z.enum(["info", "low", "medium", "high", "critical"]).optional(),
    rules: ruleIds.optional().meta({ description: "Rules that must fire." }),
    notRules: ruleIds.optional().meta({ description: "Rules that must not fire." }),
    adjustments: ruleIds.optional().meta({ description: "Adjustments that must be made." }),
    explains: z
      .array(text)
      .max(100)
      .optional()
      .meta({ description: "Texts, each of which an explanation must contain." }),
    fallback: z
      .boolean()
      .optional()
      .meta({ description: "Whether the class is decided from what the attribute is." }),
    complete: z
      .boolean()
      .optional()
      .meta({ description: "Whether every rule could be evaluated. Default: true." }),
  })
  .meta({ description: "What must come of it." });

const policyCase = z
  .strictObject({
    name: z.string().min(1).max(300).meta({ description: "For people." }),
    note: short.optional().meta({ description: "For people: where it comes from." }),
    given,
    expect: expected,
  })
  .meta({ description: "A drift, and what must be said of it." });

export const caseFileSchema = z
  .strictObject({
    version: z.literal(1).meta({ description: "Version of this file's form." }),
    cases: z.array(policyCase).min(1).max(10_000),
  })
  .meta({
    title: "Anchorwatch policy cases",
    description: "Cases for rules, run by anchorwatch policy test.",
  });

export type GivenSection = z.infer<typeof given>;
export type ExpectedSection = z.infer<typeof expected>;
