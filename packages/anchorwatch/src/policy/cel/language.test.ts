import { parse as parseByLibrary } from "@marcbachmann/cel-js";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { change, drift } from "../facts.fixture.ts";
import { variablesOf } from "../variables.ts";
import { Budget } from "./budget.ts";
import { CelFailure } from "./failure.ts";
import { compileExpression } from "./language.ts";
import { newRun } from "./run.ts";
import type { CelValue } from "./values.ts";
import { ADJUSTMENT_VARIABLES, OBJECT_TYPES, VARIABLES } from "./vocabulary.ts";

const LIVE = {
  port: 22,
  ratio: 1.5,
  text: "22",
  huge: "12345678901234567890",
  nothing: null,
  ingress: [
    { from_port: 22, cidr: "0.0.0.0/0" },
    { from_port: 443, cidr: "10.0.0.0/8" },
  ],
  policy: '{"Statement":[{"Effect":"Allow","Action":"*","Principal":"*"}]}',
  constructor: "mine",
};

const FACTS = drift({ live: LIVE, changes: [change("ingress[0].from_port", { live: 22 })] });

function evaluated(expression: string, facts = FACTS): CelValue {
  const compiled = compileExpression(expression, "text", "rule");
  if (!compiled.ok) throw new CelFailure(`${compiled.problem.offset}: ${compiled.problem.message}`);
  return compiled.expression.evaluate(newRun(variablesOf(facts, ""), new Budget()));
}

it("costs as much for a document that was parsed for another drift", () => {
  const text = JSON.stringify({ padding: "x".repeat(8000) });
  const parse = (budget: Budget) => {
    const compiled = compileExpression("json(live.policy).padding", "text", "rule");
    if (!compiled.ok) throw new CelFailure(compiled.problem.message);
    const variables = variablesOf(drift({ live: { policy: text } }), "");
    return compiled.expression.evaluate(newRun(variables, budget));
  };
  expect(parse(new Budget())).toHaveLength(8000);
  expect(() => parse(new Budget(500))).toThrow("takes too long");
});

describe("numbers are what people mean, whichever way JSON writes them", () => {
  it.each([
    "live.port == 22",
    "live.port == 22.0",
    "live.port + 1 == 23",
    "live.port / 4 == 5",
    "live.port / 4.0 == 5.5",
    "live.ratio > 1",
    "live.ratio * 2 == 3",
    "live.port in [22, 23]",
    "live.text != 22",
    "int(live.text) == live.port",
    "live.huge > 12",
    "live.huge != live.port",
    "live.nothing == null",
    "resource.isPublic || changes[0].live == 22",
    "-live.port < 0",
  ])("%s", (expression) => expect(evaluated(expression)).toBe(true));

  it("says what to do about a text that is ordered like a number", () => {
    expect(() => evaluated("live.text > 5")).toThrow(
      "cannot order string and int; int(…) or double(…) makes a number of a text",
    );
  });
});

describe("functions", () => {
  it.each([
    ["live.ingress.exists(i, isPublicCidr(i.cidr))", true],
    ["live.ingress.all(i, isPublicCidr(i.cidr))", false],
    [
      "isPublicCidr('0.0.0.0/1') && isPublicCidr('128.0.0.0/1') && isPublicCidr('::/0') && isPublicCidr('203.0.113.7')",
      true,
    ],
    [
      "isPublicCidr('10.1.2.3/8') || isPublicCidr('fd00::/8') || isPublicCidr('sg-1') || isPublicCidr('1.2.3.4/33')",
      false,
    ],
    ["cidrSize('10.0.0.0/24') == 256 && cidrSize('::/0') > 1000 && cidrSize('pl-1') == 0", true],
    ["cidrContains('10.0.0.0/8', '10.2.0.0/16') && !cidrContains('10.2.0.0/16', '10.0.0.0/8')", true],
    ["json(live.policy).Statement.exists(s, s.Effect == 'Allow' && '*' in asList(s.Principal))", true],
    ["asList(live.nothing).size() == 0", true],
    ["wildcard('arn:aws:iam::1:role/admin', 'arn:*:role/*') && !wildcard('a', 'b*')", true],
    ["hour(now, 'Europe/Berlin') == 11 && hour(now, 'UTC') == 10 && now.getHours('Asia/Tokyo') == 19", true],
    ["weekday(now, 'UTC') == 3 && now.getDayOfWeek() == 3", true],
    ["'Abc'.lowerAscii() == 'abc' && 'a,b'.split(',') == ['a', 'b'] && ['a', 'b'].join('-') == 'a-b'", true],
    ["now - timestamp('2026-03-04T10:00:00Z') == duration('20m')", true],
    [
      "has(live.port) && !has(live.gone) && live.?gone.orValue(7) == 7 && live.?nothing.orValue(1) == 1",
      true,
    ],
    ["!has(actor.person) && actor.name == 'Somebody' && !actor.isDelivery", true],
    ["live.constructor == 'mine' && !has(recorded.constructor) && !has(recorded.__proto__)", true],
    ["cel.bind(n, live.ingress.filter(i, i.from_port > 100), n.size() == 1 && n[0].from_port == 443)", true],
    ["live.ingress.exists_one(i, i.from_port == 22) && live.ingress.map(i, i.from_port) == [22, 443]", true],
  ])("%s is %s", (expression, expected) => expect(evaluated(expression)).toBe(expected));
});

