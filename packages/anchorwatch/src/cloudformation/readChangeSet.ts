/**
 * `aws cloudformation describe-change-set --include-property-values`: what a deployment would change. Its values are masked here.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeChangeSet.html
 */
import { parseJsonDocument } from "../compare/json.ts";
import { MASK } from "../compare/mask.ts";
import { plannedDifferences } from "../compare/plannedDifferences.ts";
import { createScrubber } from "../compare/secrets.ts";
import type { Change } from "../domain/check.ts";
import { AnchorwatchError } from "../domain/errors.ts";
import { encodeValue, type JsonObject } from "../domain/jsonValue.ts";
import { formatPath, type Path } from "../domain/path.ts";
import {
  type DeploymentPlan,
  NOT_KNOWN,
  type PlannedAction,
  type PlannedChange,
  type PlannedUndoing,
} from "../domain/plannedChange.ts";
import { isArray, isObject, objectOf, type Value, type ValueObject } from "../domain/value.ts";

/** @param name how the file is called in messages. @throws AnchorwatchError `gate_plan_invalid`, `gate_plan_incomplete` */
export function readChangeSet(text: string, name: string): DeploymentPlan {
  const document = parseJsonDocument(text);
  if (!isObject(document) || !isArray(document["Changes"])) throw invalid(name, "it has no list of Changes");
  assertWhole(document, name);
  const secrets = createScrubber();
  const raw = document["Changes"].flatMap((change) => resourceChange(change, name));
  assertValued(raw, name);
  for (const { before, after } of raw) for (const side of [before, after]) secrets.add(secretsIn(side));
  return {
    engine: "cloudformation",
    name,
    changes: raw.map((change) => plannedChange(change, secrets.scrub)),
    undoing: raw.flatMap((change) => undoingOf(change, secrets.scrub)),
  };
}

/** A part of it, or one that CloudFormation could not make, does not say what a deployment would change. */
function assertWhole(document: ValueObject, name: string): void {
  const status = textOf(document["Status"]);
  const reason = textOf(document["StatusReason"]) ?? "";
  const isEmpty = status === "FAILED" && /didn't contain changes|No updates are to be performed/.test(reason);
  const why =
    textOf(document["NextToken"]) !== undefined
      ? "it is one page of several"
      : status !== undefined && status !== "CREATE_COMPLETE" && !isEmpty
        ? `its status is ${status}`
        : undefined;
  if (why !== undefined)
    throw incomplete(
      name,
      why,
      "Wait until it is CREATE_COMPLETE, and join all its pages: the AWS CLI does so by itself.",
    );
}

/** Names of properties alone would pass every rule about their values. */
function assertValued(raw: readonly RawChange[], name: string): void {
  const valued = raw.filter(({ action }) => action !== "delete" && action !== "forget" && action !== "adopt");
  if (valued.length === 0 || valued.some(({ isValued }) => isValued)) return;
  throw incomplete(
    name,
    "it was described without property values",
    "Describe it with: aws cloudformation describe-change-set --include-property-values",
  );
}

function incomplete(name: string, why: string, hint: string): AnchorwatchError {
  return new AnchorwatchError("gate_plan_incomplete", `${name} does not say all that would change: ${why}`, {
    hint,
    location: { file: name },
  });
}

interface RawChange {
  readonly about: ValueObject;
  readonly action: PlannedAction;
  readonly before: ValueObject;
  readonly after: ValueObject;
  /** Whether it says what would be there. */
  readonly isValued: boolean;
}

const ACTIONS: Readonly<Record<string, PlannedAction>> = {
  Add: "create",
  Modify: "update",
  Remove: "delete",
  Import: "adopt",
  // Of a change set that looks at drift: what is there stays, and the stack takes it in.
  SyncWithActual: "adopt",
};

function resourceChange(change: Value, name: string): readonly RawChange[] {
  const about = isObject(change) ? change["ResourceChange"] : undefined;
  // Hooks are listed beside resources.
  if (!isObject(about)) return [];
  if (textOf(about["LogicalResourceId"]) === undefined || textOf(about["ResourceType"]) === undefined)
    throw invalid(name, "a change has no LogicalResourceId or no ResourceType");
  const named = textOf(about["Action"]) ?? "";
  const isReplaced = about["Replacement"] === "True" || about["Replacement"] === "Conditional";
  const action = named === "Modify" && isReplaced ? "replace" : (ACTIONS[named] ?? "update");
  const kept = named === "Remove" && about["PolicyAction"] === "Retain" ? "forget" : action;
  const sides = { before: contextOf(about["BeforeContext"]), after: contextOf(about["AfterContext"]) };
  const isValued = textOf(about["AfterContext"]) !== undefined;
  const hasContext = isValued || about["BeforeContext"] !== undefined;
  return [{ about, action: kept, isValued, ...(hasContext ? sides : sidesOfDetails(about)) }];
}

/** Change sets that look at drift say what somebody changed, and what this would put back. */
function undoingOf({ about, action }: RawChange, scrub: (text: string) => string): readonly PlannedUndoing[] {
  const status = textOf(about["ResourceDriftStatus"]);
  if (action === "adopt" || (status !== "MODIFIED" && status !== "DELETED")) return [];
  const drifted = targetsOf(about).flatMap((target) => {
    const changed = target["Drift"] === undefined ? undefined : textOf(target["Name"]);
    return changed === undefined ? [] : [changed];
  });
  return [
    { address: addressOf(about, scrub), attributes: status === "DELETED" ? [] : [...new Set(drifted)] },
  ];
}

