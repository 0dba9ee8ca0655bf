/** zod's issues in words a person can act on. */
import type { z } from "zod";
import { isArray, isObject, type Value } from "../../domain/value.ts";
import { EFFECT_PATTERN, RULE_ID_PATTERN } from "../policy/rules/ruleSchema.ts";
import { DAYS_PATTERN, DURATION_PATTERN, LASTING_PATTERN } from "./duration.ts";
import { nearest } from "./nearest.ts";
import { TIME_OF_DAY_PATTERN } from "./server/policySchema.ts";
import {
  HASH_PATTERN,
  PROVIDER_PATTERN,
  SOURCE_NAME_PATTERN,
  VARIABLE_PATTERN,
} from "./server/watchSchema.ts";
import { SIZE_PATTERN } from "./size.ts";
import type { DocumentPath } from "./yamlDocument.ts";

export interface SchemaProblem {
  readonly path: DocumentPath;
  readonly part: "key" | "value";
  readonly message: string;
  readonly hint?: string;
}

/** `schema` is what `value` was checked against: it tells which keys are known where. What is concealed is not quoted. */
export function describeIssue(
  issue: z.core.$ZodIssue,
  schema: z.ZodType,
  value: Value,
  isConcealed: (path: DocumentPath) => boolean,
): readonly SchemaProblem[] {
  const path = issue.path.map((step) => (typeof step === "number" ? step : String(step)));
  if (issue.code === "unrecognized_keys") {
    const known = keysAt(schema, path);
    return issue.keys.map((key) => unknownKey(path, key, known, isConcealed(path)));
  }
  const where = written(path);
  const found = valueAt(value, path);
  if (found === undefined) {
    const parent = path.slice(0, -1);
    const message = `${written(parent)} has no “${String(path.at(-1))}”`;
    return [{ path: parent, part: "value", message, hint: `Add it: ${expectation(issue)}.` }];
  }
  if (issue.code === "invalid_key") {
    return [
      {
        path,
        part: "key",
        message: `${where} is no valid name`,
        hint: `Expected ${keyExpectation(path)}.`,
      },
    ];
  }
  const expected = typeof found === "bigint" ? "a smaller number" : expectation(issue);
  const shown = isConcealed(path) ? "something else" : kindOf(found);
  return [{ path, part: "value", message: `${where}: expected ${expected}, found ${shown}` }];
}

/** A path as people write it: `stacks[0].name`; the file as a whole is “the file”. */
export function written(path: DocumentPath): string {
  if (path.length === 0) return "the file";
  return path
    .map((step, i) => (typeof step === "number" ? `[${step}]` : i === 0 ? step : `.${step}`))
    .join("");
}

/** `webhook:https://…`, without its space, is a key: what is concealed is quoted only when it is nearly a known one. */
function unknownKey(
  parent: DocumentPath,
  key: string,
  known: readonly string[],
  isHidden: boolean,
): SchemaProblem {
  const meant = nearest(key, known);
  const hint = meant === undefined ? `Known here: ${known.join(", ")}.` : `Did you mean “${meant}”?`;
  const what = isHidden && meant === undefined ? "a key that is not known" : `the unknown key “${key}”`;
  return { path: [...parent, key], part: "key", message: `${written(parent)} has ${what}`, hint };
}

function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return KINDS[issue.expected] ?? issue.expected;
    case "invalid_value":
      return issue.values.map(String).join(" or ");
    case "invalid_union":
      return issue.errors.map(nestedExpectation).join(" or ");
    case "too_small":
      return issue.origin === "string" ? "some text" : `at least ${issue.minimum}`;
    case "too_big":
      return issue.origin === "string" ? `at most ${issue.maximum} characters` : `at most ${issue.maximum}`;
    case "invalid_format":
      if (issue.pattern !== undefined && Object.hasOwn(PATTERN_WORDS, issue.pattern))
        return PATTERN_WORDS[issue.pattern] ?? "";
      return issue.path.at(-1) === "name" ? STACK_NAME : `text like ${issue.pattern}`;
    default:
      return issue.message;
  }
}

