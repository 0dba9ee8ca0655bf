/** How long classifying takes: in process, on one core, without a database. */
import { builtinRules } from "../../../packages/anchorwatch/src/app/policy/rules/builtinRules.ts";
import { parseRuleFile } from "../../../packages/anchorwatch/src/app/policy/rules/ruleFile.ts";
import { classify } from "../../../packages/anchorwatch/src/policy/classify.ts";
import type { DriftFacts } from "../../../packages/anchorwatch/src/policy/facts.ts";
import {
  compileRules,
  joinRules,
  NO_RULES,
} from "../../../packages/anchorwatch/src/policy/rules/compileRules.ts";
import { newRuleSet, type RuleSet } from "../../../packages/anchorwatch/src/policy/rules/ruleSet.ts";
import { BenchError } from "../error.ts";
import { count, milliseconds } from "../numbers.ts";
import { atMost, type Section } from "../report.ts";
import type { Workplace } from "../workplace.ts";

const WANTED_MS = 1000;
const DRIFTS = 10_000;
const RULES = 150;
const TYPES = 40;
const NOW = new Date("2026-03-04T10:20:00Z");

/** Conditions as people write them; each looks at something else. */
const CONDITIONS = [
  "changes.exists(c, c.attribute == 'ingress' && c.op == 'add' && c.element.cidr_blocks.exists(b, isPublicCidr(b)))",
  "changes.exists(c, c.path.matches('^(tags|tags_all)\\\\.cost-.*$'))",
  "live.?publicly_accessible.orValue(false) == true && live.port == INDEX",
  "actor.channel == 'console' && stack.labels.?env.orValue('') == 'prod' && changes.size() > INDEX",
  "json(live.policy).Statement.exists(s, s.Effect == 'Allow' && asList(s.Action).exists(a, a == 'sINDEX:*'))",
];

export function measureClassification(place: Workplace): Section {
  const drifts = driftsOf(place.quick ? DRIFTS / 10 : DRIFTS);
  const scale = DRIFTS / drifts.length;
  const byType = timed(drifts, rulesOf(false)) * scale;
  place.say(`${RULES} rules, each of some types: ${milliseconds(byType)}`);
  const ofAll = timed(drifts, rulesOf(true)) * scale;
  place.say(`${RULES} rules, each of all types: ${milliseconds(ofAll)}`);
  return {
    title: "Classification",
    about:
      `${count(DRIFTS)} drifts of ${TYPES} types, with the whole resource and a policy document of 2 KB each, against ${RULES} rules and the built-in adjustments: conditions, sentences and values, in one thread. ` +
      `Rules say of which types they are, as built-in ones do; the second row has rules that speak of every type.${place.quick ? " From a tenth of the drifts." : ""}`,
    table: [
      ["rules", "all", "each drift"],
      ["of some types", milliseconds(byType), micro(byType)],
      ["of all types", milliseconds(ofAll), micro(ofAll)],
    ],
    goals: [
      atMost(
        `${count(DRIFTS)} drifts against ${RULES} rules in under a second`,
        byType,
        WANTED_MS,
        milliseconds,
      ),
    ],
  };
}

function micro(all: number): string {
  return `${((all / DRIFTS) * 1000).toFixed(1)} µs`;
}

/** Milliseconds, the second time: rules are looked up once for each type. */
function timed(drifts: readonly DriftFacts[], rules: RuleSet): number {
  for (const drift of drifts.slice(0, drifts.length / 10)) classify(drift, rules);
  const started = performance.now();
  let fired = 0;
  let incomplete = 0;
  for (const drift of drifts) {
    const said = classify(drift, rules);
    fired += said.rules.length;
    if (!said.isComplete) incomplete++;
  }
  const took = performance.now() - started;
  if (fired === 0 || incomplete > 0)
    throw new BenchError("reports_differ", `${fired} rules fired, ${incomplete} drifts are incomplete`);
  return took;
}

function rulesOf(everyType: boolean): RuleSet {
  const rules = Array.from({ length: RULES }, (_, index) => {
    const when = (CONDITIONS[index % CONDITIONS.length] ?? "").replaceAll("INDEX", `${index}`);
    const types = everyType ? "" : `    types: [bench_type_${index % TYPES}, bench_other_${index}]\n`;
    return `  - id: bench.rule-${index}\n    title: Rule ${index}\n${types}    when: ${JSON.stringify(when)}
    class: security\n    severity: high\n    explain: "\${actor.name} changed \${resource.address}."\n`;
  });
  const parsed = parseRuleFile(`version: 1\nrules:\n${rules.join("")}`, "bench.yaml", "operator");
  if (!parsed.ok)
    throw new BenchError("reports_differ", parsed.problems[0]?.message ?? "the rules are wrong");
  const own = compileRules(parsed.sources.rules, parsed.sources.adjustments);
  const [broken] = own.broken;
  if (broken !== undefined) throw new BenchError("reports_differ", broken.problem.message);
  const { adjustments } = builtinRules().compiled;
  return newRuleSet(joinRules([{ ...NO_RULES, adjustments }, own]), [], "sha256:bench");
}

function driftsOf(amount: number): readonly DriftFacts[] {
  const statements = Array.from({ length: 20 }, (_, index) => ({
    Effect: "Allow",
    Action: [`s${index}:Get*`, `s${index}:List*`],
    Resource: `arn:aws:s${index}:::something-${index}/*`,
  }));
  return Array.from({ length: amount }, (_, index): DriftFacts => {
    const type = `bench_type_${index % TYPES}`;
    // Another text each time: what was parsed for one drift serves no other.
    const policy = JSON.stringify({ Version: "2012-10-17", Id: `p${index}`, Statement: statements });
    const attributes = Array.from({ length: 40 }, (__, at) => [`attribute_${at}`, `value ${at}`] as const);
    return {
      stack: { name: `stack-${index % 100}`, engine: "terraform", labels: { env: "prod", team: "payments" } },
      resource: {
        address: `${type}.r${index}`,
        module: "",
        type,
        provider: "p",
        id: `id-${index}`,
        account: "1",
      },
      verdict: "changed",
      recorded: Object.fromEntries(attributes),
      live: { ...Object.fromEntries(attributes), policy, port: index, publicly_accessible: index % 2 === 0 },
      isCut: false,
      changes: [
        {
          path: "tags.cost-center",
          attribute: "tags",
          op: "replace",
          live: "x",
          sensitive: false,
          settable: true,
          ignored: false,
        },
        {
          path: "ingress",
          attribute: "ingress",
          op: "add",
          element: {
            from_port: 22,
            cidr_blocks: ["10.0.0.0/8", index % 3 === 0 ? "0.0.0.0/0" : "10.1.0.0/16"],
          },
          sensitive: false,
          settable: true,
          ignored: false,
        },
      ],
      actor: {
        principal: "arn:aws:iam::1:user/joe",
        name: "joe",
        kind: "user",
        channel: "console",
        account: "1",
        isDelivery: false,
        isBreakGlass: false,
      },
      events: ["AuthorizeSecurityGroupIngress"],
      openedAt: NOW,
      now: NOW,
      others: [],
    };
  });
}
