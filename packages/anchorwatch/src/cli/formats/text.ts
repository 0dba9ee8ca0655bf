/** The report for people at a terminal, or reading a log. */

import { isBlindSpot, isDrift } from "../../app/exitStatus.ts";
import { cells } from "../../compare/lines/cells.ts";
import { changeLines, declaredLines, type Layout } from "../../compare/lines/changeLines.ts";
import { indent, type Line, line, plainText, span } from "../../compare/lines/line.ts";
import type { CheckResult, PendingChange, ReadIdentity, ResourceResult } from "../../domain/check.ts";
import type { Warning } from "../../domain/errors.ts";
import { escapeLines, escapeText } from "../../domain/escape.ts";
import { plural } from "../../domain/plural.ts";
import type { Paint } from "./palette.ts";
import { moreReasons, problemTexts, reasonText, weightText } from "./weight.ts";
import {
  conclusion,
  coverageText,
  pendingText,
  resourceName,
  sorted,
  sourceText,
  VERDICT_WORDS,
} from "./words.ts";

export interface TextOptions {
  /** In-sync resources and informational changes too. */
  readonly all: boolean;
  readonly paint: Paint;
  /** Cells of a terminal's line; undefined when the report goes elsewhere. */
  readonly width?: number;
}

const MARKS: Readonly<Record<ResourceResult["verdict"], string>> = {
  in_sync: "=",
  changed: "~",
  deleted: "-",
  unmanaged: "+",
  absorbed: "!",
  ignored: ".",
  unknown: "?",
  not_checked: "?",
};

/** What a report may grow to: every drifted resource gets its line, the first ones their changes too. */
const DETAILED_RESOURCES = 200;
const CHANGES_PER_RESOURCE = 40;
const QUIET_RESOURCES = 50;

export function renderText(result: CheckResult, options: TextOptions): string {
  return [...textLines(result, options)].map(options.paint).join("\n").concat("\n");
}

function* textLines(result: CheckResult, options: TextOptions): Iterable<Line> {
  const report = new Report(result, options);
  yield* headerLines(result);
  yield* report.warnings(result.warnings);
  yield* report.drift();
  yield* report.blindSpots();
  yield* report.quiet();
  yield* report.pending();
  yield line();
  if (report.cut) yield line(span("Some values and lines are cut; --format json has them in full.", "quiet"));
  const drifted = result.resources.filter(isDrift).length;
  const blind = result.resources.filter(isBlindSpot).length;
  yield line(span(conclusion(drifted, blind, result), blind > 0 ? "warning" : "strong"));
  yield line(coverageText(result));
}

function* headerLines(result: CheckResult): Iterable<Line> {
  const { stack } = result;
  const facts: string[] = [];
  if (stack.workspace !== undefined) facts.push(`workspace ${escapeText(stack.workspace)}`);
  if (stack.serial !== undefined) facts.push(`serial ${stack.serial}`);
  if (stack.path !== undefined && stack.path !== "" && stack.path !== ".") facts.push(escapeText(stack.path));
  yield line(
    span(escapeText(stack.name), "strong"),
    span(facts.length > 0 ? `  ${facts.join(" · ")}` : "", "quiet"),
  );
  for (const identity of result.identities) yield line(span(identityText(identity), "quiet"));
}

