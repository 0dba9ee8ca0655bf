/** The rules about drift, asked about what a plan would change. */

import { inTerraformsWords } from "../../cloudformation/terraformWords.ts";
import type { SourceLocation } from "../../domain/check.ts";
import type { Classification } from "../../domain/classification.ts";
import { isAtLeast, problemText, SEVERITIES, type Severity, worstOf } from "../../domain/classification.ts";
import { formatPath } from "../../domain/path.ts";
import type { DeploymentPlan, PlannedChange } from "../../domain/plannedChange.ts";
import { plural } from "../../domain/plural.ts";
import { classify } from "../../policy/classify.ts";
import type { RuleSet } from "../../policy/rules/ruleSet.ts";
import type { GateFinding } from "./gateFinding.ts";
import { type GateSettings, saidOfRule } from "./gateSettings.ts";
import { type PlannedIn, plannedFacts, VERDICTS } from "./plannedFacts.ts";

export interface JudgedBy extends PlannedIn {
  readonly settings: GateSettings;
  readonly rules: RuleSet;
  /** Where the code declares a resource. */
  readonly sourceOf: (address: string) => SourceLocation | undefined;
}

/** One finding for each resource of which the rules say something, and one for what none of them could look at. */
export function judgePlan(plan: DeploymentPlan, by: JudgedBy): readonly GateFinding[] {
  const judged = plan.changes.flatMap((planned) =>
    asRulesSee(planned, plan).flatMap((one) => judgeChange(one, by)),
  );
  return [...once(judged), ...notKnown(plan.changes, by)];
}

/** A rule of any type says the same of a resource in whatever words it is told. */
function once(findings: readonly GateFinding[]): readonly GateFinding[] {
  const keys = new Set<string>();
  return findings.filter(({ kind, address = "", rules = [], text }) => {
    const { size } = keys;
    return keys.add(JSON.stringify([kind, address, rules, text])).size > size;
  });
}

/** Types of which no rule speaks at all, as the plan names them: a pass says nothing of these. */
export function unruledTypes(plan: DeploymentPlan, { rules }: Pick<JudgedBy, "rules">): readonly string[] {
  const unruled = plan.changes.filter((planned) =>
    asRulesSee(planned, plan).every(
      ({ type, action }) => rules.candidates(type, VERDICTS[action]).rules.length === 0,
    ),
  );
  return [...new Set(unruled.map(({ type }) => type))].sort();
}

/** Built-in rules know Terraform's words alone, and those of a repository may know either. */
function asRulesSee(planned: PlannedChange, { engine }: DeploymentPlan): readonly PlannedChange[] {
  return engine === "cloudformation" ? [planned, ...inTerraformsWords(planned)] : [planned];
}

function judgeChange(planned: PlannedChange, by: JudgedBy): readonly GateFinding[] {
  // What only moves, or comes into the state as it runs, changes nothing that a rule could speak of.
  if (planned.action === "adopt" && planned.changes.length === 0) return [];
  const source = by.sourceOf(planned.address);
  const said = classify(plannedFacts(planned, by, source), by.rules, { withFallback: false });
  const weight = weightOf(said, by.settings);
  const about = { address: planned.address };
  const findings: GateFinding[] = [];
  if (said.rules.length > 0) findings.push({ ...ruleFinding(planned, said), ...about, weight: weight.rules });
  if (!said.isComplete) findings.push({ ...incomplete(planned, said), ...about, weight: weight.problems });
  return findings;
}

interface Weights {
  readonly rules: "blocks" | "told";
  readonly problems: "unknown" | "told";
}

function weightOf({ rules, severity, isComplete }: Classification, settings: GateSettings): Weights {
  const always = rules.some(({ id }) => saidOfRule(settings, id) === "block");
  const counted = rules.filter(({ id }) => saidOfRule(settings, id) !== "tell");
  const least = settings.failOn;
  const reached = (it: Severity) => least !== "never" && isAtLeast(it, least);
  const worst = counted.reduce<Severity | undefined>(
    (so, one) => worstOf(so ?? one.severity, one.severity),
    undefined,
  );
  const blocks = always || (worst !== undefined && reached(shifted(worst, rules, severity)));
  return { rules: blocks ? "blocks" : "told", problems: blocks || isComplete ? "told" : "unknown" };
}

