import fc from "fast-check";
import { expect, test } from "vitest";
import { isAtLeast, SEVERITIES, type Severity } from "../domain/classification.ts";
import { classify } from "./classify.ts";
import { actor, change, drift, NOW } from "./facts.fixture.ts";
import { adjustment, rule, ruleSet, text } from "./rules/rules.fixture.ts";

const OPENED = change("ingress", {
  op: "add",
  element: { from_port: 22, to_port: 22, cidr_blocks: ["0.0.0.0/0"] },
});
const OPEN = "changes.exists(c, c.op == 'add' && c.element.cidr_blocks.exists(b, isPublicCidr(b)))";

test("a rule that fires says why in a sentence, with the values that made it fire", () => {
  const facts = drift({ changes: [change("tags", { live: "x" }), OPENED], actor: actor() });
  const open = rule(OPEN, {
    explain: text(
      "${actor.name} opened port ${changes[1].element.from_port} of ${resource.address} to ${changes[1].element.cidr_blocks}.",
    ),
    controls: ["CIS AWS 3.0.0 5.2"],
    remedy: { strategy: "rollback", text: text("Close ${resource.id}.") },
  });
  const said = classify(facts, ruleSet([open]));
  expect(said).toMatchObject({
    class: "security",
    severity: "high",
    isComplete: true,
    problems: [],
    policy: "sha256:test",
  });
  expect(said.rules).toEqual([
    {
      id: "test.rule",
      title: "A rule",
      origin: "operator",
      class: "security",
      severity: "high",
      explanation: "joe opened port 22 of aws_security_group.web to 0.0.0.0/0.",
      values: [
        { expression: "changes[1].op", value: "add" },
        { expression: "changes[1].element.cidr_blocks[0]", value: "0.0.0.0/0" },
      ],
      controls: ["CIS AWS 3.0.0 5.2"],
      remedy: { strategy: "rollback", text: "Close sg-1." },
    },
  ]);
  expect(said.againAt).toBeUndefined();
});

test("of several the worst severity counts, and security where any is of it; the severest comes first", () => {
  const rules = [
    rule("true", { id: "a", severity: "low", class: "operational" }),
    rule("true", { id: "b", severity: "medium" }),
    rule("true", { id: "c", severity: "high", class: "operational" }),
    rule("false", { id: "d", severity: "critical" }),
  ];
  const said = classify(drift(), ruleSet(rules));
  expect(said).toMatchObject({ class: "security", severity: "high" });
  expect(said.rules.map(({ id }) => id)).toEqual(["c", "b", "a"]);
});

test("rules speak only of their types and verdicts", () => {
  const rules = [
    rule("true", { id: "glob", types: ["aws_security_*"] }),
    rule("true", { id: "other", types: ["aws_s3_*"] }),
    rule("true", { id: "gone", on: ["deleted"] }),
  ];
  expect(classify(drift(), ruleSet(rules)).rules.map(({ id }) => id)).toEqual(["glob"]);
});

test("a rule that fails is told with its column; the others go on, and nothing is lowered", () => {
  const rules = [
    rule("true", { id: "fine", severity: "low", class: "operational" }),
    rule("actor.isKnown || live.size / live.none > 1", { id: "broken", severity: "high" }),
  ];
  const lower = adjustment("true", { kind: "lower", by: 4 });
  const raise = adjustment("true", { kind: "at_least", severity: "critical" }, { id: "raise" });
  const facts = drift({ live: { size: 1, none: 0 } });
  const said = classify(facts, ruleSet(rules, [lower]));
  expect(said).toMatchObject({ isComplete: false, class: "security", severity: "high", adjustments: [] });
  expect(said.problems).toEqual([
    { rule: "broken", file: "rules.yaml", line: 1, column: 18, message: "divides by zero" },
  ]);
  expect(said.rules.map(({ id }) => id)).toEqual(["fine"]);
  expect(classify(facts, ruleSet(rules, [lower, raise])).severity).toBe("critical");
});

test("an adjustment that fails takes back what those before it lowered", () => {
  const adjustments = [
    adjustment("true", { kind: "lower", by: 2 }),
    adjustment("live.nothing == 1", { kind: "raise", by: 1 }, { id: "broken" }),
  ];
  const said = classify(drift(), ruleSet([rule("true")], adjustments));
  expect(said).toMatchObject({ severity: "high", isComplete: false, adjustments: [] });
  expect(said.problems).toMatchObject([{ rule: "broken", column: 6 }]);
});

