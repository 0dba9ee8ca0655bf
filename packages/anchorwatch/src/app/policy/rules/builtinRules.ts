/** The rules that come with the program, as YAML in `policy/packs`. Read when something is classified for the first time. */
import { readdirSync, readFileSync } from "node:fs";
import { AnchorwatchError } from "../../../domain/errors.ts";
import { type CompiledRules, compileRules } from "../../../policy/rules/compileRules.ts";
import { formatProblem } from "../../configuration/problems.ts";
import { joinSources, type RuleSources } from "./readRules.ts";
import { parseRuleFile } from "./ruleFile.ts";

const PACKS = new URL("../../../policy/packs/", import.meta.url);
/** `context`: the adjustments. */
const PACK_NAMES = ["aws", "context"] as const;

let kept: { readonly compiled: CompiledRules; readonly text: string } | undefined;

/** Compiled, and as one text for digests. @throws AnchorwatchError `policy_pack_damaged` */
export function builtinRules(): { readonly compiled: CompiledRules; readonly text: string } {
  kept ??= load();
  return kept;
}

function load(): { readonly compiled: CompiledRules; readonly text: string } {
  const files = PACK_NAMES.flatMap((pack) =>
    readdirSync(new URL(`${pack}/`, PACKS))
      .filter((name) => name.endsWith(".yaml") && !name.endsWith(".cases.yaml"))
      .sort()
      .map((name) => `${pack}/${name}`),
  );
  const texts = files.map((name) => readFileSync(new URL(name, PACKS), "utf8"));
  const sources = joinSources(files.map((name, index) => parsed(texts[index] ?? "", name)));
  const compiled = compileRules(sources.rules, sources.adjustments);
  const [broken] = compiled.broken;
  if (broken !== undefined) {
    const { file, line, column, message } = broken.problem;
    throw damaged(`${file}:${line}:${column}: ${message}`);
  }
  return { compiled, text: texts.join("\n") };
}

function parsed(text: string, name: string): RuleSources {
  const file = parseRuleFile(text, `builtin/${name}`, "builtin");
  if (file.ok) return file.sources;
  throw damaged(file.problems.map(formatProblem).join("\n"));
}

function damaged(message: string): AnchorwatchError {
  return new AnchorwatchError(
    "policy_pack_damaged",
    `the rules that come with Anchorwatch are damaged: ${message}`,
    {
      hint: "Install Anchorwatch again.",
    },
  );
}
