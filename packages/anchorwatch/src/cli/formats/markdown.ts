/**
 * For a comment on a pull request, or the summary of a CI job. Addresses stand in code spans and everything else that
 * is not ours in fences, so that no live value can mention a person, load a picture or break out.
 */
import { isBlindSpot, isDrift } from "../../app/exitStatus.ts";
import type { CheckResult, PendingChange, ResourceResult } from "../../domain/check.ts";
import { declaredLines } from "./changeLines.ts";
import { escapeText } from "./escape.ts";
import { plainText } from "./line.ts";
import { details } from "./summary.ts";
import {
  conclusion,
  coverageText,
  pendingText,
  resourceName,
  sorted,
  sourceText,
  VERDICT_WORDS,
} from "./words.ts";

/** GitHub refuses comments beyond 65,536 characters. */
const MOST_CHARACTERS = 60_000;
const LAYOUT = { width: 110, valueLimit: 300, lineLimit: 20 };

export function renderMarkdown(result: CheckResult, options: { readonly all: boolean }): string {
  const drifted = sorted(result.resources.filter(isDrift));
  const blind = sorted(result.resources.filter(isBlindSpot));
  const others = options.all ? sorted(result.resources.filter((r) => !isDrift(r) && !isBlindSpot(r))) : [];
  const ignored = options.all ? [] : sorted(result.resources.filter(({ verdict }) => verdict === "ignored"));
  const page = new Page();
  page.add(`### Anchorwatch: ${code(result.stack.name)}${workspaceText(result)}`);
  page.add(`**${conclusion(drifted.length, blind.length, result)}**`);
  const coverage = coverageText(result);
  page.reserve(coverage.length + 200);
  page.section(
    [...drifted, ...blind].map((resource) => resourceBlock(resource, result)),
    "resources",
  );
  page.section(
    result.pending.map((pending) => pendingBlock(pending, result)),
    "pending changes",
  );
  page.section(
    [...ignored, ...others].map((resource) => listItem(resource, result)),
    "resources",
    "\n",
  );
  page.reserve(0);
  page.add(coverage);
  return page.text;
}

/** Grows up to the limit, and says what it left out. */
class Page {
  text = "";
  #reserved = 0;

  add(block: string): void {
    this.text += `${block}\n\n`;
  }

  /** Keeps room for what must come at the end. */
  reserve(characters: number): void {
    this.#reserved = characters;
  }

  section(blocks: readonly string[], what: string, separator = "\n\n"): void {
    if (blocks.length === 0) return;
    let shown = 0;
    for (const block of blocks) {
      if (this.text.length + block.length + this.#reserved > MOST_CHARACTERS) break;
      this.text += `${block}${separator}`;
      shown++;
    }
    if (separator === "\n") this.text += "\n";
    if (shown < blocks.length)
      this.add(`*${blocks.length - shown} more ${what} do not fit here; see the full report.*`);
  }
}

function resourceBlock(resource: ResourceResult, result: CheckResult): string {
  const { source } = resource;
  const where = source === undefined ? "" : ` · ${code(sourceText(source, result))}`;
  const title = `- **${VERDICT_WORDS[resource.verdict]}** ${code(resourceName(resource))}${where}`;
  const lines = details(resource, 20);
  return lines.length === 0 ? title : `${title}\n\n${fence(lines)}`;
}

function pendingBlock(pending: PendingChange, result: CheckResult): string {
  const where = pending.source === undefined ? "" : ` · ${code(sourceText(pending.source, result))}`;
  const title = `- **pending** ${code(pending.address)}: ${pendingText(pending)}${where}`;
  const lines = pending.changes
    .slice(0, 20)
    .flatMap((change) => declaredLines(change, LAYOUT).map(plainText));
  return lines.length === 0 ? title : `${title}\n\n${fence(lines)}`;
}

function listItem(resource: ResourceResult, result: CheckResult): string {
  const where = resource.source === undefined ? "" : ` · ${code(sourceText(resource.source, result))}`;
  return `- ${VERDICT_WORDS[resource.verdict]} ${code(resourceName(resource))}${where}`;
}

function workspaceText(result: CheckResult): string {
  const { workspace } = result.stack;
  return workspace === undefined || workspace === "default" ? "" : `, workspace ${code(workspace)}`;
}

/** A code span whose fence is longer than any run of backticks in it. */
function code(text: string): string {
  const safe = escapeText(text);
  const ticks = "`".repeat(longestRun(safe) + 1);
  const pad = safe.startsWith("`") || safe.endsWith("`") || safe === "" ? " " : "";
  return `${ticks}${pad}${safe}${pad}${ticks}`;
}

function fence(lines: readonly string[]): string {
  const ticks = "`".repeat(Math.max(3, longestRun(lines.join("\n")) + 1));
  return [`${ticks}text`, ...lines, ticks].map((text) => `  ${text}`).join("\n");
}

function longestRun(text: string): number {
  let longest = 0;
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  return longest;
}
