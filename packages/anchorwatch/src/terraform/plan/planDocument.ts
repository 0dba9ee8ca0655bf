/** The JSON of a plan, as far as it is needed, or why it is none. */
import { parseJsonDocument } from "../../compare/json.ts";
import { AnchorwatchError, messageOf } from "../../domain/errors.ts";
import { isArray, isObject, type Value, type ValueObject } from "../../domain/value.ts";

export interface PlanDocument {
  readonly changes: readonly ValueObject[];
  /** What Terraform saw changed outside of it. */
  readonly drift: readonly ValueObject[];
  /** Values of variables that are secret. */
  readonly secrets: readonly string[];
}

/** Forms that say which values are secret: since Terraform 1.0, and OpenTofu. */
const VERSIONS = /^(?:0\.2|1\.[0-9]+)$/;
const MAKE_ONE = "Make one: terraform plan -out=PLAN, then terraform show -json PLAN.";

/** @throws AnchorwatchError `gate_plan_invalid`, `gate_plan_incomplete` */
export function planDocument(text: string, name: string): PlanDocument {
  const document = parseJsonDocument(text);
  if (!isObject(document)) throw notJson(text, name);
  const version = textOf(document["format_version"]);
  if (version === undefined || !isObject(document["planned_values"])) throw otherDocument(document, name);
  if (!VERSIONS.test(version)) {
    throw invalidPlan(
      name,
      `its form is ${JSON.stringify(version.slice(0, 20))}, and only 1.x is known`,
      "Use Terraform 1.0 or newer, or OpenTofu.",
    );
  }
  assertComplete(document, name);
  if ((document["resource_changes"] ?? null) === null && hasResources(document["planned_values"]))
    throw invalidPlan(name, "it has resources and no resource_changes: a part of it was left out");
  return {
    changes: objectsIn(document["resource_changes"], name, "resource_changes"),
    drift: objectsIn(document["resource_drift"], name, "resource_drift"),
    secrets: secretVariables(document),
  };
}

export function textOf(value: Value | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

export function invalidPlan(name: string, why: string, hint = MAKE_ONE): AnchorwatchError {
  return new AnchorwatchError("gate_plan_invalid", `${name} is no plan that can be judged: ${why}`, {
    hint,
    location: { file: name },
  });
}

/** Of what stays as it is, there is a change that says so. */
function hasResources(planned: Value | undefined): boolean {
  const root = isObject(planned) ? planned["root_module"] : undefined;
  return isObject(root) && (root["resources"] !== undefined || root["child_modules"] !== undefined);
}

/** What `terraform plan -out=PLAN` wrote. */
export function binaryPlan(name: string): AnchorwatchError {
  return invalidPlan(
    name,
    "it is the plan itself, not its JSON",
    `Give what Terraform says of it: terraform show -json ${/^[\w./-]+$/.test(name) ? name : "PLAN"} | anchorwatch gate --plan -`,
  );
}

function objectsIn(value: Value | undefined, name: string, member: string): readonly ValueObject[] {
  if (value === undefined || value === null) return [];
  if (isArray(value) && value.every(isObject)) return value as readonly ValueObject[];
  throw invalidPlan(name, `${member} is no list of changes`);
}

/** A plan that ended in an error, or leaves a part for later, does not say what a deployment would change. */
function assertComplete(document: ValueObject, name: string): void {
  const why =
    document["errored"] === true
      ? "planning ended with an error"
      : isArray(document["deferred_changes"]) && document["deferred_changes"].length > 0
        ? "it leaves changes for a later plan"
        : undefined;
  if (why === undefined) return;
  throw new AnchorwatchError("gate_plan_incomplete", `${name} does not say all that would change: ${why}`, {
    hint: "Correct what keeps Terraform from planning everything, and plan again.",
    location: { file: name },
  });
}

function secretVariables(document: ValueObject): readonly string[] {
  const { configuration, variables } = document;
  const root = isObject(configuration) ? configuration["root_module"] : undefined;
  const declared = isObject(root) ? root["variables"] : undefined;
  if (!isObject(declared) || !isObject(variables)) return [];
  return Object.entries(declared).flatMap(([name, about]) => {
    if (!isObject(about) || about["sensitive"] !== true) return [];
    const given = variables[name];
    return isObject(given) ? textsIn(given["value"]) : [];
  });
}

function textsIn(value: Value | undefined): readonly string[] {
  if (typeof value === "string") return [value];
  if (isArray(value)) return value.flatMap(textsIn);
  return isObject(value) ? Object.values(value).flatMap(textsIn) : [];
}

function notJson(text: string, name: string): AnchorwatchError {
  if (text.startsWith("PK")) return binaryPlan(name);
  if (/^\s*\{"@level"/.test(text))
    return invalidPlan(name, "it is what terraform plan -json says while it works");
  if (text.trim() === "") return invalidPlan(name, "it is empty");
  try {
    JSON.parse(text);
    return invalidPlan(name, "it is no JSON object, or nested too deeply");
  } catch (error) {
    // What the parser says quotes the text, and a plan holds secrets.
    const [where = "", position] =
      / at position ([0-9]+)(?: \(line [0-9]+ column [0-9]+\))?/.exec(messageOf(error)) ?? [];
    const isCut = position === undefined || Number(position) >= text.trimEnd().length;
    return invalidPlan(
      name,
      isCut && /^\s*\{/.test(text) ? "it ends in the middle" : `it is no JSON${where}`,
    );
  }
}

function otherDocument(document: ValueObject, name: string): AnchorwatchError {
  if (document["Changes"] !== undefined)
    return invalidPlan(name, "it is a change set of CloudFormation", "Give it with --change-set.");
  if (document["values"] !== undefined || document["lineage"] !== undefined)
    return invalidPlan(name, "it is a state");
  return invalidPlan(name, "it has no format_version and planned_values");
}