describe("what is wrong is found when the rule is loaded, at its token", () => {
  it.each([
    ["verdict == 1", 0, "the types do not fit"],
    ["actor.persn == 'joe'", 6, "it has no member “persn”"],
    ["changes.exists(c, has(c.elment))", 24, "it has no member “elment”"],
    ["changes.exists(c, c.elment == 1)", 20, "it has no member “elment”"],
    ["actorr.name == 'joe'", 0, "there is no variable “actorr”"],
    ["class == 'security'", 0, "there is no variable “class”"],
    ["changes", 0, "expected bool"],
    ["live.text.matches('(a')", 18, "is no pattern of RE2"],
    ["live.text.matches('(?=a)')", 18, "is no pattern of RE2"],
    ["hour(now, 'Europ/Berlin') == 1", 10, "there is no time zone"],
    ["hour(now, stack.name) == 1", 10, "needs a text that is written out"],
    ["verdict ==", 10, "ends too early"],
    ["verdict == 'x' &&\n  type(live) == int", 20, "type(…) is not there"],
    ["b'x' == b'x'", 1, "are not used here"],
    ["bytes('{}').json() == live", 0, "is not there"],
  ])("%j at %i", (expression, offset, message) => {
    const compiled = compileExpression(expression, "bool", "rule");
    expect(compiled).toMatchObject({ ok: false, problem: { message: expect.stringContaining(message) } });
    if (!compiled.ok) expect(Math.abs(compiled.problem.offset - offset)).toBeLessThanOrEqual(1);
  });
});

describe("what takes longer costs more steps", () => {
  const long = "a".repeat(3200);
  const policy = (action: string) =>
    JSON.stringify({ Statement: [{ Effect: "Allow", Action: action, Resource: "*" }] });
  const facts = drift({
    live: { ...LIVE, long, other: `${long}b`, now: policy(`s3:${long}`), before: policy(`s3:${long}*`) },
    changes: [change("a", { live: 1 }), change("b", { live: 2 })],
  });

  /** Of one evaluation, the pattern being compiled already. */
  function stepsOf(expression: string): number {
    const compiled = compileExpression(expression, "text", "rule");
    if (!compiled.ok) throw new CelFailure(compiled.problem.message);
    const suffices = (steps: number) => {
      try {
        compiled.expression.evaluate(newRun(variablesOf(facts, ""), new Budget(steps)));
        return true;
      } catch (error) {
        if (error instanceof CelFailure && error.message.includes("takes too long")) return false;
        throw error;
      }
    };
    expect(suffices(200_000)).toBe(true);
    let [least, most] = [0, 200_000];
    while (least < most) {
      const middle = (least + most) >> 1;
      if (suffices(middle)) most = middle;
      else least = middle + 1;
    }
    return least;
  }

  it.each([
    ["live.long.contains('ab')", 100],
    ["live.long.startsWith('ab')", 0],
    ["live.long == live.other", 0],
    ["live.long + 'b' == live.other", 200],
    ["live.long.matches('^a+$')", 6000],
    ["live.long.matches('(a{30}){10}')", 100_000],
    ["isPublicCidr(live.text)", 20],
    ["hour(openedAt, 'Europe/Berlin') == 3", 80],
    ["live.missing == 1 || live.port == 22", 30],
    ["json(live.policy).Statement.size() == 1", 8],
    ["addedGrants('', live.now).size() == 1", 400],
    ["addedGrants(live.before, live.now).size() == 0", 1500],
    ["changes.exists(c, c.live == 22)", 3],
  ])("%s: at least %i", (expression, least) => {
    const steps = stepsOf(expression);
    expect(steps).toBeGreaterThanOrEqual(least);
    expect(steps).toBeLessThan(Math.max(30, least * 3));
  });
});