/** JSON in a text: `{"Properties": {…}}`. */
function contextOf(text: Value | undefined): ValueObject {
  const document = typeof text === "string" ? parseJsonDocument(text) : undefined;
  const properties = isObject(document) ? document["Properties"] : undefined;
  return isObject(properties) ? properties : objectOf([]);
}

/** Without property values only their names are there. */
function sidesOfDetails(about: ValueObject): Pick<RawChange, "before" | "after"> {
  const targets = targetsOf(about);
  const side = (member: string) =>
    objectOf(
      targets.flatMap((target): (readonly [string, Value])[] => {
        const name = textOf(target["Name"]);
        return target["Attribute"] !== "Properties" || name === undefined
          ? []
          : [[name, target[member] ?? (member === "AfterValue" ? NOT_KNOWN_HERE : null)]];
      }),
    );
  return { before: side("BeforeValue"), after: side("AfterValue") };
}

function targetsOf(about: ValueObject): readonly ValueObject[] {
  const details = isArray(about["Details"]) ? about["Details"] : [];
  return details.flatMap((detail) =>
    isObject(detail) && isObject(detail["Target"]) ? [detail["Target"]] : [],
  );
}

/** CloudFormation's own words. */
const NOT_KNOWN_HERE = "{{changeSet:KNOWN_AFTER_APPLY}}";

function plannedChange(
  { about, action, before, after, isValued }: RawChange,
  scrub: (text: string) => string,
): PlannedChange {
  const gone = action === "delete" || action === "forget";
  const notKnown: Path[] = [];
  const known = gone ? objectOf([]) : withNotKnown(after, [], notKnown);
  const hidden = new Set(notKnown.filter(({ length }) => length === 1).map(([first]) => String(first)));
  const comparable = objectOf(Object.entries(before).filter(([key]) => !hidden.has(key)));
  const shown = (value: Value) => encodeValue(masked(value, "", scrub), []).json as JsonObject;
  // A nested stack has a change set of its own, which is judged by itself.
  const isUnseen = !gone && action !== "adopt" && (!isValued || textOf(about["ChangeSetId"]) !== undefined);
  return {
    address: addressOf(about, scrub),
    type: textOf(about["ResourceType"]) ?? "",
    provider: "cloudformation",
    id: scrub(textOf(about["PhysicalResourceId"]) ?? ""),
    action,
    before: shown(before),
    after: shown(known),
    changes: gone ? [] : differences(comparable, known, scrub),
    notKnown: [...notKnown.map(formatPath), ...(isUnseen ? ["Properties"] : [])],
  };
}

function addressOf(about: ValueObject, scrub: (text: string) => string): string {
  const module = isObject(about["ModuleInfo"])
    ? textOf(about["ModuleInfo"]["LogicalIdHierarchy"])
    : undefined;
  const id = textOf(about["LogicalResourceId"]) ?? "";
  return scrub(module === undefined ? id : `${module}/${id}`);
}

function differences(before: Value, after: Value, scrub: (text: string) => string): readonly Change[] {
  return plannedDifferences(masked(before, "", scrub), masked(after, "", scrub));
}

/** Whole properties that are not known are left out; in the middle of one the words stay. */
function withNotKnown(value: Value, path: Path, into: Path[]): Value {
  if (typeof value === "string" && value.includes(NOT_KNOWN_HERE)) {
    into.push(path);
    return NOT_KNOWN;
  }
  if (isArray(value)) return value.map((element, index) => withNotKnown(element, [...path, index], into));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(
    ([key, member]) => [key, withNotKnown(member, [...path, key], into)] as const,
  );
  return objectOf(path.length > 0 ? entries : entries.filter(([, member]) => member !== NOT_KNOWN));
}

/** CloudFormation does not say what is secret. Parameters with NoEcho are `****` already; what a template has in clear text is known by its name. */
const SECRET_NAME =
  /pass(?:word|phrase)|secret(?!.*(?:arn|id|name)$)|token|private_?key|credential|api_?key/i;

function masked(value: Value, key: string, scrub: (text: string) => string): Value {
  if (typeof value === "string") return isSecretText(key, value) ? MASK : scrub(value);
  if (isArray(value)) return value.map((element) => masked(element, key, scrub));
  if (!isObject(value)) return value;
  return objectOf(Object.entries(value).map(([name, member]) => [scrub(name), masked(member, name, scrub)]));
}

/** A reference says where a secret is, and is none. */
function isSecretText(key: string, value: string): boolean {
  return (
    SECRET_NAME.test(key) && value !== "" && !value.startsWith("{{resolve:") && !value.startsWith("arn:")
  );
}

function secretsIn(value: Value, key = ""): readonly string[] {
  if (typeof value === "string") return isSecretText(key, value) ? [value] : [];
  if (isArray(value)) return value.flatMap((element) => secretsIn(element, key));
  return isObject(value) ? Object.entries(value).flatMap(([name, member]) => secretsIn(member, name)) : [];
}

function textOf(value: Value | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function invalid(name: string, why: string): AnchorwatchError {
  return new AnchorwatchError("gate_plan_invalid", `${name} is no change set that can be judged: ${why}`, {
    hint: "Make one: aws cloudformation describe-change-set --change-set-name NAME --stack-name STACK --include-property-values > changes.json",
    location: { file: name },
  });
}