test("rules that cannot be compiled leave a drift incomplete that they are about, and no other", () => {
  const rules = [rule("actor.persn == 'x'", { id: "typo", types: ["aws_s3_bucket"], severity: "critical" })];
  expect(classify(drift(), ruleSet(rules))).toMatchObject({ isComplete: true });
  const bucket = drift({ resource: { ...drift().resource, type: "aws_s3_bucket" } });
  const said = classify(bucket, ruleSet(rules));
  expect(said).toMatchObject({ isComplete: false, severity: "critical" });
  expect(said.problems).toMatchObject([
    { rule: "typo", line: 1, column: 7, message: "when: it has no member “persn”" },
  ]);
});

test("a condition that is no condition at run time has failed, and did not just say no", () => {
  const said = classify(drift({ live: { enabled: "yes" } }), ruleSet([rule("live.enabled")]));
  expect(said.problems).toMatchObject([{ message: "needs true or false, and this is string" }]);
});

test("adjustments work in order, see what was said so far, and tell from where to where and why", () => {
  const adjustments = [
    adjustment(
      "stack.labels.env == 'prod'",
      { kind: "raise", by: 1 },
      { id: "prod", because: text("This is ${stack.labels.env}.") },
    ),
    adjustment(
      "severity == 'critical' && class == 'security'",
      { kind: "at_most", severity: "medium" },
      { id: "cap" },
    ),
    adjustment("true", { kind: "raise", by: 0 }, { id: "nothing" }),
  ];
  const facts = drift({ stack: { name: "n", engine: "terraform", labels: { env: "prod" } } });
  const said = classify(facts, ruleSet([rule("true")], adjustments));
  expect(said.severity).toBe("medium");
  expect(said.adjustments).toEqual([
    {
      id: "prod",
      origin: "operator",
      from: "high",
      to: "critical",
      because: "This is prod.",
      values: [{ expression: "stack.labels.env", value: "prod" }],
    },
    {
      id: "cap",
      origin: "operator",
      from: "critical",
      to: "medium",
      because: "So it is.",
      values: [
        { expression: "severity", value: "critical" },
        { expression: "class", value: "security" },
      ],
    },
  ]);
});

test("a rule of a repository adds to what the attribute is, and hides nothing of it", () => {
  const quiet = rule("true", { origin: "repository", severity: "info", class: "operational" });
  const said = classify(drift({ changes: [change("ingress")] }), ruleSet([quiet]));
  expect(said).toMatchObject({ class: "security", severity: "high", fallback: { attribute: "ingress" } });
});

test("a rule about one attribute does not hide another one that no rule speaks of", () => {
  const capacity = rule("changes.exists(c, c.attribute == 'desired_capacity')", {
    severity: "low",
    class: "operational",
  });
  const changes = [change("desired_capacity"), change("security_groups")];
  expect(classify(drift({ changes }), ruleSet([capacity]))).toMatchObject({
    class: "security",
    severity: "high",
    fallback: { attribute: "security_groups" },
  });
  expect(classify(drift({ changes: changes.slice(0, 1) }), ruleSet([capacity]))).toMatchObject({
    severity: "low",
  });
  expect(
    classify(drift({ changes }), ruleSet([rule("verdict == 'changed'", { severity: "low" })])),
  ).toMatchObject({ severity: "low" });
});

test("what looks at the time is asked again when a quarter of an hour is over", () => {
  const night = adjustment("hour(now, 'Europe/Berlin') < 7", { kind: "raise", by: 1 });
  const said = classify(drift(), ruleSet([rule("true")], [night]));
  expect(said.severity).toBe("high");
  expect(said.againAt).toEqual(new Date("2026-03-04T10:30:00Z"));
  const early = { now: new Date("2026-03-04T05:59:00Z"), openedAt: NOW };
  expect(classify(drift(early), ruleSet([rule("true")], [night])).severity).toBe("critical");
});

test("a change window counts while it is open, for what was opened within it, and for the stacks that it names", () => {
  const window = {
    name: "release",
    labels: { team: "net" },
    kind: "weekly",
    days: [3],
    from: 11 * 60,
    to: 12 * 60,
    zone: "Europe/Berlin",
  } as const;
  const lower = adjustment("changeWindow == 'release'", { kind: "lower", by: 1 });
  const rules = ruleSet([rule("true")], [lower], [window]);
  const stack = { name: "n", engine: "terraform", labels: { team: "net" } } as const;
  const inside = drift({ stack });
  expect(classify(inside, rules)).toMatchObject({
    severity: "medium",
    againAt: new Date("2026-03-04T11:00:00Z"),
  });
  expect(classify({ ...inside, now: new Date("2026-03-04T11:00:00Z") }, rules)).toMatchObject({
    severity: "high",
  });
  expect(classify({ ...inside, openedAt: new Date("2026-03-04T09:59:00Z") }, rules)).toMatchObject({
    severity: "high",
  });
  expect(classify(drift(), rules)).toMatchObject({ severity: "high" });
});

