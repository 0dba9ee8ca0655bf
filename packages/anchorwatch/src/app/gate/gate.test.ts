import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SEVERITIES } from "../../domain/classification.ts";
import type { DeploymentPlan } from "../../domain/plannedChange.ts";
import { newRuleSet } from "../../policy/rules/ruleSet.ts";
import { adjustment, rule, ruleSet, text } from "../../policy/rules/rules.fixture.ts";
import { type GivenChange, planText } from "../../terraform/plan/plan.fixture.ts";
import { readTerraformPlan } from "../../terraform/plan/readPlan.ts";
import { builtinRules } from "../policy/rules/builtinRules.ts";
import { askGate, type GateQuestion, gateStatus } from "./gate.ts";
import { DEFAULT_GATE, type GateSettings, tightened } from "./gateSettings.ts";
import type { OpenDrift } from "./stackAnswer.ts";

const NOW = new Date("2026-03-04T10:20:00Z");
const WEB = "aws_security_group.web";
const opening: GivenChange = {
  address: WEB,
  before: { ingress: [] },
  after: { ingress: [{ cidr_blocks: ["0.0.0.0/0"] }] },
};
const plan = (...changes: readonly GivenChange[]) => readTerraformPlan(planText(changes), "plan.json");
const isOpened = rule("changes.exists(c, c.attribute == 'ingress' && c.op == 'add' && has(c.element))", {
  id: "open",
  title: "It lets in the Internet",
  explain: text("${actor.name} opens ${resource.address}."),
});

function asked(question: Partial<GateQuestion> = {}) {
  return askGate({
    stack: { name: "network", engine: "terraform", labels: {} },
    plan: plan(opening),
    sync: { kind: "not_asked" },
    freeze: { kind: "not_asked" },
    settings: DEFAULT_GATE,
    rules: ruleSet([isOpened]),
    sourceOf: () => undefined,
    now: NOW,
    ...question,
  });
}

const drift = (said: Partial<OpenDrift> = {}): OpenDrift => ({
  address: WEB,
  type: "aws_security_group",
  verdict: "changed",
  attributes: ["ingress"],
  by: "kim",
  at: new Date("2026-03-04T02:13:00Z"),
  ...said,
});
const known = (...drifts: readonly OpenDrift[]) => ({ kind: "known", asOf: NOW, drifts }) as const;

