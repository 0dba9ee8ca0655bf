/**
 * Workflow commands of GitHub Actions: each finding becomes an annotation at the line that declares the resource.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */
import type { GateAnswer } from "../../../app/gate/gate.ts";
import type { FindingWeight, GateFinding } from "../../../app/gate/gateFinding.ts";
import { escapeText } from "../../../domain/escape.ts";
import { harmless, inLine } from "./harmless.ts";
import { asked, headline, linesOf } from "./words.ts";

const LEVELS: Readonly<Record<FindingWeight, string>> = { blocks: "error", unknown: "error", told: "notice" };

export function gateForGithub(answer: GateAnswer): string {
  const lines = answer.findings.map(command);
  return `${[...lines, harmless(headline(answer)), ...asked(answer).map(harmless)].join("\n")}\n`;
}

function command(finding: GateFinding): string {
  const { weight, title, source } = finding;
  const properties = [
    ...(source === undefined ? [] : [`file=${property(source.file)}`, `line=${source.line}`]),
    `title=${property(escapeText(title))}`,
  ];
  const message = linesOf(finding).join("\n");
  return inLine(`::${LEVELS[weight]} ${properties.join(",")}::${data(message)}`);
}

/** A line break would end the command, and begin another one. */
function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