test("what was cut away is not taken for absent", () => {
  const facts = drift({ isCut: true, live: { a: 1 } });
  for (const when of ["live.b == 1", "has(live.b)", "live.?b.orValue(1) == 2"])
    expect(classify(facts, ruleSet([rule(when)])).problems).toMatchObject([
      { rule: "values" },
      { rule: "test.rule", message: expect.stringContaining("only what changed is known") },
    ]);
  const lower = adjustment("true", { kind: "lower", by: 1 });
  const said = classify(facts, ruleSet([rule("live.a == 1")], [lower]));
  expect(said).toMatchObject({
    severity: "high",
    isComplete: false,
    rules: [{ id: "test.rule" }],
    adjustments: [],
  });
});

test("an expression that goes over thousands of changes within each other is stopped, and told", () => {
  const changes = Array.from({ length: 5000 }, (_, index) =>
    change(`ingress[${index}]`, { live: `${index}` }),
  );
  const said = classify(
    drift({ changes }),
    ruleSet([
      rule("changes.exists(a, changes.exists(b, a.live == b.path)) || true", { id: "slow" }),
      rule("changes.all(c, c.attribute == 'ingress')", { id: "fine", severity: "low" }),
    ]),
  );
  expect(said.problems).toMatchObject([
    { rule: "slow", message: "it takes too long over this drift, and was stopped" },
  ]);
  expect(said.rules.map(({ id }) => id)).toEqual(["fine"]);
  expect(said.severity).toBe("high");
});

test("rules of a repository cannot use up what the others may take", () => {
  const changes = Array.from({ length: 2000 }, (_, index) => change(`a${index}`));
  const greedy = Array.from({ length: 30 }, (_, index) =>
    rule("changes.all(a, changes.all(b, a.path == a.path))", {
      id: `greedy-${index}`,
      origin: "repository",
      severity: "info",
    }),
  );
  const said = classify(
    drift({ changes }),
    ruleSet([...greedy, rule("changes.size() == 2000", { id: "ours" })]),
  );
  expect(said.rules.map(({ id }) => id)).toEqual(["ours"]);
});

test("values in sentences and lists are cut, and hold no characters that write nothing", () => {
  const long = `a\u001b[31m\n\u202e${"x".repeat(5000)}`;
  const facts = drift({ live: { text: long } });
  const said = classify(
    facts,
    ruleSet([rule("live.text.size() > 10", { explain: text("It is ${live.text}.") })]),
  );
  const [fired] = said.rules;
  expect(fired?.explanation.length).toBeLessThan(220);
  expect(fired?.explanation).toMatch(/^It is a \[31m x+….$/);
  expect(String(fired?.values[0]?.value).length).toBeLessThan(210);
});

test("a sentence that cannot be filled has still fired, and says what is missing", () => {
  const said = classify(drift(), ruleSet([rule("true", { explain: text("From ${live.nothing} on.") })]));
  expect(said.rules[0]?.explanation).toBe("From ? on.");
  expect(said.problems).toMatchObject([{ rule: "test.rule", column: 13 }]);
});

test("whatever fails, a drift is never less grave than without the failure", () => {
  const severities = fc.constantFrom<Severity>(...SEVERITIES);
  const lowering = fc.record({ kind: fc.constant("lower" as const), by: fc.integer({ min: 1, max: 4 }) });
  const raising = fc.record({ kind: fc.constant("raise" as const), by: fc.integer({ min: 1, max: 4 }) });
  fc.assert(
    fc.property(
      fc.array(severities, { maxLength: 4 }),
      fc.array(fc.oneof(lowering, raising), { maxLength: 4 }),
      severities,
      (fired, effects, failed) => {
        const rules = fired.map((severity, index) => rule("true", { id: `r${index}`, severity }));
        const adjustments = effects.map((effect, index) => adjustment("true", effect, { id: `a${index}` }));
        const broken = rule("1 / 0 == 1", { id: "broken", severity: failed });
        const facts = drift({ changes: [change("description")] });
        const without = classify(facts, ruleSet(rules, adjustments));
        const withIt = classify(facts, ruleSet([...rules, broken], adjustments));
        expect(withIt.isComplete).toBe(false);
        expect(isAtLeast(withIt.severity, without.severity)).toBe(true);
        expect(isAtLeast(withIt.severity, failed)).toBe(true);
        expect(withIt.adjustments.every(({ from, to }) => isAtLeast(to, from))).toBe(true);
      },
    ),
  );
});
