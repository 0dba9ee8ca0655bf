/** The form of the section `gate` of both configuration files. Descriptions are for people. */
import { z } from "zod";
import { SEVERITIES } from "../../domain/classification.ts";
import { DRIFT_BLOCKS } from "../gate/gateSettings.ts";
import { LASTING_PATTERN } from "./duration.ts";

const failOn = "Least severity of a planned change that blocks.";
const ids = z.array(z.string().min(1).max(200)).max(1000).optional();

const common = {
  block: ids.meta({
    description: "Ids of rules that block however severe they are; * stands for any characters.",
  }),
  drift: z.enum(DRIFT_BLOCKS).optional().meta({
    description:
      "Which open drift blocks: any of the stack, only what the plan touches, or none, and it is told. Default: any.",
  }),
  notKnown: z.enum(["block", "tell"]).optional().meta({
    description:
      "What becomes of values that are known after apply only, which no rule could look at. Default: tell.",
  }),
  maxCheckAge: z.string().regex(LASTING_PATTERN).optional().meta({
    description: "What a server saw longer ago says nothing any more. Default: 24h.",
  }),
};

export const operatorsGate = z
  .strictObject({
    failOn: z
      .enum([...SEVERITIES, "never"])
      .optional()
      .meta({ description: `${failOn} Default: high.` }),
    ...common,
    tell: ids.meta({
      description: "Ids of rules that never block; block wins. * stands for any characters.",
    }),
  })
  .meta({ description: "When anchorwatch gate says no." });

export const repositoryGate = z
  .strictObject({
    failOn: z.enum(SEVERITIES).optional().meta({ description: failOn }),
    ...common,
  })
  .meta({
    description: "When anchorwatch gate says no, where that is stricter than what the operator says.",
  });

export type OperatorsGateSection = z.infer<typeof operatorsGate>;
export type RepositoryGateSection = z.infer<typeof repositoryGate>;
