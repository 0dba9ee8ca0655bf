/**
 * For a comment on a pull request, or the summary of a CI job. Addresses stand in code spans and everything else that
 * is not ours in fences, so that no live value can mention a person, load a picture or break out.
 */
import { isBlindSpot, isDrift } from "../../app/exitStatus.ts";
import { declaredLines } from "../../compare/lines/changeLines.ts";
import { plainText } from "../../compare/lines/line.ts";
import type { CheckResult, PendingChange, ResourceResult, SourceLocation } from "../../domain/check.ts";
import { escapeText } from "../../domain/escape.ts";
import { plural } from "../../domain/plural.ts";
import { details, LAYOUT, moreChanges } from "./summary.ts";
import { weightText } from "./weight.ts";
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
/** Of one resource. */
const MOST_CHANGES = 20;

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
    [...drifted, ...blind].map((resource) =>
      block(titleOf(resource, result), details(resource, MOST_CHANGES)),
    ),
    "resource",
  );
  page.section(
    result.pending.map((pending) => block(pendingTitle(pending, result), pendingDetails(pending))),
    "pending change",
  );
  page.section(
    [...ignored, ...others].map((resource) => block(listItem(resource, result), [])),
    "resource",
    "\n",
  );
  page.reserve(0);
  page.add(coverage);
  return page.text;
}

/** One resource: `whole` with what it has to tell, `title` where that does not fit. */
interface Block {
  readonly title: string;
  readonly whole: string;
}

function block(title: string, lines: readonly string[]): Block {
  return { title, whole: lines.length === 0 ? title : `${title}\n\n${fence(lines)}` };
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

  section(blocks: readonly Block[], what: string, separator = "\n\n"): void {
    if (blocks.length === 0) return;
    let shown = 0;
    let shortened = 0;
    for (const { title, whole } of blocks) {
      // One resource with large values must not hide all that come after it.
      const text = this.#fits(whole) ? whole : title;
      if (!this.#fits(text)) break;
      this.text += `${text}${separator}`;
      shown++;
      if (text !== whole) shortened++;
    }
    if (separator === "\n") this.text += "\n";
    const left = blocks.length - shown;
    const verb = left === 1 ? "does" : "do";
    if (shortened > 0)
      this.add(`*What changed in ${plural(shortened, what)} does not fit here; see the full report.*`);
    if (left > 0) this.add(`*${plural(left, `more ${what}`)} ${verb} not fit here; see the full report.*`);
  }

  #fits(text: string): boolean {
    return this.text.length + text.length + this.#reserved <= MOST_CHARACTERS;
  }
}

function titleOf(resource: ResourceResult, result: CheckResult): string {
  const weight = weightText(resource);
  const word = `${VERDICT_WORDS[resource.verdict]}${weight === undefined ? "" : ` · ${weight}`}`;
  return `- **${word}** ${code(resourceName(resource))}${placeOf(resource.source, result)}`;
}

function listItem(resource: ResourceResult, result: CheckResult): string {
  const word = VERDICT_WORDS[resource.verdict];
  return `- ${word} ${code(resourceName(resource))}${placeOf(resource.source, result)}`;
}

function pendingTitle(pending: PendingChange, result: CheckResult): string {
  const place = placeOf(pending.source, result);
  return `- **pending** ${code(pending.address)}: ${pendingText(pending)}${place}`;
}

function pendingDetails({ changes }: PendingChange): readonly string[] {
  const lines = changes
    .slice(0, MOST_CHANGES)
    .flatMap((change) => declaredLines(change, LAYOUT).map(plainText));
  const more = changes.length - MOST_CHANGES;
  return more > 0 ? [...lines, moreChanges(more)] : lines;
}

function placeOf(source: SourceLocation | undefined, result: CheckResult): string {
  return source === undefined ? "" : ` · ${code(sourceText(source, result))}`;
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
