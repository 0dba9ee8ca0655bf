/** The recorded cases of the built-in rules, in files of the same form as those of users. */
import { readdirSync, readFileSync } from "node:fs";
import { AnchorwatchError } from "../../../domain/errors.ts";
import type { RuleSet } from "../../../policy/rules/ruleSet.ts";
import { formatProblem } from "../../configuration/problems.ts";
import { type PolicyCase, parseCases } from "./parseCases.ts";

const FOLDER = new URL("../../../policy/packs/aws/cases/", import.meta.url);

/** By their files, one for each type. @throws AnchorwatchError `policy_pack_damaged` */
export function builtinCases(): readonly PolicyCase[] {
  return readdirSync(FOLDER)
    .sort()
    .flatMap((name) => {
      const parsed = parseCases(readFileSync(new URL(name, FOLDER), "utf8"), `builtin/aws/cases/${name}`);
      if (parsed.ok) return parsed.cases;
      throw new AnchorwatchError(
        "policy_pack_damaged",
        `the cases that come with Anchorwatch are damaged: ${parsed.problems.map(formatProblem).join("\n")}`,
        { hint: "Install Anchorwatch again." },
      );
    });
}

/** What an operator has switched off is expected of nobody. */
export function casesInForce(cases: readonly PolicyCase[], { rules }: RuleSet): readonly PolicyCase[] {
  const known = new Set(rules.map(({ source }) => source.id));
  const inForce = (ids: readonly string[] = []) => ids.filter((id) => known.has(id));
  return cases.map((one) => {
    const { rules: firing, notRules: quiet } = one.expect;
    return { ...one, expect: { ...one.expect, rules: inForce(firing), notRules: inForce(quiet) } };
  });
}
