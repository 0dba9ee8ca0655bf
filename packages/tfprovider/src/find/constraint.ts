import { ProviderError } from "../errors.ts";
import { compareVersions, readVersion, type Version } from "./version.ts";

/** Which versions the code allows, `~> 5.0, != 5.3.1`: all of the conditions hold. */
export type Constraint = readonly Condition[];

type Operator = "=" | "!=" | ">" | ">=" | "<" | "<=" | "~>";

interface Condition {
  readonly operator: Operator;
  readonly version: Version;
  /** How many numbers were written, 1 to 3: `~> 5.0` allows 5.1, `~> 5.0.0` does not. */
  readonly precision: number;
}

const CONDITION = /^(=|!=|>=|<=|>|<|~>)?\s*([0-9]+(?:\.[0-9]+){0,2})(-[0-9A-Za-z.-]+)?$/;

/**
 * @throws ProviderError `find_constraint_invalid`
 * @see https://developer.hashicorp.com/terraform/language/expressions/version-constraints
 */
export function parseConstraint(text: string): Constraint {
  return text.split(",").map((part) => parseCondition(part.trim(), text));
}

/** As Terraform chooses: a pre-release is allowed only by a condition that names exactly it. */
export function allows(constraint: Constraint, version: Version): boolean {
  const named = constraint.some(
    ({ operator, version: wanted }) => operator === "=" && compareVersions(version, wanted) === 0,
  );
  if (version.prerelease.length > 0 && !named) return false;
  return constraint.every((condition) => holds(condition, version));
}

function holds({ operator, version: wanted, precision }: Condition, version: Version): boolean {
  const order = compareVersions(version, wanted);
  switch (operator) {
    case "=":
      return order === 0;
    case "!=":
      return order !== 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case "~>":
      return order >= 0 && sameFixedPart(version, wanted, precision);
  }
}

/** All but the last number that was written stay; of a single number that one stays. */
function sameFixedPart(version: Version, wanted: Version, precision: number): boolean {
  const fixed = Math.max(1, precision - 1);
  return version.release.slice(0, fixed).join(".") === wanted.release.slice(0, fixed).join(".");
}

function parseCondition(part: string, whole: string): Condition {
  const match = CONDITION.exec(part);
  const [, operator = "=", written = "", prerelease = ""] = match ?? [];
  const numbers = written.split(".");
  const version = readVersion(`${[...numbers, "0", "0"].slice(0, 3).join(".")}${prerelease}`);
  if (match === null || version === undefined) throw invalid(part, whole);
  return { operator: operator as Operator, version, precision: numbers.length };
}

function invalid(part: string, whole: string): ProviderError {
  return new ProviderError(
    "find_constraint_invalid",
    `${JSON.stringify(part)} in the version constraint ${JSON.stringify(whole)} is no condition on a version`,
    { hint: "Expected an operator (=, !=, >, >=, <, <=, ~>) and a version, such as `~> 5.0`." },
  );
}
