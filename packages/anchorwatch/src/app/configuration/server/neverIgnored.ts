/** `repositories.neverIgnored`: where rules of a repository silence nothing. */
import type { IgnoreRule } from "../../../compare/ignoreRules.ts";
import { parseIgnoreRule } from "../ignoreRule.ts";
import { written } from "../issues.ts";
import type { DocumentPath } from "../yamlDocument.ts";
import type { SectionContext } from "./section.ts";

/** Rules that take back whatever a repository ignores there. Problems are reported. */
export function readNeverIgnored(
  texts: readonly string[],
  at: DocumentPath,
  { problems, file, lineOf }: SectionContext,
): readonly IgnoreRule[] {
  return texts.flatMap((text, index): IgnoreRule[] => {
    const here = [...at, index];
    const origin = `${file}:${lineOf(here)}`;
    if (text.trim() === "*") return [{ negate: true, origin }];
    const parsed = parseIgnoreRule(text, origin);
    if (!parsed.ok) problems.reportAt(here, `${written(here)}: ${parsed.problem}`);
    else if (parsed.rule.negate) {
      problems.reportAt(here, `${written(here)} begins with !`, "Name only what may never be ignored.");
    } else return [{ ...parsed.rule, negate: true }];
    return [];
  });
}
