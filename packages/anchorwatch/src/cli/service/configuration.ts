/** The operator's file of a program that stays up: read at the start, and again whenever it changes. */
import { dirname } from "node:path";
import { DEFAULT_ACCESS } from "../../app/access/accessSettings.ts";
import { DEFAULT_ALERTS } from "../../app/alerts/alertSettings.ts";
import { shownName } from "../../app/configuration/inside.ts";
import { readConfiguration } from "../../app/configuration/load.ts";
import { configurationError, formatProblem } from "../../app/configuration/problems.ts";
import { DEFAULT_EGRESS } from "../../app/configuration/server/egressSection.ts";
import { DEFAULT_LISTEN } from "../../app/configuration/server/listenSettings.ts";
import {
  type ParsedServerConfiguration,
  parseServerConfiguration,
} from "../../app/configuration/server/parse.ts";
import {
  type ReadConfiguration,
  type Reloaded,
  Reloading,
} from "../../app/configuration/server/reloading.ts";
import type { ServerConfiguration } from "../../app/configuration/server/serverConfiguration.ts";
import { unsetVariables } from "../../app/configuration/server/unsetVariables.ts";
import { DEFAULT_WATCH } from "../../app/configuration/server/watchSection.ts";
import { DEFAULT_GATE } from "../../app/gate/gateSettings.ts";
import { DEFAULT_POLICY } from "../../app/policy/rules/policySettings.ts";
import type { Warning } from "../../domain/errors.ts";
import { namedFile } from "../serverFlag.ts";
import type { Surroundings } from "../surroundings.ts";

/** What is in force where no file is named: nothing is watched but what is added by API. */
const NO_FILE: ServerConfiguration = {
  file: "",
  watch: DEFAULT_WATCH,
  listen: DEFAULT_LISTEN,
  access: DEFAULT_ACCESS,
  alerts: DEFAULT_ALERTS,
  playbooks: [],
  egress: DEFAULT_EGRESS,
  gate: DEFAULT_GATE,
  policy: DEFAULT_POLICY,
  exceptions: [],
  variables: [],
  warnings: [],
};

/**
 * @param flag of `--server`
 * @throws AnchorwatchError `config_invalid`, `config_unreadable`, `server_flag_unfit`
 */
export async function openConfiguration(
  flag: string | undefined,
  surroundings: Surroundings,
): Promise<Reloading> {
  const file = namedFile(
    flag,
    surroundings,
    "The address of this server is said with --public-url; one that runs is asked with `anchorwatch status --server URL`.",
  );
  const now = surroundings.lasting.clock;
  if (file === undefined) {
    const parsed = { ok: true, configuration: NO_FILE } as const;
    return new Reloading({
      initial: { text: "", configuration: NO_FILE },
      read: async () => ({ text: "", parsed }),
      now,
    });
  }
  const { path, namedBy } = file;
  const shown = shownName(path, surroundings.workingDirectory);
  const read = async (): Promise<ReadConfiguration> => {
    const text = await readConfiguration(path, shown, namedBy);
    const parsed = await parseServerConfiguration(text, shown, dirname(path));
    return { text: wholeText(text, parsed), parsed };
  };
  const { text, parsed } = await read();
  if (!parsed.ok) {
    throw configurationError(shown, parsed.problems, `anchorwatch config validate --server ${shown}`);
  }
  return new Reloading({ initial: { text, configuration: parsed.configuration }, read, now });
}

/** With the files that it names and that count at once: what they say may change while it stays as it is. */
function wholeText(text: string, parsed: ParsedServerConfiguration): string {
  return parsed.ok
    ? JSON.stringify([text, parsed.configuration.access.policies, parsed.configuration.policy.files])
    : text;
}

/** What is allowed, and hardly meant. */
export function configurationWarnings(
  configuration: ServerConfiguration,
  environment: Surroundings["environment"],
): readonly Warning[] {
  return [...configuration.warnings, ...unsetVariables(configuration, environment)];
}

/** How often the file is looked at: editors and mounts replace it in ways that no notification tells of everywhere. */
const LOOK_EVERY_MS = 2_000;

/** Reads the file again when it changes and when that is asked for, until the function that it returns is called. */
export function keepReloading(
  configuration: Reloading,
  { every, lasting }: Surroundings,
  told: { readonly outcome: (outcome: Reloaded) => void; readonly defect: (error: unknown) => void },
): () => void {
  const look = () => {
    configuration.reload().then((outcome) => {
      if (outcome.kind !== "same") told.outcome(outcome);
    }, told.defect);
  };
  const stopLooking = every(LOOK_EVERY_MS, look);
  const stopListening = lasting.onReload(look);
  return () => {
    stopLooking();
    stopListening();
  };
}

/** One line for each thing to know. */
export function reloadLines(outcome: Reloaded, file: string): readonly string[] {
  switch (outcome.kind) {
    case "same":
      return [];
    case "restored":
      return [`${file} says again what is in force`];
    case "changed": {
      const later = outcome.atNextStart;
      return [
        `${file} was read again and is in force`,
        ...(later.length === 0 ? [] : [`${later.join(", ")} count from the next start`]),
      ];
    }
    case "refused":
      return [
        `${file} cannot be used; what was in force before stays`,
        ...outcome.problems.map(formatProblem),
      ];
  }
}
