import { expect, it } from "vitest";
import type { Actor } from "../../../domain/actor.ts";
import { actor, change, drift, NOW } from "../../../policy/facts.fixture.ts";
import { DEFAULT_POLICY, type PolicySettings } from "./policySettings.ts";
import { parseRuleFile } from "./ruleFile.ts";
import { newStackPolicies } from "./stackPolicies.ts";

function repository(rules: string) {
  const parsed = parseRuleFile(`version: 1\nrules:\n${rules}`, "rules.yaml", "repository");
  if (!parsed.ok) throw new TypeError(parsed.problems[0]?.message);
  return { ...parsed.sources, problems: [] };
}

const RULE = "  - { id: own, title: t, when: 'true', class: security, severity: critical, explain: e }\n";

it("is the same for the same rules, and another one after the operator's file has changed", () => {
  let settings: PolicySettings = DEFAULT_POLICY;
  const policies = newStackPolicies(() => settings);
  const own = repository(RULE);
  const before = policies.policyFor(own);
  expect(policies.policyFor(own)).toBe(before);
  expect(policies.policyFor(undefined)).toBe(policies.policyFor(undefined));
  expect(policies.policyFor(undefined).digest).not.toBe(before.digest);
  // The same rules further down in the file are the same rules.
  expect(policies.policyFor(repository(`\n${RULE}`)).digest).toBe(before.digest);
  settings = { ...DEFAULT_POLICY, disabled: ["context.*"], text: "other" };
  expect(policies.policyFor(own).digest).not.toBe(before.digest);
  expect(policies.policyFor(own).rules.adjustments).toEqual([]);
});

it("goes on with the other rules of a repository where one is wrong", () => {
  const broken =
    "  - { id: wrong, title: t, when: 'verdct == 1', class: security, severity: low, explain: e, types: [aws_x] }\n";
  const policy = newStackPolicies(() => DEFAULT_POLICY).policyFor(repository(RULE + broken));
  expect(policy.problems).toMatchObject([{ rule: "wrong", file: "rules.yaml", line: 4, column: 35 }]);
  expect(policy.classify(drift())).toMatchObject({ severity: "critical", isComplete: true });
});

it("knows the operator's roles for emergencies by their own names and by those of their sessions", () => {
  const settings = { ...DEFAULT_POLICY, breakGlass: ["arn:aws:iam::*:role/emergency"] };
  const { isBreakGlass } = newStackPolicies(() => settings).policyFor(undefined);
  const session: Actor = {
    principal: "arn:aws:sts::1:assumed-role/emergency/joe",
    sessionIssuer: "arn:aws:iam::1:role/emergency",
    kind: "role",
    channel: "console",
  };
  expect(isBreakGlass(session)).toBe(true);
  expect(isBreakGlass({ ...session, sessionIssuer: "arn:aws:iam::1:role/other" })).toBe(false);
});

const MEDIUM = drift({
  changes: [change("desired_capacity")],
  resource: { ...drift().resource, type: "test_thing" },
});
const SECURITY = drift({
  changes: [change("access_logs")],
  resource: { ...drift().resource, type: "test_lb" },
});

it.each([
  ["the root user", "context.root", { ...MEDIUM, actor: actor({ kind: "root" }) }, "high"],
  [
    "another account",
    "context.unknown_principal",
    { ...MEDIUM, actor: actor({ account: "999999999999" }) },
    "high",
  ],
  [
    "an unknown principal",
    "context.unknown_principal",
    { ...MEDIUM, actor: actor({ kind: "unknown" }) },
    "high",
  ],
  [
    "a role for emergencies",
    "context.break_glass",
    { ...MEDIUM, changes: [change("tags")], actor: actor({ isBreakGlass: true }) },
    "medium",
  ],
  ["what can be reached", "context.exposed", { ...SECURITY, live: { internal: false } }, "high"],
  [
    "production",
    "context.production",
    { ...MEDIUM, stack: { ...MEDIUM.stack, labels: { env: "prod" } } },
    "high",
  ],
  [
    "a sandbox",
    "context.development",
    { ...MEDIUM, stack: { ...MEDIUM.stack, labels: { env: "dev" } } },
    "low",
  ],
  ["the delivery role", "context.delivery", { ...MEDIUM, actor: actor({ isDelivery: true }) }, "low"],
])("adjusts for %s, and says so", (_, id, facts, severity) => {
  const policy = newStackPolicies(() => DEFAULT_POLICY).policyFor(undefined);
  const said = policy.classify(facts);
  expect(said).toMatchObject({ severity, isComplete: true });
  expect(said.adjustments.map((one) => one.id)).toEqual([id]);
  const without = newStackPolicies(() => ({ ...DEFAULT_POLICY, disabled: [id] })).policyFor(undefined);
  expect(without.classify(facts).adjustments).toEqual([]);
});

it.each([
  ["of the delivery role", { ...SECURITY, actor: actor({ isDelivery: true }) }],
  ["in a sandbox", { ...SECURITY, stack: { ...SECURITY.stack, labels: { env: "dev" } } }],
])("lowers no matter of security %s", (_, facts) => {
  const { classify } = newStackPolicies(() => DEFAULT_POLICY).policyFor(undefined);
  expect(classify(facts)).toMatchObject({ severity: "medium", adjustments: [] });
});

it("lowers in a change window until it is over", () => {
  const window = {
    name: "move",
    labels: {},
    kind: "once",
    from: new Date("2026-03-04T10:00:00Z"),
    to: new Date("2026-03-04T11:00:00Z"),
  } as const;
  const { classify } = newStackPolicies(() => ({ ...DEFAULT_POLICY, changeWindows: [window] })).policyFor(
    undefined,
  );
  expect(classify(MEDIUM)).toMatchObject({
    severity: "low",
    againAt: window.to,
    adjustments: [{ id: "context.change_window" }],
  });
  expect(classify({ ...MEDIUM, now: window.to })).toMatchObject({ severity: "medium" });
  expect(classify({ ...MEDIUM, openedAt: new Date(NOW.getTime() - 3_600_000) })).toMatchObject({
    severity: "medium",
  });
});
