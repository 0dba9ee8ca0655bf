/** Files of rules: of the operator, of a repository, and those that come with the program. */
import type { RuleOrigin } from "../../../domain/classification.ts";
import type { Warning } from "../../../domain/errors.ts";
import { Problems } from "../../configuration/problems.ts";
import { readYaml } from "../../configuration/yamlDocument.ts";
import { type RuleSources, readRules } from "./readRules.ts";
import { ruleFileSchema } from "./ruleSchema.ts";

export type ParsedRuleFile =
  | { readonly ok: true; readonly sources: RuleSources }
  | { readonly ok: false; readonly problems: readonly Warning[] };

/** @param file how it is called in messages */
export function parseRuleFile(text: string, file: string, origin: RuleOrigin): ParsedRuleFile {
  const document = readYaml(text);
  const problems = new Problems(document, file);
  const checked = problems.check(ruleFileSchema);
  if (checked === undefined) return { ok: false, problems: problems.found };
  const sources = readRules(checked, { file, origin, at: [] }, document, problems);
  return problems.found.length > 0 ? { ok: false, problems: problems.found } : { ok: true, sources };
}
