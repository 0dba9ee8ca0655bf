/**
 * `terraform show -json PLAN`: what a deployment would change. The file is somebody's: nothing of it is trusted, and its secrets are masked
 * before anybody sees a value.
 * @see https://developer.hashicorp.com/terraform/internals/json-format
 */

import { inferredShape } from "../../compare/inferredShape.ts";
import { maskChange, maskWhole } from "../../compare/mask.ts";
import { plannedDifferences } from "../../compare/plannedDifferences.ts";
import { collectSecrets, createScrubber } from "../../compare/secrets.ts";
import {
  compileSensitiveRules,
  type SensitiveRule,
  type Sensitivity,
  sensitivityOf,
} from "../../compare/sensitivity.ts";
import { encodeValue, type JsonObject } from "../../domain/jsonValue.ts";
import { formatPath } from "../../domain/path.ts";
import type {
  DeploymentPlan,
  PlannedAction,
  PlannedChange,
  PlannedUndoing,
} from "../../domain/plannedChange.ts";
import { isArray, isObject, objectOf, type Value, type ValueObject } from "../../domain/value.ts";
import { scrubChange, scrubValue } from "../read/scrub.ts";
import { markedPaths, withNotKnown } from "./marks.ts";
import { invalidPlan, planDocument, textOf } from "./planDocument.ts";

/**
 * @param name how the file is called in messages
 * @param rules of the repository: what is secret beyond what the plan says
 * @throws AnchorwatchError `gate_plan_invalid`, `gate_plan_incomplete`
 */
export function readTerraformPlan(
  text: string,
  name: string,
  rules: readonly SensitiveRule[] = [],
): DeploymentPlan {
  const document = planDocument(text, name);
  const compiled = compileSensitiveRules(rules);
  const found = document.changes.map((change) => rawChange(change, name));
  const drifted = document.drift.map((change) => rawChange(change, name));
  const secrets = createScrubber(document.secrets);
  const read = found.map((raw) => ({ raw, sensitivity: sensitivity(raw, compiled) }));
  for (const { raw, sensitivity: its } of read)
    for (const side of [raw.before, raw.after]) secrets.add(collectSecrets(side, its));
  return {
    engine: "terraform",
    name,
    changes: read.flatMap(({ raw, sensitivity: its }) => plannedChange(raw, its, secrets.scrub)),
    undoing: undoingOf(found, drifted),
  };
}

interface RawChange {
  readonly about: ValueObject;
  readonly change: ValueObject;
  readonly actions: readonly string[];
  readonly before: Value;
  readonly after: Value;
}

function rawChange(about: ValueObject, name: string): RawChange {
  const change = isObject(about["change"]) ? about["change"] : objectOf([]);
  const actions = isArray(change["actions"])
    ? change["actions"].filter((one) => typeof one === "string")
    : [];
  const before = change["before"] ?? null;
  const after = withNotKnown(change["after"] ?? null, change["after_unknown"]);
  assertSensible(about, change, actions, name);
  return { about, change, actions, before, after };
}

/** What does not say where its secrets are could show them. */
function assertSensible(
  about: ValueObject,
  change: ValueObject,
  actions: readonly string[],
  name: string,
): void {
  const address = textOf(about["address"]);
  const problem =
    address === undefined || textOf(about["type"]) === undefined
      ? "a change has no address or no type"
      : actions.length === 0
        ? `the change of ${address} has no actions`
        : change["before_sensitive"] === undefined || change["after_sensitive"] === undefined
          ? `the change of ${address} does not say which of its values are secret`
          : undefined;
  if (problem !== undefined) throw invalidPlan(name, problem);
}

function sensitivity(
  { about, change, before, after }: RawChange,
  rules: ReturnType<typeof compileSensitiveRules>,
): Sensitivity {
  const marked = [...markedPaths(change["before_sensitive"]), ...markedPaths(change["after_sensitive"])];
  const shape = inferredShape([before, after], "list");
  // The whole of it is marked: then each of its attributes is.
  const paths = marked.some((path) => path.length === 0)
    ? [...shape.attributes.keys()].map((key) => [key])
    : marked;
  return sensitivityOf({ type: textOf(about["type"]) ?? "", shape, paths }, rules);
}

