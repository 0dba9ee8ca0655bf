/** Where nobody has set up any rules. */
import type { DriftFacts } from "../../policy/facts.ts";
import type { RulesFor } from "./rulesInForce.ts";
import type { StackRules } from "./stackJudge.ts";

const NONE: StackRules = {
  policy: {
    digest: `sha256:${"0".repeat(64)}`,
    classify: (_facts: DriftFacts) => ({
      class: "operational",
      severity: "medium",
      isComplete: true,
      problems: [],
      rules: [],
      adjustments: [],
      fallback: { because: "There are no rules." },
      policy: `sha256:${"0".repeat(64)}`,
    }),
    isBreakGlass: () => false,
  },
  standing: [],
};

export const NO_RULES: RulesFor = () => NONE;