describe("what a plan would change", () => {
  it("blocks where a rule is as severe as the limit, in the rule's own words, with the plan as the actor", () => {
    const answer = asked();
    expect(answer.outcome).toBe("blocked");
    expect(answer.findings).toMatchObject([
      {
        kind: "rule",
        weight: "blocks",
        severity: "high",
        rules: ["open"],
        text: `This plan, once applied, opens ${WEB}.`,
        address: WEB,
      },
    ]);
  });

  it("passes below the limit, above it where the operator says so, and where no rule speaks of it", () => {
    const severe = (severity: (typeof SEVERITIES)[number]) => ruleSet([{ ...isOpened, severity }]);
    expect(asked({ rules: severe("medium") }).outcome).toBe("pass");
    expect(asked({ settings: { ...DEFAULT_GATE, failOn: "never" } }).outcome).toBe("pass");
    expect(asked({ rules: ruleSet([]) })).toMatchObject({ outcome: "pass", findings: [] });
  });

  it("is told where the code calls secret what decides who may reach something, and blocks where such values have to be known", () => {
    const hidden = plan({ ...opening, sensitiveAfter: { ingress: true } });
    expect(asked({ plan: hidden })).toMatchObject({
      outcome: "pass",
      findings: [{ kind: "not_known", weight: "told", text: "ingress: called secret." }],
    });
    expect(asked({ plan: hidden, settings: { ...DEFAULT_GATE, notKnown: "block" } }).outcome).toBe("blocked");
  });

  it("goes by each rule where the settings name it", () => {
    const does = (id: string, what: "block" | "tell") => ({ ...DEFAULT_GATE, rules: [{ id, does: what }] });
    expect(asked({ settings: does("op*", "tell") })).toMatchObject({
      outcome: "pass",
      findings: [{ weight: "told" }],
    });
    const mild = ruleSet([{ ...isOpened, severity: "info" }]);
    expect(asked({ rules: mild, settings: does("open", "block") }).outcome).toBe("blocked");
  });

  it("lets no rule that only tells hide another, nor count for it", () => {
    const other = { ...isOpened, id: "other", severity: "critical" as const };
    const settings: GateSettings = { ...DEFAULT_GATE, rules: [{ id: "other", does: "tell" }] };
    expect(asked({ rules: ruleSet([isOpened, other]), settings }).outcome).toBe("blocked");
    expect(asked({ rules: ruleSet([{ ...isOpened, severity: "low" }, other]), settings }).outcome).toBe(
      "pass",
    );
  });

  it("counts after the adjustments", () => {
    const lower = adjustment("planned == 'update'", { kind: "lower", by: 1 });
    expect(asked({ rules: ruleSet([isOpened], [lower]) }).outcome).toBe("pass");
  });

  it("by the built-in rules may take away what can be made again, but no data", () => {
    const rules = newRuleSet(builtinRules().compiled, [], "sha256:builtin");
    const without = (type: string) =>
      asked({
        rules,
        plan: plan({ address: `${type}.a`, actions: ["delete"], before: { id: "a" }, after: null }),
      });
    expect(without("aws_iam_role").outcome).toBe("pass");
    expect(without("aws_s3_bucket").outcome).toBe("blocked");
  });

  it("is unknown where a rule fails that might have said more, and never a yes", () => {
    const broken = rule("1 / 0 == 1", { id: "broken", severity: "critical" });
    const answer = asked({ rules: ruleSet([broken]) });
    expect(answer.findings).toMatchObject([{ kind: "incomplete", weight: "unknown" }]);
    expect(gateStatus(answer)).toBe(1);
    expect(gateStatus(asked({ rules: ruleSet([broken, isOpened]) }))).toBe(2);
  });

  it("tells what no rule could look at, and blocks there where that is wanted", () => {
    const later = {
      address: "aws_iam_policy.a",
      before: { policy: "{}" },
      after: {},
      unknown: { policy: true, arn: true },
    };
    const question = { plan: plan(later), rules: ruleSet([]) };
    expect(asked(question)).toMatchObject({
      outcome: "pass",
      findings: [{ kind: "not_known", weight: "told" }],
    });
    const settings: GateSettings = { ...DEFAULT_GATE, notKnown: "block" };
    expect(asked({ ...question, settings }).outcome).toBe("blocked");
  });

  it("is nothing where a resource only moves, or comes into the state as it runs", () => {
    const adopted = {
      address: WEB,
      actions: ["no-op"],
      before: { a: 1 },
      after: { a: 1 },
      inside: { importing: { id: "x" } },
    };
    expect(asked({ plan: plan(adopted), rules: ruleSet([rule("true")]) }).findings).toEqual([]);
  });
});