function plannedChange(
  { about, change, actions, before, after }: RawChange,
  its: Sensitivity,
  scrub: (text: string) => string,
): readonly PlannedChange[] {
  const action = actionOf(actions, change);
  const previousAddress = textOf(about["previous_address"]);
  if (about["mode"] === "data" || action === undefined) return [];
  const deposed = textOf(about["deposed"]);
  const importing = isObject(change["importing"]) ? textOf(change["importing"]["id"]) : undefined;
  const known = isObject(after) ? withoutUnknownAttributes(before, change) : before;
  const differences = action === "delete" || action === "forget" ? [] : plannedDifferences(known, after);
  return [
    {
      address: scrub(textOf(about["address"]) ?? ""),
      ...(previousAddress === undefined ? {} : { previousAddress: scrub(previousAddress) }),
      type: textOf(about["type"]) ?? "",
      provider: textOf(about["provider_name"]) ?? "",
      id: scrub(idOf(before) ?? importing ?? ""),
      ...(deposed === undefined ? {} : { deposed }),
      action,
      before: shown(before, its, scrub),
      after: shown(after, its, scrub),
      changes: withoutRepetition(
        differences.map((difference) => scrubChange(maskChange(difference, its), scrub)),
      ),
      notKnown:
        action === "delete" || action === "forget"
          ? []
          : markedPaths(change["after_unknown"]).map(formatPath),
    },
  ];
}

/** What will be something else is no removal: it is among what is not known. */
function withoutUnknownAttributes(before: Value, change: ValueObject): Value {
  const marks = change["after_unknown"];
  if (!isObject(before) || !isObject(marks)) return before;
  return objectOf(Object.entries(before).filter(([name]) => marks[name] !== true));
}

const ACTIONS: Readonly<Record<string, PlannedAction>> = {
  create: "create",
  update: "update",
  delete: "delete",
  forget: "forget",
  "delete,create": "replace",
  "create,delete": "replace",
  "create,forget": "replace",
};

/** Undefined: nothing would change. Actions that a later Terraform invents count as changes: rather too much than nothing. */
function actionOf(actions: readonly string[], change: ValueObject): PlannedAction | undefined {
  const text = actions.join(",");
  if (text === "no-op") return isObject(change["importing"]) ? "adopt" : undefined;
  return text === "read" || text === "open" ? undefined : (ACTIONS[text] ?? "update");
}

function shown(value: Value, its: Sensitivity, scrub: (text: string) => string): JsonObject {
  if (!isObject(value)) return {};
  return encodeValue(scrubValue(maskWhole(value, its), scrub), []).json as JsonObject;
}

function idOf(before: Value): string | undefined {
  return isObject(before) ? textOf(before["id"]) : undefined;
}

/** Several changes inside one secret look the same once they are masked. */
function withoutRepetition(changes: readonly PlannedChange["changes"][number][]): PlannedChange["changes"] {
  const seen = new Set<string>();
  return changes.filter((change) => {
    if (change.sensitive !== true) return true;
    const key = formatPath(change.path);
    return seen.size !== seen.add(key).size;
  });
}

/**
 * Where Terraform saw that somebody changed an attribute, and this plan changes the same one: it would be put back.
 * Other drift that it saw is left to a check, which knows what is drift and what is another spelling.
 */
function undoingOf(found: readonly RawChange[], drifted: readonly RawChange[]): readonly PlannedUndoing[] {
  const planned = new Map(found.map((raw) => [textOf(raw.about["address"]), raw]));
  return drifted.flatMap(({ about, actions, before, after }) => {
    const address = textOf(about["address"]) ?? "";
    const raw = planned.get(address);
    if (raw === undefined || raw.actions.join() === "no-op") return [];
    if (actions.includes("delete")) return [{ address, attributes: [] }];
    const outside = attributesOf(before, after);
    const own = new Set(attributesOf(raw.before, raw.after));
    const both = outside.filter((name) => own.has(name) || !isObject(raw.after));
    return both.length === 0 ? [] : [{ address, attributes: both }];
  });
}

function attributesOf(before: Value, after: Value): readonly string[] {
  const names = plannedDifferences(before, after).map(({ path: [first] }) => String(first));
  return [...new Set(names)];
}
