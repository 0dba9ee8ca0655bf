import { AnchorwatchError } from "../../domain/errors.ts";
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
  if (parsed.ok) return parsed.configuration;
  throw configurationError(shown, parsed.problems);
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
