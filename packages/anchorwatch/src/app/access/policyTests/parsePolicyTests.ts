/** A file with tests of access → tests that can be run, or every problem with its line. */
import type { Asking } from "../../../auth/authorize/authorizer.ts";
import type { Question } from "../../../auth/authorize/decision.ts";
import { loginOf } from "../../../auth/login.ts";
import type { RoleAssignment } from "../../../auth/role.ts";
import { AnchorwatchError, type Warning } from "../../../domain/errors.ts";
import { nearest } from "../../configuration/nearest.ts";
import { Problems } from "../../configuration/problems.ts";
import { readYaml } from "../../configuration/yamlDocument.ts";
import { questionOf } from "../question.ts";
import { type PolicyTestFile, type PrincipalSection, policyTestSchema } from "./policyTestSchema.ts";

export interface PolicyTest {
  readonly name: string;
  /** Of the file, from 1. */
  readonly line: number;
  /** With the roles that the test gives; those of the operator's file are not joined yet. */
  readonly who: Asking;
  readonly question: Question;
  readonly expect: "allow" | "deny";
  readonly because?: string;
}

export type ParsedPolicyTests =
  | { readonly ok: true; readonly tests: readonly PolicyTest[] }
  | { readonly ok: false; readonly problems: readonly Warning[] };

/** @param file how it is called in messages */
export function parsePolicyTests(text: string, file: string): ParsedPolicyTests {
  const document = readYaml(text);
  const problems = new Problems(document, file);
  const checked = problems.check(policyTestSchema);
  if (checked === undefined) return { ok: false, problems: problems.found };
  const people = principalsOf(checked, problems);
  const tests = checked.tests.flatMap((test, index): readonly PolicyTest[] => {
    const who = people.get(test.principal);
    if (who === undefined) {
      const meant = nearest(test.principal, [...people.keys()]);
      const hint = meant === undefined ? "Add it to principals." : `Did you mean “${meant}”?`;
      const message = `tests[${index}].principal: there is no “${test.principal}” among principals`;
      problems.reportAt(["tests", index, "principal"], message, hint);
    }
    const question = questionAt(test, index, problems);
    if (who === undefined || question === undefined) return [];
    const { name = nameOf(test), expect, because } = test;
    const line = document.locate(["tests", index]).line;
    return [{ name, line, who, question, expect, ...(because === undefined ? {} : { because }) }];
  });
  return problems.found.length > 0 ? { ok: false, problems: problems.found } : { ok: true, tests };
}

type TestSection = PolicyTestFile["tests"][number];

function questionAt(
  { action, resource }: TestSection,
  index: number,
  problems: Problems,
): Question | undefined {
  try {
    return questionOf(
      action,
      resource === undefined
        ? { kind: "installation" }
        : { kind: "labelled", labels: { ...resource.labels } },
    );
  } catch (error) {
    if (!(error instanceof AnchorwatchError)) throw error;
    const hint =
      resource === undefined ? "Add resource: { labels: … }; {} for no labels." : "Leave resource away.";
    problems.reportAt(["tests", index, "action"], `tests[${index}].action: ${error.message}`, hint);
    return undefined;
  }
}

/** `maria: stack.check of env=prod` */
function nameOf({ principal, action, resource }: TestSection): string {
  const pairs = Object.entries(resource?.labels ?? {}).map(([name, value]) => `${name}=${value}`);
  if (resource === undefined) return `${principal}: ${action}`;
  return `${principal}: ${action} of ${pairs.length === 0 ? "no labels" : pairs.join(",")}`;
}

function principalsOf({ principals }: PolicyTestFile, problems: Problems): ReadonlyMap<string, Asking> {
  return new Map(
    Object.entries(principals).map(([name, section]) => {
      if (section.user !== undefined && section.workload !== undefined) {
        const message = `principals.${name} is a user and a workload`;
        problems.reportAt(["principals", name], message, "Make two of it.");
      }
      if (section.workload !== undefined && section.channel !== undefined) {
        const message = `principals.${name}.channel is nothing that a workload has`;
        problems.reportAt(["principals", name, "channel"], message, "Leave it away.");
      }
      return [name, askingOf(name, section)];
    }),
  );
}

function askingOf(name: string, section: PrincipalSection): Asking {
  const { user = name, workload, groups = [], channel = "session", strong = false, limit } = section;
  const login = loginOf(user);
  const limited = limit === undefined ? {} : { limit: { roles: limit.roles, scope: { ...limit.stacks } } };
  const assignments = (section.roles ?? []).map(
    ({ role, stacks }, index): RoleAssignment => ({
      id: `${name}-${index}`,
      role,
      subject: workload === undefined ? { kind: "login", login } : { kind: "workload", name: workload },
      scope: { ...stacks },
      origin: "api",
    }),
  );
  return workload === undefined
    ? { kind: "user", id: "", name: login, groups, channel, strong, assignments, ...limited }
    : {
        kind: "workload",
        id: workload,
        name: workload,
        groups,
        channel: "workload",
        strong,
        assignments,
        ...limited,
      };
}