function identityText(identity: ReadIdentity): string {
  const provider = identity.provider.replace(/^registry\.(terraform\.io|opentofu\.org)\//, "");
  return `${escapeText(provider)} reads as ${escapeText(identity.description)}`;
}

class Report {
  /** Something was left out for length. */
  cut = false;
  readonly #result: CheckResult;
  readonly #all: boolean;
  readonly #layout: Layout;

  constructor(result: CheckResult, options: TextOptions) {
    this.#result = result;
    this.#all = options.all;
    const width = options.width === undefined ? Number.POSITIVE_INFINITY : Math.max(options.width, 40) - 4;
    // Three rows of a value on a terminal, less the room for labels and the note of its length.
    const valueLimit = options.width === undefined ? 2000 : Math.max(100, (width - 16) * 3 - 30);
    this.#layout = { width, valueLimit, lineLimit: 40 };
  }

  *warnings(warnings: readonly Warning[]): Iterable<Line> {
    for (const { message, hint, location } of warnings) {
      const where = [location?.file, location?.line, location?.column]
        .filter((part) => part !== undefined)
        .join(":");
      const place = [where, location?.address].filter((part) => part !== undefined && part !== "").join(" ");
      const [first = "", ...more] = escapeLines(message);
      yield line(span("warning  ", "warning"), place === "" ? first : `${escapeText(place)}: ${first}`);
      yield* indent(
        [...more, ...(hint === undefined ? [] : escapeLines(hint))].map((text) => line(span(text, "quiet"))),
        "         ",
      );
    }
  }

  *drift(): Iterable<Line> {
    const drifted = sorted(this.#result.resources.filter(isDrift));
    for (const [index, resource] of drifted.entries()) {
      if (index < DETAILED_RESOURCES) {
        yield line();
        yield* this.#resource(resource);
        continue;
      }
      if (index === DETAILED_RESOURCES) {
        this.cut = true;
        yield line();
        yield line(span(`The other ${drifted.length - index} without their changes:`, "quiet"));
      }
      yield this.#title(resource);
    }
  }

  *blindSpots(): Iterable<Line> {
    const blind = sorted(this.#result.resources.filter(isBlindSpot));
    // One cause often hides many resources: wrong credentials, a provider that is not installed. It is told once.
    for (const alike of Map.groupBy(blind, ({ reason }) => reason?.message ?? "").values()) {
      yield line();
      for (const resource of alike.slice(0, QUIET_RESOURCES)) yield this.#title(resource);
      if (alike.length > QUIET_RESOURCES) {
        yield line(span(`? ${alike.length - QUIET_RESOURCES} more for the same reason`, "quiet"));
      }
      yield* this.#reason(alike[0] as ResourceResult);
    }
  }

  /** What needs nobody: one line each, and only so many unless `--all` asks for them. */
  *quiet(): Iterable<Line> {
    const ignored = sorted(this.#result.resources.filter(({ verdict }) => verdict === "ignored"));
    if (ignored.length > 0) yield line();
    const shown = this.#all ? ignored : ignored.slice(0, QUIET_RESOURCES);
    for (const resource of shown) yield* this.#ignored(resource);
    if (shown.length < ignored.length)
      yield line(span(`. ${ignored.length - shown.length} more ignored`, "quiet"));
    const notChecked = this.#result.resources.filter((r) => r.verdict === "not_checked" && !isBlindSpot(r));
    yield* this.#all ? this.#listed(notChecked) : this.#counted(notChecked);
    if (this.#all) yield* this.#listed(this.#result.resources.filter(({ verdict }) => verdict === "in_sync"));
  }

  *pending(): Iterable<Line> {
    const { pending } = this.#result;
    if (pending.length === 0) return;
    yield line();
    yield line(span("Pending", "strong"), span("  in the code, never deployed; no drift", "quiet"));
    for (const [index, change] of pending.entries())
      yield* this.#pendingChange(change, index < DETAILED_RESOURCES);
  }

  *#resource(resource: ResourceResult): Iterable<Line> {
    yield* this.#titleWithId(resource);
    yield* this.#weight(resource);
    yield* this.#reason(resource);
    const changes = (resource.changes ?? []).filter((change) => this.#all || change.informational !== true);
    for (const change of changes.slice(0, CHANGES_PER_RESOURCE)) {
      yield* indent(this.#noteCuts(changeLines(change, this.#layout)), "    ");
    }
    if (changes.length <= CHANGES_PER_RESOURCE) return;
    this.cut = true;
    yield line(span(`    … ${plural(changes.length - CHANGES_PER_RESOURCE, "more change")}`, "quiet"));
  }

  #title(resource: ResourceResult): Line {
    const { verdict, source } = resource;
    const mark = `${MARKS[verdict]} `;
    const place = source === undefined ? "" : `  ${sourceText(source, this.#result)}`;
    return line(
      mark,
      span(resourceName(resource), "strong"),
      `  ${VERDICT_WORDS[verdict]}`,
      span(place, "quiet"),
    );
  }

  /** Where the id does not fit beside the title it stands below. */
  *#titleWithId(resource: ResourceResult): Iterable<Line> {
    const title = this.#title(resource);
    const { id } = resource;
    if (id === undefined || !isDrift(resource) || resource.verdict === "unmanaged") return yield title;
    const beside = line(...title.spans, span(`  ${escapeText(id)}`, "quiet"));
    if (cells(plainText(beside)) <= this.#layout.width) return yield beside;
    yield title;
    yield line(span(`    ${escapeText(id)}`, "quiet"));
  }

  /** Why it matters, before what it is. */
  *#weight(resource: ResourceResult): Iterable<Line> {
    const weight = weightText(resource);
    if (weight === undefined) return;
    const why = reasonText(resource);
    const severity = resource.classification?.severity;
    const tone = severity === "critical" || severity === "high" ? "warning" : "strong";
    yield line("    ", span(weight, tone), why === undefined ? "" : `: ${why}`);
    for (const reason of moreReasons(resource)) yield line("    ", reason);
    for (const problem of problemTexts(resource)) yield line("    ", span(problem, "warning"));
  }

  *#reason(resource: ResourceResult): Iterable<Line> {
    if (resource.reason === undefined) return;
    for (const text of escapeLines(resource.reason.message)) yield line("    ", text);
  }

  *#ignored(resource: ResourceResult): Iterable<Line> {
    const rules = new Set((resource.changes ?? []).flatMap(({ ignoredBy }) => ignoredBy ?? []));
    const by = rules.size > 0 ? [...rules].join(", ") : (resource.reason?.message ?? "a rule");
    yield line(span(`. ${resourceName(resource)}  ignored by ${escapeText(by)}`, "quiet"));
    if (!this.#all) return;
    for (const change of resource.changes ?? [])
      yield* indent(this.#noteCuts(changeLines(change, this.#layout)), "    ");
  }

  *#listed(resources: readonly ResourceResult[]): Iterable<Line> {
    if (resources.length > 0) yield line();
    for (const resource of sorted(resources)) yield* this.#resource(resource);
  }

  *#counted(notChecked: readonly ResourceResult[]): Iterable<Line> {
    const counts = new Map<string, number>();
    for (const { reason } of notChecked)
      counts.set(reason?.code ?? "", (counts.get(reason?.code ?? "") ?? 0) + 1);
    for (const [code, count] of counts) {
      yield line(
        span(`${plural(count, "resource")} not checked: ${ASKED_WORDS[code] ?? escapeText(code)}`, "quiet"),
      );
    }
  }

  *#pendingChange(pending: PendingChange, detailed: boolean): Iterable<Line> {
    const source = pending.source === undefined ? "" : `  ${sourceText(pending.source, this.#result)}`;
    yield line(
      PENDING_MARKS[pending.action],
      span(escapeText(pending.address), "strong"),
      `  ${pendingText(pending)}`,
      span(source, "quiet"),
    );
    if (!detailed) return;
    for (const change of pending.changes.slice(0, CHANGES_PER_RESOURCE)) {
      yield* indent(this.#noteCuts(declaredLines(change, this.#layout)), "    ");
    }
    if (pending.changes.length > CHANGES_PER_RESOURCE) this.cut = true;
  }

  #noteCuts(lines: readonly Line[]): readonly Line[] {
    if (lines.some(({ cut }) => cut === true)) this.cut = true;
    return lines;
  }
}

const ASKED_WORDS: Readonly<Record<string, string>> = {
  out_of_target: "no --target names them",
  rule: "a rule leaves them out",
  nothing_to_read: "nothing exists outside the state",
};

const PENDING_MARKS: Readonly<Record<PendingChange["action"], string>> = {
  create: "+ ",
  update: "~ ",
  delete: "- ",
  replace: "± ",
};
