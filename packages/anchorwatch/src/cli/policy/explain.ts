import { resolve } from "node:path";
import { readSavedCheck } from "../../app/policy/savedCheck.ts";
import { readRepositoryFile } from "../../app/repositoryFile.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import { classify, outcomeOf } from "../../policy/classify.ts";
import type { DriftFacts } from "../../policy/facts.ts";
import { speaksOf } from "../../policy/rules/ruleSet.ts";
import { wantsColour } from "../formats/palette.ts";
import { ledgerPaint } from "../ledger/paint.ts";
import { writeReport } from "../output.ts";
import type { Surroundings } from "../surroundings.ts";
import { type Explained, explainedJson, explainedText } from "./explainReport.ts";
import { type RulesFlags, rulesHere, shownHere } from "./rulesHere.ts";

export interface PolicyExplainFlags extends RulesFlags {
  readonly resource?: readonly string[];
  readonly all: boolean;
  readonly format: "text" | "json";
  readonly color: boolean;
}

/** Bytes of a saved check. */
const LARGEST = 256 * 1024 * 1024;

/** `anchorwatch policy explain FILE|-`: 0, whatever the rules say. */
export async function explainPolicy(
  given: string,
  flags: PolicyExplainFlags,
  surroundings: Surroundings,
): Promise<number> {
  const { stdout, environment } = surroundings;
  const facts = readSavedCheck(await savedText(given, surroundings), given === "-" ? "the input" : given);
  const wanted = flags.resource ?? [];
  const chosen = facts.filter(({ resource }) => wanted.length === 0 || wanted.includes(resource.address));
  if (chosen.length === 0 && wanted.length > 0) {
    throw new AnchorwatchError("policy_subject_missing", `no drift of ${wanted.join(", ")} is in ${given}`, {
      hint:
        facts.length === 0
          ? "Nothing has drifted in that check."
          : `There are: ${facts
              .slice(0, 20)
              .map(({ resource }) => resource.address)
              .join(", ")}.`,
    });
  }
  const { policy } = await rulesHere(flags, surroundings);
  const explained = chosen.map((one): Explained => explain(one, policy.rules));
  const paint = ledgerPaint(wantsColour(stdout, environment, flags.color));
  await writeReport(
    stdout,
    flags.format === "json"
      ? explainedJson(explained, flags.all)
      : explainedText(explained, flags.all, paint),
  );
  return 0;
}

function explain(facts: DriftFacts, rules: Parameters<typeof classify>[1]): Explained {
  const { type } = facts.resource;
  return {
    facts,
    classification: classify(facts, rules),
    outcomes: rules.rules.map((rule) => ({
      id: rule.source.id,
      outcome: speaksOf(rule.types, rule.source.on, type, facts.verdict)
        ? outcomeOf(facts, rule, rules)
        : { kind: "elsewhere" },
    })),
  };
}

async function savedText(given: string, surroundings: Surroundings): Promise<string> {
  if (given === "-") return await surroundings.readInput();
  const path = resolve(surroundings.workingDirectory, given);
  const read = await readRepositoryFile(path, LARGEST);
  if (read.ok) return read.text;
  const shown = shownHere(path, surroundings);
  throw new AnchorwatchError("policy_subject_missing", `${shown} cannot be read: ${read.why}`, {
    hint: "Give a check that was saved with --format json, or - for one that is piped in.",
    location: { file: shown },
  });
}
