/** The rules in force: built in, the operator's as they are now, and those of a stack's repository. */
import { hash } from "node:crypto";
import { matchesGlob, parseGlob } from "../../../compare/glob.ts";
import type { Actor } from "../../../domain/actor.ts";
import type { RuleProblem } from "../../../domain/classification.ts";
import type { Warning } from "../../../domain/errors.ts";
import { classify } from "../../../policy/classify.ts";
import {
  type BrokenRule,
  type CompiledRules,
  compileRules,
  joinRules,
  takenIds,
} from "../../../policy/rules/compileRules.ts";
import { newRuleSet, type RuleSet } from "../../../policy/rules/ruleSet.ts";
import type { StackPolicy } from "../stackPolicy.ts";
import { builtinRules } from "./builtinRules.ts";
import type { PolicySettings } from "./policySettings.ts";
import { NO_REPOSITORY_RULES, type RepositoryRules } from "./repositoryRules.ts";

export interface StackPolicies {
  /** Of a stack with what its repository says; the same for the same rules, so it may be asked for each drift. */
  readonly policyFor: (repository: RepositoryRules | undefined) => RulePolicy;
}

export interface RulePolicy extends StackPolicy {
  readonly rules: RuleSet;
  /** What is wrong with rules of the repository; the others count. */
  readonly problems: readonly RuleProblem[];
}

/** @param settings as they are in force now; asked each time */
export function newStackPolicies(settings: () => PolicySettings): StackPolicies {
  let base: Base | undefined;
  let kept = new WeakMap<RepositoryRules, RulePolicy>();
  return {
    policyFor: (repository = NO_REPOSITORY_RULES) => {
      const current = settings();
      if (base?.settings !== current) {
        base = baseOf(current);
        kept = new WeakMap();
      }
      const known = kept.get(repository) ?? policyOf(base, repository);
      kept.set(repository, known);
      return known;
    },
  };
}

/** For people, where the rules are read. */
export function ruleWarning({ rule, file, line, column, message }: RuleProblem): Warning {
  const which = rule === "" ? "" : `rule ${rule}: `;
  return {
    code: "policy_rule_invalid",
    message: `${which}${message}`,
    hint: "Until it is corrected, drifts that it is about are marked “classification incomplete”.",
    location: { file, line, column },
  };
}

interface Base {
  readonly settings: PolicySettings;
  readonly compiled: CompiledRules;
  readonly text: string;
}

function baseOf(settings: PolicySettings): Base {
  const { compiled, text } = builtinRules();
  const disabled = settings.disabled.map((id) => parseGlob(id));
  const isOn = ({ source }: { readonly source: { readonly id: string } }) =>
    !disabled.some((glob) => matchesGlob(glob, source.id));
  const builtin = {
    ...compiled,
    rules: compiled.rules.filter(isOn),
    adjustments: compiled.adjustments.filter(isOn),
  };
  return { settings, compiled: joinRules([builtin, settings.compiled]), text: `${text}\n${settings.text}` };
}

function policyOf({ settings, compiled, text }: Base, repository: RepositoryRules): RulePolicy {
  const own = compileRules(repository.rules, repository.adjustments, takenIds(compiled));
  const broken: readonly BrokenRule[] = repository.problems.map((problem) => ({ problem }));
  const joined = joinRules([compiled, { ...own, broken: [...broken, ...own.broken] }]);
  const digest = `sha256:${hash("sha256", `${text}\n${JSON.stringify(written(repository))}`)}`;
  const rules = newRuleSet(joined, settings.changeWindows, digest);
  const breakGlass = settings.breakGlass.map((pattern) => parseGlob(pattern));
  return {
    digest,
    rules,
    problems: joined.broken.map(({ problem }) => problem),
    classify: (facts) => classify(facts, rules),
    isBreakGlass: ({ principal, sessionIssuer }: Actor) =>
      [principal, sessionIssuer].some(
        (name) => name !== undefined && breakGlass.some((glob) => matchesGlob(glob, name)),
      ),
  };
}

/** What of it makes a difference: not the lines, and not how it is laid out. */
function written({ rules, adjustments, problems }: RepositoryRules): unknown {
  return [
    rules.map(({ at: _, file: __, when, explain, remedy, ...rest }) => [
      rest,
      when.text,
      explain.text,
      remedy === undefined ? null : [remedy.strategy, remedy.text.text],
    ]),
    adjustments.map(({ at: _, file: __, when, because, ...rest }) => [rest, when.text, because.text]),
    problems.map(({ message }) => message),
  ];
}
