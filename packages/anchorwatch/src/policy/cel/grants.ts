/**
 * What policies of AWS grant, in one form: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html. They can be
 * written in many ways, and whoever opens a door chooses the one that a simple comparison does not see.
 */
import { matchesGlob, parseGlob } from "../../compare/glob.ts";
import type { JsonObject, JsonValue } from "../../domain/jsonValue.ts";
import type { Budget } from "./budget.ts";
import { CelFailure } from "./failure.ts";
import { cidrSize, isPublicCidr } from "./network.ts";

/** One statement that allows. What an “everything but” leaves is taken for everything. */
interface Grant {
  /** ARNs, services, identity providers; `*` for everybody. Where a condition names accounts or ARNs, these. Empty: the policy belongs to somebody. */
  readonly principals: readonly string[];
  /** In small letters: AWS knows no difference. `?` is told as `*`, which `wildcard` understands. */
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** A condition lets in only whom it names. */
  readonly isNarrowed: boolean;
  /** As written. */
  readonly condition: JsonObject;
}

/** What the second policy allows and the first did not. An empty text is a policy that allows nothing. @throws CelFailure */
export function addedGrants(before: string, now: string, budget: Budget): readonly Grant[] {
  const known = grantsOf(before, budget);
  return grantsOf(now, budget)
    .filter((grant) => !known.some((other) => covers(other, grant, budget)))
    .map((grant) => ({ ...grant, actions: grant.actions.map(widened) }));
}

/** `iam:p?ssrole` allows what `iam:passrole` does. Only of what is new: what was there is not taken for more than it said. */
function widened(action: string): string {
  return everything(action.replace(/[*?]+/g, "*"));
}

function grantsOf(text: string, budget: Budget): readonly Grant[] {
  if (text === "") return [];
  budget.takeFor(text.length * 4);
  return listOf(objectOf(parsed(text))["Statement"])
    .map(objectOf)
    .filter(({ Effect: effect }) => effect === "Allow")
    .map(grantOf);
}

function parsed(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch (error) {
    if (error instanceof SyntaxError) throw new CelFailure("the policy is no JSON");
    throw error;
  }
}

function grantOf(statement: JsonObject): Grant {
  const condition = objectOf(statement["Condition"]);
  return {
    principals: whoIsMeant(principalsOf(statement), condition),
    actions: (has(statement, "NotAction") ? ["*"] : textsOf(statement["Action"])).map((action) =>
      everything(action.toLowerCase()),
    ),
    resources: has(statement, "NotResource") ? ["*"] : textsOf(statement["Resource"]).map(everything),
    isNarrowed: Object.entries(condition).some(([operator, keys]) => narrows(operator, objectOf(keys))),
    condition,
  };
}

/** An account's number stands for its root, as AWS itself writes it. */
function principalsOf(statement: JsonObject): readonly string[] {
  if (has(statement, "NotPrincipal")) return ["*"];
  const principal = statement["Principal"];
  if (principal === "*") return ["*"];
  return Object.values(objectOf(principal)).flatMap(textsOf).map(accountOrArn);
}

function accountOrArn(text: string): string {
  return /^[0-9]{12}$/.test(text) ? `arn:aws:iam::${text}:root` : text;
}

/** `**` and `*:*` say the same as `*`. */
function everything(text: string): string {
  return /^[*:?]*\*[*:?]*$/.test(text) ? "*" : text;
}

/** Keys whose values are accounts or ARNs of who calls. In small letters. */
const NAMING = new Set([
  "aws:principalaccount",
  "aws:principalarn",
  "aws:sourceaccount",
  "aws:sourceowner",
  "kms:calleraccount",
]);

/** Keys by which a caller, or where he calls from, is narrowed down. In small letters. */
const NARROWING = new Set([
  ...NAMING,
  "aws:principalorgid",
  "aws:principalorgpaths",
  "aws:sourcearn",
  "aws:sourceip",
  "aws:sourceorgid",
  "aws:sourcevpc",
  "aws:sourcevpce",
  "aws:userid",
  "aws:vpcsourceip",
]);

/** “Everybody of account 999999999999” is that account, and no more hidden than if it were named as the principal. */
function whoIsMeant(principals: readonly string[], condition: JsonObject): readonly string[] {
  if (!principals.includes("*")) return principals;
  const named = Object.entries(condition).flatMap(([operator, keys]) =>
    Object.entries(objectOf(keys))
      .filter(([key, value]) => NAMING.has(key.toLowerCase()) && narrowsBy(operator, value))
      .flatMap(([, value]) => textsOf(value).map(accountOrArn)),
  );
  return named.length === 0 ? principals : named;
}

function narrows(operator: string, keys: JsonObject): boolean {
  return Object.entries(keys).some(
    ([key, value]) => NARROWING.has(key.toLowerCase()) && narrowsBy(operator, value),
  );
}

/** “Not …” leaves all others; “… if it exists” and “for all values” let in whoever does not say. */
function narrowsBy(operator: string, value: JsonValue | undefined): boolean {
  if (/Not|IfExists$|^Null$|^ForAllValues:/i.test(operator)) return false;
  return textsOf(value).every((text) => !meansAnybody(text));
}

/** Also a pattern of accounts, and half of the Internet. */
function meansAnybody(text: string): boolean {
  if (isPublicCidr(text) && cidrSize(text) > MOST_ADDRESSES) return true;
  const [arn, ...parts] = text.split(":");
  if (arn !== "arn") return /^[^:/]*[*?]/.test(text);
  const [, , , account = "", resource = ""] = parts;
  if (parts.length < 5) return /[*?]/.test(text);
  return /[*?]/.test(account) || (account === "" && everything(resource) === "*");
}

/** Of a block that a company may have. */
const MOST_ADDRESSES = 65_536n;

function covers(known: Grant, grant: Grant, budget: Budget): boolean {
  budget.take(1 + grant.principals.length * known.principals.length);
  return (
    grant.principals.every((one) => known.principals.includes("*") || known.principals.includes(one)) &&
    grant.actions.every((one) => fitsAny(one, known.actions, budget)) &&
    grant.resources.every((one) => fitsAny(one, known.resources, budget)) &&
    (Object.keys(known.condition).length === 0 || isSameCondition(known, grant, budget))
  );
}

/** Each is written once, however many others it is compared with. */
const written = new WeakMap<JsonObject, string>();

function isSameCondition(known: Grant, grant: Grant, budget: Budget): boolean {
  const [one, other] = [textOfCondition(known, budget), textOfCondition(grant, budget)];
  if (one.length === other.length) budget.takeFor(one.length);
  return one === other;
}

function textOfCondition({ condition }: Grant, budget: Budget): string {
  const text = written.get(condition) ?? JSON.stringify(condition);
  if (!written.has(condition)) budget.takeFor(text.length * 4);
  written.set(condition, text);
  return text;
}

/** A pattern is no text that a narrower one could fit by accident: its stars stand for at least what they say. */
function fitsAny(text: string, patterns: readonly string[], budget: Budget): boolean {
  return patterns.some((pattern) => {
    budget.take(1);
    budget.takeFor((text.length + pattern.length) * 4);
    return pattern === text || matchesGlob(parseGlob(pattern), text);
  });
}

function has(statement: JsonObject, name: string): boolean {
  return Object.hasOwn(statement, name);
}

function textsOf(value: JsonValue | undefined): readonly string[] {
  return listOf(value).map((item) => (typeof item === "string" ? item : String(item)));
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

function objectOf(value: JsonValue | undefined): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return {};
  return value as JsonObject;
}
