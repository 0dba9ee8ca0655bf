import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { builtinRules } from "../../packages/anchorwatch/src/app/policy/rules/builtinRules.ts";
import { classify } from "../../packages/anchorwatch/src/policy/classify.ts";
import { newRuleSet, speaksOf } from "../../packages/anchorwatch/src/policy/rules/ruleSet.ts";
import { policiesPage } from "../../scripts/policiesPage.ts";
import { readAwsCases } from "./awsCases.ts";
import { readCases } from "./record/case.ts";

const CASES = readAwsCases();
const { compiled } = builtinRules();
const RULES = newRuleSet(compiled, [], "sha256:builtin");
const AWS = compiled.rules.filter(({ source }) => source.id.startsWith("aws."));

describe("the built-in rules for AWS", () => {
  it("are at least 100, about at least 40 types of which drifts were recorded", () => {
    expect(AWS.length).toBeGreaterThanOrEqual(100);
    const spoken = CASES.filter(({ fires }) => fires.length > 0).map(({ type }) => type);
    expect(new Set(spoken).size).toBeGreaterThanOrEqual(40);
  });

  it.each(CASES.map((one) => [one.name, one] as const))("%s", (_, { facts, fires }) => {
    const said = classify(facts, RULES);
    expect(said.rules.map(({ id }) => id).sort()).toEqual([...fires].sort());
    expect(said.problems).toEqual([]);
    // A sentence with a hole in it says “?”.
    expect(
      said.rules
        .map(({ explanation }) => explanation)
        .filter((sentence) => /\?|undefined|\$\{/.test(sentence)),
    ).toEqual([]);
  });

  it("each fire at a recorded drift, and keep quiet at one of a type that they speak of", () => {
    const withoutFiring = AWS.filter(({ source }) => !CASES.some(({ fires }) => fires.includes(source.id)));
    const withoutQuiet = AWS.filter(
      ({ source, types }) =>
        !CASES.some(
          ({ fires, facts }) =>
            !fires.includes(source.id) && speaksOf(types, undefined, facts.resource.type, facts.verdict),
        ),
    );
    expect(withoutFiring.map(({ source }) => source.id)).toEqual([]);
    expect(withoutQuiet.map(({ source }) => source.id)).toEqual([]);
  });

  it("keep quiet where the same attribute is changed for the better", () => {
    const quiet = new Set(
      CASES.filter(({ fires }) => fires.length === 0).flatMap(({ type, facts }) =>
        facts.changes.map(({ attribute }) => `${type} ${attribute}`),
      ),
    );
    expect(quiet.size).toBeGreaterThanOrEqual(60);
  });

  it("name a control and a remedy each, and a class and severity that its title bears out", () => {
    expect(AWS.filter(({ source }) => source.controls.length === 0 || source.remedy === undefined)).toEqual(
      [],
    );
    const controls = [...new Set(AWS.flatMap(({ source }) => source.controls))];
    expect(controls.filter((control) => !CONTROL.test(control))).toEqual([]);
  });
});

describe("the recorded cases", () => {
  it("are those of the table, with what the table expects", () => {
    const table = readCases().map(({ type, name, fires }) => [`${type}/${name}`, fires] as const);
    expect(new Map(CASES.map(({ name, fires }) => [name, fires]))).toEqual(new Map(table));
    expect(CASES).toHaveLength(table.length);
  });

  it("come from a real provider, by calls of the cloud's API", () => {
    const how =
      /^Read by hashicorp\/aws \d+\.\d+\.\d+ under Terraform \d\S+ on moto \d\S+, after [a-z0-9-]+\.[a-z0-9_, .-]+\.$/;
    expect(CASES.filter(({ note }) => !how.test(note)).map(({ name }) => name)).toEqual([]);
  });

  it("are told, with the rules, by a page that is up to date", () => {
    const page = readFileSync(new URL("../../docs/policies-aws.md", import.meta.url), "utf8");
    const told = (text: string) =>
      text
        .split("\n")
        .map((line) => line.replace(/ +/g, " "))
        .filter((line) => line.startsWith("| `"));
    expect(told(page)).toEqual(told(policiesPage));
  });

  it("hold no secret, be it one of the estate's", () => {
    expect(JSON.stringify(CASES)).not.toMatch(/correct-horse|letmein/);
  });
});

const CONTROL =
  /^(?:CIS AWS 3\.0\.0 [1-5](?:\.\d{1,2}){1,2}|NIST 800-53 [A-Z]{2}-\d{1,2}(?:\(\d{1,2}\))?|SOC 2 (?:CC\d\.\d|A1\.\d|C1\.\d)|PCI DSS 4\.0\.1 \d{1,2}(?:\.\d{1,2}){1,2})$/;
