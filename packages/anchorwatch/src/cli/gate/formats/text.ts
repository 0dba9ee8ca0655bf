import type { GateAnswer } from "../../../app/gate/gate.ts";
import type { GateFinding } from "../../../app/gate/gateFinding.ts";
import { escapeText } from "../../../domain/escape.ts";
import { type LedgerPaint, ledgerPaint } from "../../ledger/paint.ts";
import { harmless } from "./harmless.ts";
import { asked, headline, linesOf, placeOf, WEIGHT_WORDS } from "./words.ts";

export function gateText(answer: GateAnswer, colours: boolean): string {
  const paint = ledgerPaint(colours);
  const { outcome, findings } = answer;
  const tone = outcome === "pass" ? paint.good : outcome === "blocked" ? paint.bad : paint.doubtful;
  const blocks = findings.map((finding) => findingText(finding, paint));
  return `${[tone(harmless(headline(answer))), ...blocks, asked(answer).map(harmless).join("\n")].join("\n\n")}\n`;
}

const TONES = { blocks: "bad", unknown: "doubtful", told: "quiet" } as const;

/** Every line begins with a word or a bar of ours. */
function findingText(finding: GateFinding, paint: LedgerPaint): string {
  const { weight, title } = finding;
  const place = placeOf(finding);
  const first = `${paint[TONES[weight]](`[${WEIGHT_WORDS[weight]}]`)} ${paint.strong(harmless(escapeText(title)))}`;
  const lines = linesOf(finding).map((line) => `  ${paint.quiet("|")} ${harmless(line)}`);
  return [place === "" ? first : `${first}  ${paint.quiet(place)}`, ...lines].join("\n");
}
