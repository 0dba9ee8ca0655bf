import { AnchorwatchError } from "../../domain/errors.ts";
import { loadRepositoryRules } from "../policy/rules/repositoryRules.ts";
import { readRepositoryFile } from "../repositoryFile.ts";
import type { Configuration } from "./configuration.ts";
import { shownName } from "./inside.ts";
import { parseConfiguration } from "./parse.ts";
import { configurationError } from "./problems.ts";
import { LARGEST_FILE } from "./yamlDocument.ts";

/**
 * `shownFrom`: the file is called in messages as seen from this folder.
 * @throws AnchorwatchError `config_unreadable`, `config_invalid`
 */
export async function loadConfiguration(file: string, shownFrom: string): Promise<Configuration> {
  const shown = shownName(file, shownFrom);
  const parsed = parseConfiguration(await readConfiguration(file, shown), shown);
  if (parsed.ok) return await withRuleFiles(file, parsed.configuration);
  throw configurationError(shown, parsed.problems);
}

/** @param file absolute */
export async function withRuleFiles(file: string, configuration: Configuration): Promise<Configuration> {
  const { file: shown, policy, ruleFiles } = configuration;
  return { ...configuration, policy: await loadRepositoryRules(file, shown, policy, ruleFiles) };
}

/** @param namedBy the flag or variable that names the file. @throws AnchorwatchError `config_unreadable` */
export async function readConfiguration(
  file: string,
  shown: string,
  namedBy: string = "--config",
): Promise<string> {
  const read = await readRepositoryFile(file, LARGEST_FILE);
  if (read.ok) return read.text;
  const { why, cause } = read;
  throw new AnchorwatchError("config_unreadable", `${shown} cannot be read: ${why}`, {
    hint: `Give a readable YAML file in UTF-8 with ${namedBy}.`,
    location: { file: shown },
    ...(cause === undefined ? {} : { cause }),
  });
}
