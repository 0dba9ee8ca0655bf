/** A resource's result in plain lines, for reports that have one place for it. */

import { changeLines, type Layout, pathText } from "../../compare/lines/changeLines.ts";
import { plainText } from "../../compare/lines/line.ts";
import type { CheckResult, ResourceResult } from "../../domain/check.ts";
import { escapeLines } from "../../domain/escape.ts";
import { plural } from "../../domain/plural.ts";
import { weightLines, weightText } from "./weight.ts";
import { resourceName, sourceText, VERDICT_WORDS } from "./words.ts";

/** For reports that are read on a page. */
export const LAYOUT: Layout = { width: 110, valueLimit: 300, lineLimit: 20 };

/** `aws_security_group.web changed: ingress, tags.Owner`, in one line. */
export function headline(resource: ResourceResult): string {
  const paths = new Set(reported(resource).map(({ path }) => pathText(path)));
  const named = [...paths].slice(0, 5).join(", ") + (paths.size > 5 ? ` and ${paths.size - 5} more` : "");
  const reason = resource.reason === undefined ? "" : escapeLines(resource.reason.message).join(" ");
  const rest = named !== "" ? named : reason;
  const weight = weightText(resource);
  const words = `${VERDICT_WORDS[resource.verdict]}${weight === undefined ? "" : ` (${weight})`}`;
  return `${resourceName(resource)} ${words}${rest === "" ? "" : `: ${rest}`}`;
}

/** The headline, where it is declared, why it is so, and what changed; at most so many changes. */
export function fullText(resource: ResourceResult, result: CheckResult, most: number): string {
  const title = headline(resource);
  const declared =
    resource.source === undefined ? [] : [`declared in ${sourceText(resource.source, result)}`];
  const rest = details(resource, most).filter((text) => !title.includes(text));
  return [title, ...declared, ...rest].join("\n");
}

/** Why it is so, and what changed. */
export function details(resource: ResourceResult, most: number): readonly string[] {
  const lines = [
    ...weightLines(resource),
    ...(resource.reason === undefined ? [] : escapeLines(resource.reason.message)),
  ];
  const changes = reported(resource);
  for (const change of changes.slice(0, most)) lines.push(...changeLines(change, LAYOUT).map(plainText));
  if (changes.length > most) lines.push(moreChanges(changes.length - most));
  return lines;
}

export function moreChanges(count: number): string {
  return `… ${plural(count, "more change")}; --format json has them all`;
}

function reported(resource: ResourceResult): NonNullable<ResourceResult["changes"]> {
  return (resource.changes ?? []).filter(({ informational }) => informational !== true);
}