describe("drift under a deployment", () => {
  it("of what the plan changes is named first, with who and when", () => {
    const answer = asked({ sync: known(drift({ address: "aws_vpc.a", by: "joe" }), drift()) });
    expect(answer.findings.map(({ kind, title }) => `${kind} ${title}`)).toEqual([
      `undone This deploy would undo kim's change of 2026-03-04 02:13 UTC: ${WEB}`,
      `rule It lets in the Internet: update ${WEB}`,
      "drift The stack is not in sync: aws_vpc.a was changed outside the code",
    ]);
  });

  it("elsewhere in a resource that the plan touches would be buried, and so would what was moved", () => {
    const buried = asked({ sync: known(drift({ attributes: ["tags"] })) }).findings[0];
    expect(buried?.title).toContain("would bury kim's change");
    const moved = plan({ ...opening, address: "aws_security_group.new", more: { previous_address: WEB } });
    expect(asked({ plan: moved, sync: known(drift()) }).findings[0]?.kind).toBe("undone");
  });

  it("blocks as the settings say: any, what is touched, or none", () => {
    const rules = ruleSet([]);
    const outcome = (
      blocks: GateSettings["drift"],
      address: string,
      given: DeploymentPlan | undefined = plan(opening),
    ) =>
      asked({
        rules,
        plan: given,
        settings: { ...DEFAULT_GATE, drift: blocks },
        sync: known(drift({ address })),
      }).outcome;
    expect(outcome("any", "aws_vpc.a")).toBe("blocked");
    expect(outcome("touched", "aws_vpc.a")).toBe("pass");
    expect(outcome("touched", WEB)).toBe("blocked");
    expect(outcome("tell", WEB)).toBe("pass");
    expect(askGate({ ...asQuestion(rules), plan: undefined, sync: known(drift()) }).outcome).toBe("blocked");
  });

  it("that is accepted is quiet, but not where the plan would undo it", () => {
    const exceptedUntil = new Date("2026-04-01T00:00:00Z");
    const rules = ruleSet([]);
    expect(asked({ rules, sync: known(drift({ address: "aws_vpc.a", exceptedUntil })) }).findings).toEqual(
      [],
    );
    expect(asked({ rules, sync: known(drift({ exceptedUntil })) }).outcome).toBe("blocked");
  });

  it("that nobody can tell is never a yes, and what blocks outweighs it", () => {
    const unknown = { kind: "unknown", because: "no credentials", drifts: [] } as const;
    expect(gateStatus(asked({ rules: ruleSet([]), sync: unknown }))).toBe(1);
    expect(gateStatus(asked({ sync: unknown }))).toBe(2);
    expect(gateStatus(asked({ rules: ruleSet([]), freeze: { kind: "unknown", because: "no answer" } }))).toBe(
      1,
    );
  });
});

it("is no while deployments are frozen, with the reason, before all else", () => {
  const freeze = { reason: "incident 42", by: "kim", at: NOW, until: new Date("2026-03-05T00:00:00Z") };
  const [first] = asked({ freeze: { kind: "frozen", freeze } }).findings;
  expect(first).toMatchObject({ kind: "frozen", weight: "blocks" });
  expect(first?.text).toContain("until 2026-03-05 00:00 UTC: incident 42");
});

it("is never less strict for what a repository says", () => {
  const severity = fc.constantFrom(...SEVERITIES, "never" as const);
  const drifts = fc.constantFrom("any" as const, "touched" as const, "tell" as const);
  const notKnown = fc.constantFrom("block" as const, "tell" as const);
  const rules = fc.array(
    fc.record({
      id: fc.constantFrom("open", "o*", "x"),
      does: fc.constantFrom("block" as const, "tell" as const),
    }),
    { maxLength: 3 },
  );
  const operators = fc.record({ failOn: severity, drift: drifts, notKnown, rules, maxCheckAgeMs: fc.nat() });
  const repositories = fc.record(
    {
      failOn: fc.constantFrom(...SEVERITIES),
      drift: drifts,
      notKnown,
      block: fc.array(fc.constantFrom("open", "y")),
      maxCheckAgeMs: fc.nat(),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(operators, repositories, fc.boolean(), (operator, repository, isTouched) => {
      const sync = known(drift({ address: isTouched ? WEB : "aws_vpc.a" }));
      const before = gateStatus(asked({ settings: operator, sync }));
      const after = tightened(operator, repository);
      expect(gateStatus(asked({ settings: after, sync }))).toBeGreaterThanOrEqual(before);
      expect(after.maxCheckAgeMs).toBeLessThanOrEqual(operator.maxCheckAgeMs);
    }),
  );
});

function asQuestion(rules: GateQuestion["rules"]): GateQuestion {
  const { sync, freeze, plan: given } = asked();
  return {
    stack: { name: "network", engine: "terraform", labels: {} },
    plan: given,
    sync,
    freeze,
    settings: { ...DEFAULT_GATE, drift: "touched" },
    rules,
    sourceOf: () => undefined,
    now: NOW,
  };
}