const KINDS: Readonly<Record<string, string>> = {
  array: "a list",
  object: "keys and values",
  record: "keys and values",
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
};

/** What texts of a form are for people. */
const PATTERN_WORDS: Readonly<Record<string, string>> = {
  [String(DAYS_PATTERN)]: "days such as 400d",
  [String(DURATION_PATTERN)]: "a duration such as 90s or 5m",
  [String(LASTING_PATTERN)]: "a time such as 30m, 12h or 7d",
  [String(SIZE_PATTERN)]: "a size such as 500MB or 2GiB",
  [String(SOURCE_NAME_PATTERN)]: "a name of letters, digits and . _ - that begins with a letter or digit",
  [String(VARIABLE_PATTERN)]: "the name of an environment variable",
  [String(RULE_ID_PATTERN)]: "an id of small letters, digits and . _ - that begins with a letter or digit",
  [String(EFFECT_PATTERN)]: "raise N, lower N, at least SEVERITY or at most SEVERITY, such as raise 1",
  [String(TIME_OF_DAY_PATTERN)]: "a time of day such as 22:00",
  [String(HASH_PATTERN)]: "a hash as in .terraform.lock.hcl, h1:… or zh:…",
  [String(PROVIDER_PATTERN)]: "a provider such as hashicorp/aws",
};

const STACK_NAME = "a name of letters, digits and . _ / - that begins with a letter or digit";

/** What a name in a map must be, by what holds it. */
function keyExpectation(path: DocumentPath): string {
  if (path.at(-2) === "stacks" || path.at(-2) === "labels")
    return "the name of a label, of 1 to 100 characters";
  if (path.at(-2) === "deadlines") return "a resource type, such as aws_sqs_queue";
  if (path.at(-2) === "providers" && path.at(-3) === "read") return "a provider such as hashicorp/aws";
  if (path.at(-2) === "providers") return "a provider, with its alias if it has one, such as aws or aws.west";
  const what = path.at(-2) === "inputs" ? "a variable" : "an argument";
  return `the name of ${what}: letters, digits, _ and -, beginning with a letter or _`;
}

function nestedExpectation(issues: readonly z.core.$ZodIssue[]): string {
  return issues.map(expectation).join(", ");
}

function kindOf(value: Value): string {
  if (value === null) return "nothing";
  if (isArray(value)) return "a list";
  if (isObject(value)) return "keys and values";
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function valueAt(value: Value, path: DocumentPath): Value | undefined {
  let current: Value | undefined = value;
  for (const step of path) {
    if (isArray(current) && typeof step === "number") current = current[step];
    else if (isObject(current) && Object.hasOwn(current, step)) current = current[step];
    else return undefined;
  }
  return current;
}

/** Keys of the object that the schema wants at a path; of all alternatives, where there are several. */
function keysAt(schema: z.ZodType, path: DocumentPath): readonly string[] {
  let current: readonly z.core.$ZodType[] = [schema];
  for (const step of path) current = current.flatMap((option) => childSchemas(option, step));
  return current.flatMap(alternatives).flatMap((option) => Object.keys(shapeOf(option)));
}

function childSchemas(schema: z.core.$ZodType, step: string | number): readonly z.core.$ZodType[] {
  return alternatives(schema).flatMap((option) => {
    const { def } = option._zod;
    if (def.type === "array") return [(def as z.core.$ZodArrayDef).element];
    if (def.type === "record") return [(def as z.core.$ZodRecordDef).valueType];
    const found = shapeOf(option)[step];
    return found === undefined ? [] : [found];
  });
}

function alternatives(schema: z.core.$ZodType): readonly z.core.$ZodType[] {
  const { def } = schema._zod;
  if (def.type === "optional") return alternatives((def as z.core.$ZodOptionalDef).innerType);
  if (def.type === "union") return (def as z.core.$ZodUnionDef).options.flatMap(alternatives);
  return [schema];
}

function shapeOf(schema: z.core.$ZodType): Readonly<Record<string, z.core.$ZodType>> {
  const { def } = schema._zod;
  return def.type === "object" ? (def as z.core.$ZodObjectDef).shape : {};
}
