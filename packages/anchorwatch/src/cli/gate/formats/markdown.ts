/**
 * For a comment on a pull request, or the summary of a job. Everything that is not ours stands in code spans or fences, so that nothing in
 * a plan can mention a person, load a picture or break out.
 */
import { codeBlock, codeSpan } from "../../../alerts/message/markdown.ts";
import type { GateAnswer } from "../../../app/gate/gate.ts";
import type { FindingWeight, GateFinding } from "../../../app/gate/gateFinding.ts";
import { escapeText } from "../../../domain/escape.ts";
import { plural } from "../../../domain/plural.ts";
import { harmless, inLine } from "./harmless.ts";
import { asked, linesOf, placeOf } from "./words.ts";

/** GitHub refuses comments beyond 65,536 characters. */
const MOST_CHARACTERS = 60_000;

const MARKS: Readonly<Record<FindingWeight, string>> = { blocks: "⛔", unknown: "❓", told: "ℹ️" };
const OUTCOMES = {
  pass: "✅ Nothing speaks against this deployment.",
  blocked: "⛔ This deployment is blocked.",
  unknown: "❓ Nobody can tell whether this deployment may go on, so it may not.",
} as const;

/** The first line is known again by whoever brings a comment up to date. */
export function gateMarkdown(answer: GateAnswer): string {
  const head = [
    marker(answer.stack),
    `### Anchorwatch gate: ${codeSpan(escapeText(answer.stack))}`,
    `**${OUTCOMES[answer.outcome]}**`,
  ].join("\n\n");
  const foot = asked(answer)
    .map((line) => `- ${codeSpan(line)}`)
    .join("\n");
  let text = head;
  let shown = 0;
  for (const finding of answer.findings) {
    const block = findingText(finding);
    if (text.length + block.length + foot.length + 200 > MOST_CHARACTERS) break;
    text += `\n\n${block}`;
    shown++;
  }
  const left = answer.findings.length - shown;
  const more = left === 0 ? "" : `\n\n*${plural(left, "more finding")} not shown here; see the log.*`;
  return `${text}${more}\n\n${foot}\n`;
}

/** One comment for each stack. What could end an HTML comment is left out of its name. */
function marker(stack: string): string {
  return `<!-- anchorwatch-gate ${stack.replace(/[^A-Za-z0-9._/]/g, "_")} -->`;
}

function findingText(finding: GateFinding): string {
  const place = placeOf(finding);
  const where = place === "" ? "" : ` · ${codeSpan(place)}`;
  return `${MARKS[finding.weight]} ${codeSpan(inLine(escapeText(finding.title)))}${where}\n\n${codeBlock(linesOf(finding).map(harmless), "text")}`;
}
