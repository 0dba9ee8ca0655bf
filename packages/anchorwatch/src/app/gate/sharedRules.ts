/**
 * The operator's rules, for a pipeline that judges its plan itself: a plan holds secrets and never leaves the pipeline, so the rules come to
 * it. They are no secret; who is kept for emergencies stays with the server.
 */
import { z } from "zod";
import { configurationError, Problems } from "../configuration/problems.ts";
import { policy as policySchema } from "../configuration/server/policySchema.ts";
import { policySettings } from "../configuration/server/policySection.ts";
import { readYaml } from "../configuration/yamlDocument.ts";
import { DEFAULT_POLICY, type PolicySettings } from "../policy/rules/policySettings.ts";

export interface SharedRules {
  /** Files of rules, as they are. */
  readonly files: readonly { readonly name: string; readonly text: string }[];
  /** What the section `policy` says beside them, as JSON; empty: nothing. */
  readonly section: string;
}

export function sharedRules({ files, text }: PolicySettings): SharedRules {
  if (text === "") return { files: [], section: "" };
  const [, , section] = JSON.parse(text) as [unknown, unknown, Readonly<Record<string, unknown>>];
  const { adjust, disable, changeWindows } = section;
  return { files, section: JSON.stringify({ adjust, disable, changeWindows }) };
}

/** @param server named in messages. @throws AnchorwatchError `config_invalid` where this version does not understand them */
export function rulesFrom({ files, section }: SharedRules, server: string): PolicySettings {
  if (section === "" && files.length === 0) return DEFAULT_POLICY;
  const file = `the rules of ${server}`;
  const document = readYaml(`{"policy": ${section === "" ? "{}" : section}}`);
  const problems = new Problems(document, file);
  const checked = problems.check(fileOf);
  const settings =
    checked === undefined
      ? DEFAULT_POLICY
      : policySettings(checked.policy, files, document, { problems, file, lineOf: () => 1 });
  if (problems.found.length > 0) throw configurationError(file, problems.found);
  return settings;
}

const fileOf = z.strictObject({ policy: policySchema });