/** The adjustments were made from the worst of all rules; those that only tell do not count, and the step stays the same. */
function shifted(counted: Severity, rules: Classification["rules"], adjusted: Severity): Severity {
  const worst = rules.reduce<Severity>((so, { severity }) => worstOf(so, severity), "info");
  const step = SEVERITIES.indexOf(adjusted) - SEVERITIES.indexOf(worst);
  const at = SEVERITIES.indexOf(counted) + step;
  return SEVERITIES[Math.min(Math.max(at, 0), SEVERITIES.length - 1)] ?? counted;
}

type Said = Omit<GateFinding, "weight" | "address">;

function ruleFinding({ address, action }: PlannedChange, said: Classification): Said {
  const [first] = said.rules;
  const sentences = [
    ...said.rules.map(({ explanation }) => explanation),
    ...said.adjustments.map(({ from, to, because }) => `${because} (${from} → ${to})`),
  ];
  // A deployment is not mended by deploying.
  const remedies = said.rules.flatMap(({ remedy }) => (remedy === undefined ? [] : [remedy]));
  const advice = remedies.find(({ strategy }) => strategy !== "redeploy")?.text;
  return {
    kind: "rule",
    title: `${first?.title ?? "A rule speaks of it"}: ${ACTION_WORDS[action]} ${address}`,
    text: sentences.join(" "),
    ...(advice === undefined ? {} : { advice }),
    severity: said.severity,
    class: said.class,
    rules: said.rules.map(({ id }) => id),
    controls: [...new Set(said.rules.flatMap(({ controls }) => controls))],
  };
}

const ACTION_WORDS: Readonly<Record<PlannedChange["action"], string>> = {
  create: "create",
  update: "update",
  delete: "delete",
  replace: "replace",
  forget: "forget",
  adopt: "take in",
};

function incomplete({ address }: PlannedChange, { problems }: Classification): Said {
  const said = problems.map(problemText);
  return {
    kind: "incomplete",
    title: `The classification of ${address} is incomplete`,
    text:
      said.length === 0
        ? "Not all of its values could be looked at."
        : `${said.slice(0, MOST_NAMED).join("; ")}.`,
    advice: "Correct the rule; until then nobody can say that this change is harmless.",
  };
}

const MOST_NAMED = 10;

/** Ids and ARNs are never known, and mean nothing; what people decide is looked for. */
const NEVER_SAID =
  /(?:^|\.)(?:id|arn|unique_id|tags_all|owner_id|hosted_zone_id|dns_name|.*_(?:arn|id|ids|arns|at|date|time|url|fingerprint|version)|.*[a-z](?:Arns?|Ids?|Url))$/;

function notKnown(changes: readonly PlannedChange[], { settings }: JudgedBy): readonly GateFinding[] {
  return changes.flatMap(({ address, notKnown: unknown, changes: differing }): readonly GateFinding[] => {
    const telling = [
      ...unknown.map((path) => ({ path, why: "known after apply only" })),
      // Whoever writes the code says what is secret: that hides nothing from whoever reads this.
      ...differing
        .filter(({ sensitive }) => sensitive === true)
        .map(({ path }) => ({ path: formatPath(path), why: "called secret" })),
    ].filter(({ path }) => !NEVER_SAID.test(path) && MATTERS.test(path));
    if (telling.length === 0) return [];
    const whys = [...new Set(telling.map(({ why }) => why))];
    const named = telling.slice(0, MOST_NAMED).map(({ path }) => path);
    const more = telling.length - MOST_NAMED;
    return [
      {
        kind: "not_known",
        weight: settings.notKnown === "block" ? "blocks" : "told",
        title: `${address} has ${plural(telling.length, "value")} that no rule could look at`,
        text: `${named.join(", ")}${more > 0 ? ` and ${more} more` : ""}: ${whys.join(", or ")}.`,
        address,
      },
    ];
  });
}

/** Of what is computed there is much; these are what decides who may do and reach what, in the words of either engine. */
const MATTERS =
  /^Properties$|polic(?:y|ies)|ingress|egress|cidr|acl|principal|public|encrypt|kms|user_?data|environment|container_?definitions/i;
