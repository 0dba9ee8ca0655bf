/** The section `policy` of the operator's file. */

import { matchesGlob, parseGlob } from "../../../compare/glob.ts";
import { isZone } from "../../../policy/cel/clock.ts";
import { type CompiledRules, compileRules, takenIds } from "../../../policy/rules/compileRules.ts";
import type { ChangeWindow } from "../../../policy/rules/source.ts";
import { builtinRules } from "../../policy/rules/builtinRules.ts";
import { DEFAULT_POLICY, type PolicySettings } from "../../policy/rules/policySettings.ts";
import { joinSources, type RuleSources, readRules } from "../../policy/rules/readRules.ts";
import { parseRuleFile } from "../../policy/rules/ruleFile.ts";
import { written } from "../issues.ts";
import { nearest } from "../nearest.ts";
import type { DocumentPath, YamlDocument } from "../yamlDocument.ts";
import { readPolicies } from "./accessPolicies.ts";
import { type ChangeWindowSection, type PolicySection, WEEKDAYS, WINDOW_KINDS } from "./policySchema.ts";
import type { SectionContext } from "./section.ts";

const AT = ["policy"];

type Reported = Pick<SectionContext, "problems">;

/** Every problem of every file is reported with its own place: while there is one, what was in force before stays. */
export async function readPolicySection(
  section: PolicySection | undefined,
  document: YamlDocument,
  context: SectionContext,
): Promise<PolicySettings> {
  if (section === undefined) return DEFAULT_POLICY;
  const files = await readPolicies(section.rules ?? [], [...AT, "rules"], context);
  return policySettings(section, files, document, context);
}

/** @param files those that the section names, as they are */
export function policySettings(
  section: PolicySection,
  files: PolicySettings["files"],
  document: YamlDocument,
  context: Pick<SectionContext, "problems" | "file" | "lineOf">,
): PolicySettings {
  const { problems, file } = context;
  const text = JSON.stringify([file, files, section]);
  const known = last?.text === text && last.line === context.lineOf(AT) ? last.settings : undefined;
  if (known !== undefined) return known;
  const before = problems.found.length;
  const parts = files.map((one): RuleSources => {
    const parsed = parseRuleFile(one.text, one.name, "operator");
    if (parsed.ok) return parsed.sources;
    problems.found.push(...parsed.problems);
    return { rules: [], adjustments: [] };
  });
  const place = { file, origin: "operator", at: AT } as const;
  const inline = readRules({ adjust: section.adjust }, place, document, problems);
  const { disable = [], breakGlass = [] } = section;
  checkDisabled(disable, context);
  const compiled = compiledRules(joinSources([...parts, inline]), context);
  const changeWindows = readWindows(section.changeWindows ?? [], context);
  const settings = { compiled, files, disabled: disable, breakGlass, changeWindows, text };
  if (problems.found.length === before) last = { text, line: context.lineOf(AT), settings };
  return settings;
}

/** A program that stays up looks at the file every other second: the same texts in the same place are compiled once. */
let last: { readonly text: string; readonly line: number; readonly settings: PolicySettings } | undefined;

function compiledRules(sources: RuleSources, { problems }: Reported): CompiledRules {
  const compiled = compileRules(sources.rules, sources.adjustments, takenIds(builtinRules().compiled));
  for (const { problem } of compiled.broken) {
    const { rule, file, line, column, message } = problem;
    problems.found.push({
      code: "config_invalid",
      message: `rule ${rule}: ${message}`,
      location: { file, line, column },
    });
  }
  return compiled;
}

/** A rule that was thought to be off would go on for ever without anybody knowing. */
function checkDisabled(ids: readonly string[], { problems }: Reported): void {
  if (ids.length === 0) return;
  const known = [...takenIds(builtinRules().compiled).keys()];
  for (const [index, id] of ids.entries()) {
    const glob = parseGlob(id);
    if (known.some((one) => matchesGlob(glob, one))) continue;
    const meant = nearest(id, known);
    const here = [...AT, "disable", index];
    const hint = meant === undefined ? "“anchorwatch policy list” shows all." : `Did you mean “${meant}”?`;
    problems.reportAt(here, `${written(here)}: there is no built-in rule “${id}”`, hint);
  }
}

function readWindows(sections: readonly ChangeWindowSection[], context: Reported): readonly ChangeWindow[] {
  const names = new Set<string>();
  return sections.flatMap((section, index) => {
    const here = [...AT, "changeWindows", index];
    if (names.has(section.name)) {
      const at = [...here, "name"];
      context.problems.reportAt(
        at,
        `${written(at)}: the name “${section.name}” is there already`,
        "Give each its own.",
      );
    }
    names.add(section.name);
    return readWindow(section, here, context);
  });
}

function readWindow(
  { name, stacks = {}, weekly, once }: ChangeWindowSection,
  at: DocumentPath,
  { problems }: Reported,
): readonly ChangeWindow[] {
  const common = { name, labels: stacks };
  if ((weekly === undefined) === (once === undefined)) {
    problems.reportAt(at, `${written(at)}: expected one of ${WINDOW_KINDS.join(" and ")}`);
    return [];
  }
  if (once !== undefined) {
    const [from, to] = [new Date(once.from), new Date(once.to)];
    if (from >= to) problems.reportAt([...at, "once"], `${written(at)} ends before it begins`);
    return [{ ...common, kind: "once", from, to }];
  }
  if (weekly === undefined) return [];
  const zone = [...at, "weekly", "zone"];
  if (!isZone(weekly.zone))
    problems.reportAt(
      zone,
      `${written(zone)}: there is no time zone “${weekly.zone}”`,
      "Write it like Europe/Berlin.",
    );
  const [from, to] = [minutesOf(weekly.from), minutesOf(weekly.to)];
  if (from === to) problems.reportAt([...at, "weekly"], `${written(at)} ends when it begins`);
  const days = weekly.days.map((day) => WEEKDAYS.indexOf(day) + 1);
  return [{ ...common, kind: "weekly", days, from, to, zone: weekly.zone }];
}

function minutesOf(text: string): number {
  const [hours, minutes] = text.split(":");
  return Number(hours) * 60 + Number(minutes);
}
