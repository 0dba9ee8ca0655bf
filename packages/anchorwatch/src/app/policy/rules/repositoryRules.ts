/** What a repository says of its own: in `anchorwatch.yaml`, and in files beside it that it names. It can only add, and raise. */
import { posix } from "node:path";
import type { RuleProblem } from "../../../domain/classification.ts";
import { AnchorwatchError, type Warning } from "../../../domain/errors.ts";
import { resolveInside } from "../../configuration/inside.ts";
import { formatProblem } from "../../configuration/problems.ts";
import { LARGEST_FILE } from "../../configuration/yamlDocument.ts";
import { readRepositoryFile } from "../../repositoryFile.ts";
import { joinSources, type RuleSources } from "./readRules.ts";
import { parseRuleFile } from "./ruleFile.ts";

export interface RuleFileName {
  readonly path: string;
  /** Of the entry that names it. */
  readonly line: number;
}

export interface RepositoryRules extends RuleSources {
  /** Files that cannot be used as a whole. */
  readonly problems: readonly RuleProblem[];
}

export const NO_REPOSITORY_RULES: RepositoryRules = { rules: [], adjustments: [], problems: [] };

/** Of all files together. */
const MOST_REPOSITORY_RULES = 500;
/** Characters of all files together: a service reads the files of all its repositories, again and again. */
const MOST_TEXT = 4 * LARGEST_FILE;

/**
 * With the files that the configuration names. One that cannot be used is told, and the others count.
 * @param configurationFile absolute
 * @param shown how it is called in messages
 */
export async function loadRepositoryRules(
  configurationFile: string,
  shown: string,
  inline: RuleSources,
  files: readonly RuleFileName[],
): Promise<RepositoryRules> {
  const problems: RuleProblem[] = [];
  const parts: RuleSources[] = [inline];
  let left = MOST_TEXT;
  for (const { path, line } of files) {
    try {
      const { text, name } = await ruleFile(configurationFile, shown, path, line);
      left -= text.length;
      if (left < 0) {
        const message = `the files of rules have more than ${MOST_TEXT / 1024} KiB together; those from here on do not count`;
        problems.push({ rule: "", file: shown, line, column: 1, message });
        break;
      }
      const parsed = parseRuleFile(text, name, "repository");
      if (parsed.ok) parts.push(parsed.sources);
      else problems.push(...parsed.problems.map(problemOf));
    } catch (error) {
      if (!(error instanceof AnchorwatchError)) throw error;
      problems.push({ rule: "", file: shown, line, column: 1, message: error.message });
    }
  }
  const all = joinSources(parts);
  const excess = all.rules[MOST_REPOSITORY_RULES];
  if (excess !== undefined) {
    const message = `the repository has more than ${MOST_REPOSITORY_RULES} rules; those from here on do not count`;
    problems.push({ rule: excess.id, file: excess.file, ...excess.at, message });
  }
  return { ...all, rules: all.rules.slice(0, MOST_REPOSITORY_RULES), problems };
}

async function ruleFile(
  configurationFile: string,
  shown: string,
  path: string,
  line: number,
): Promise<{ readonly text: string; readonly name: string }> {
  const real = await resolveInside(configurationFile, path, { file: shown, line });
  const read = await readRepositoryFile(real, LARGEST_FILE);
  if (!read.ok) throw new AnchorwatchError("config_unreadable", `${path} cannot be read: ${read.why}`);
  return { text: read.text, name: posix.join(posix.dirname(shown), path) };
}

function problemOf(warning: Warning): RuleProblem {
  const { file = "", line = 1, column = 1 } = warning.location ?? {};
  const { location: _, ...rest } = warning;
  return { rule: "", file, line, column, message: formatProblem(rest) };
}
