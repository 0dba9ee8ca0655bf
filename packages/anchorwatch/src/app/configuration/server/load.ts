import { dirname } from "node:path";
import { shownName } from "../inside.ts";
import { readConfiguration } from "../load.ts";
import { configurationError } from "../problems.ts";
import { parseServerConfiguration } from "./parse.ts";
import type { ServerConfiguration } from "./serverConfiguration.ts";

/** Where the operator's file is named, for messages. */
export type NamedBy = "--server" | "ANCHORWATCH_SERVER";

/**
 * @param file absolute
 * @param shownFrom the file is called in messages as seen from this folder
 * @throws AnchorwatchError `config_unreadable`, `config_invalid`
 */
export async function loadServerConfiguration(
  file: string,
  namedBy: NamedBy,
  shownFrom: string,
): Promise<ServerConfiguration> {
  const shown = shownName(file, shownFrom);
  const text = await readConfiguration(file, shown, namedBy);
  const parsed = await parseServerConfiguration(text, shown, dirname(file));
  if (parsed.ok) return parsed.configuration;
  throw configurationError(shown, parsed.problems, "anchorwatch config validate --server FILE");
}
