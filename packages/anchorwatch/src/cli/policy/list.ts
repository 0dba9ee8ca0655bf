import { escapeJson, escapeText } from "../../domain/escape.ts";
import type { RuleSource } from "../../policy/rules/source.ts";
import { writeReport } from "../output.ts";
import type { Surroundings } from "../surroundings.ts";
import { type RulesFlags, rulesHere } from "./rulesHere.ts";

export interface PolicyListFlags extends RulesFlags {
  readonly format: "text" | "json";
}

/** `anchorwatch policy list`: all rules and adjustments that are in force. */
export async function listPolicy(
  { format, ...flags }: PolicyListFlags,
  surroundings: Surroundings,
): Promise<number> {
  const { rules } = (await rulesHere(flags, surroundings)).policy;
  const sources = rules.rules.map(({ source }) => source);
  const adjustments = rules.adjustments.map(({ source }) => source);
  if (format === "json") {
    const document = {
      schema: "anchorwatch.policy-rules/v1",
      digest: rules.digest,
      rules: sources.map(({ when, explain, remedy, at: _, file: __, ...rest }) => ({
        ...rest,
        when: when.text,
        explain: explain.text,
        ...(remedy === undefined ? {} : { remedy: { strategy: remedy.strategy, text: remedy.text.text } }),
      })),
      adjustments: adjustments.map(({ when, because, at: _, file: __, ...rest }) => ({
        ...rest,
        when: when.text,
        because: because.text,
      })),
    };
    await writeReport(surroundings.stdout, `${escapeJson(JSON.stringify(document, null, 2))}\n`);
    return 0;
  }
  const lines = [
    ...sources.map(ruleLine),
    ...adjustments.map(({ id, origin, because }) => `${id}  adjusts  ${origin}  ${because.text}`),
    `${sources.length} rules, ${adjustments.length} adjustments`,
  ];
  await writeReport(surroundings.stdout, `${lines.map(escapeText).join("\n")}\n`);
  return 0;
}

function ruleLine({ id, class: kind, severity, origin, types = ["all types"], title }: RuleSource): string {
  return `${id}  ${kind}, ${severity}  ${origin}  ${title} (${types.join(", ")})`;
}
