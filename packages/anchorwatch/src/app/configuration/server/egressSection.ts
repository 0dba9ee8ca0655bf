/** `egress`: what may be reached beyond the Internet. */
import type { z } from "zod";
import { type Allowed, type EgressRules, INTERNET_ONLY, parseAllowed } from "../../../egress/rules.ts";
import { written } from "../issues.ts";
import type { egress } from "./egressSchema.ts";
import type { SectionContext } from "./section.ts";

export interface EgressSettings extends EgressRules {
  /** As it was written. */
  readonly written: readonly string[];
}

export const DEFAULT_EGRESS: EgressSettings = { ...INTERNET_ONLY, written: [] };

export function readEgressSection(
  section: z.infer<typeof egress> | undefined,
  { problems }: SectionContext,
): EgressSettings {
  const texts = section?.allow ?? [];
  const allow = texts.flatMap((text, index): readonly Allowed[] => {
    const allowed = parseAllowed(text);
    if (!("problem" in allowed)) return [allowed];
    const here = ["egress", "allow", index];
    problems.reportAt(here, `${written(here)} ${allowed.problem}`, allowed.hint);
    return [];
  });
  return { allow, written: texts };
}