describe("whatever the cloud holds, an expression comes to an end", () => {
  const hostile = drift({
    live: { text: "a".repeat(1_000_000), list: Array.from({ length: 5000 }, (_, i) => `${i}`) },
    changes: Array.from({ length: 5000 }, (_, i) => change(`a${i}`, { live: "a".repeat(31) })),
  });

  it.each([
    "changes.exists(a, changes.exists(b, changes.exists(c, a.path == 'x')))",
    "live.list.map(a, live.list.map(b, live.list.map(c, a + b + c))).size() == 0",
    "changes.all(c, live.text.matches('(a+)+$'))",
    "changes.all(c, live.text.contains('aaaaaaaaab') || true)",
    "changes.all(c, live.text + live.text != '')",
    "changes.all(c, (live.list + live.list).size() > 0)",
    "cel.bind(a, live.list + live.list, cel.bind(b, a + a, cel.bind(c, b + b, cel.bind(d, c + c, cel.bind(e, d + d, cel.bind(f, e + e, f + f)))))).size() == 0",
    "changes.exists(c, json('[' + live.text + ']') == live.list) || changes.exists(c, live.text.split('') == live.list)",
    "changes.all(c, changes == changes && live.list != changes.map(x, x.path))",
  ])("%s", (expression) => {
    expect(() => evaluated(expression, hostile)).toThrow(CelFailure);
  });

  it("takes time that is linear in the text for a pattern that takes others for ever", () => {
    expect(
      evaluated(
        "changes.exists(c, c.live.matches('^(a+)+b$'))",
        drift({ changes: hostile.changes.slice(0, 20) }),
      ),
    ).toBe(false);
  });

  it("does not take what is left of a budget for an answer", () => {
    expect(() => evaluated("changes.exists(a, changes.exists(b, a.path == 'x')) || true", hostile)).toThrow(
      "takes too long",
    );
  });

  it("survives values that are nested deeper than anybody's stack", () => {
    const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    const facts = drift({ live: { one: deep, other: deep } });
    expect(() => evaluated("json(live.one) == json(live.other)", facts)).toThrow(CelFailure);
  });
});

test("where CEL of the library and ours can both be asked, they say the same", () => {
  const leaf = fc.constantFrom(
    "a",
    "b",
    "c",
    "1",
    "2",
    "0",
    "-3",
    "x",
    "y",
    "true",
    "false",
    "p",
    "q",
    '"s"',
    '"t"',
    "l",
  );
  const operators = fc.constantFrom(
    "+",
    "-",
    "*",
    "/",
    "%",
    "==",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "&&",
    "||",
    "in",
  );
  const expressions = fc.letrec<{ expression: string }>((tie) => ({
    expression: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      leaf,
      fc
        .tuple(tie("expression"), operators, tie("expression"))
        .map(([left, op, right]) => `(${left} ${op} ${right})`),
      fc
        .tuple(tie("expression"), tie("expression"), tie("expression"))
        .map(([c, t, f]) => `(${c} ? ${t} : ${f})`),
      tie("expression").map((inner) => `!(${inner})`),
      tie("expression").map((inner) => `l.exists(n, n == (${inner}))`),
      tie("expression").map((inner) => `l.all(n, n < (${inner}))`),
    ),
  })).expression;
  const theirs = { a: 1n, b: 2n, c: 7n, x: 1.5, y: -2.25, p: true, q: false, l: [1n, 2n, 3n] };
  const names = Object.keys(theirs);
  // Ours has no such variables, so they are members of a resource.
  const ourText = (text: string) =>
    text.replace(/"[a-z]"|\b([a-z]+)\b/g, (all, name) => (names.includes(name) ? `live.${name}` : all));
  const ours = drift({ live: { a: 1, b: 2, c: 7, x: 1.5, y: -2.25, p: true, q: false, l: [1, 2, 3] } });
  // Only within lists are numbers of the data not ints yet.
  const plain = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(plain) : typeof value === "bigint" ? Number(value) : value;
  let both = 0;
  fc.assert(
    fc.property(expressions, (text) => {
      let expected: unknown;
      try {
        expected = parseByLibrary(text)(theirs);
      } catch {
        return;
      }
      both++;
      try {
        expect(plain(evaluated(ourText(text), ours))).toEqual(plain(expected));
      } catch (error) {
        // Of doubles CEL makes infinity, with which a condition would hold that nobody meant.
        if (!(error instanceof CelFailure) || !error.message.includes("divides by zero")) throw error;
      }
    }),
    { numRuns: 2000 },
  );
  expect(both).toBeGreaterThan(100);
});

test("the vocabulary has what facts have, and nothing else", () => {
  const variables = variablesOf(
    drift({
      actor: {
        principal: "p",
        name: "n",
        kind: "user",
        channel: "cli",
        person: "p",
        sessionName: "s",
        sourceIdentity: "i",
        account: "1",
        sourceAddress: "::1",
        userAgent: "u",
        isDelivery: true,
        isBreakGlass: true,
      },
    }),
    "",
  );
  expect(Object.keys(variables).sort()).toEqual(Object.keys(VARIABLES).sort());
  expect(Object.keys(variables["actor"] as object).sort()).toEqual(Object.keys(OBJECT_TYPES.Actor).sort());
  expect(Object.keys(variables["stack"] as object).sort()).toEqual(Object.keys(OBJECT_TYPES.Stack).sort());
  expect(Object.keys(OBJECT_TYPES.Resource)).toEqual(
    expect.arrayContaining(Object.keys(variables["resource"] as object)),
  );
  expect(Object.keys(ADJUSTMENT_VARIABLES)).toEqual(["class", "severity"]);
});
