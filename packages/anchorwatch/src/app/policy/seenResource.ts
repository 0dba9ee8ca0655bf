/** From what a check says of a resource to what it is classified from. */
import { MASK } from "../../compare/mask.ts";
import type { Change, ResourceResult } from "../../domain/check.ts";
import { encodeValue, type JsonValue } from "../../domain/jsonValue.ts";
import { formatPath } from "../../domain/path.ts";
import type { Value } from "../../domain/value.ts";
import type { ChangeFacts } from "../../policy/facts.ts";
import { NOTHING_KNOWN, type WholeValues } from "../../terraform/read/whole.ts";
import type { SeenResource } from "../../watch/seenResource.ts";

/** More than these say nothing more to anybody. */
const MOST_CHANGES = 2000;
/** Bytes, as JSON, that all changes may take. */
const ROOM = 1024 * 1024;

/**
 * What is ignored is left out.
 * @param whole undefined: nothing is known but the changes
 */
export function seenResource(
  { changes = [] }: Pick<ResourceResult, "changes">,
  whole: WholeValues = NOTHING_KNOWN,
): SeenResource {
  const told = changes.filter(({ informational, ignoredBy }) => !informational && ignoredBy === undefined);
  return seenOf(told, whole);
}

/** Of these changes alone, also those that are ignored, as if they were not. */
export function seenDespite(changes: readonly Change[], whole: WholeValues): SeenResource {
  return seenOf(changes, whole);
}

function seenOf(changes: readonly Change[], { recorded, live, isCut }: WholeValues): SeenResource {
  const facts: ChangeFacts[] = [];
  let room = ROOM;
  for (const change of changes.slice(0, MOST_CHANGES)) {
    const fact = changeFacts(change);
    room -= Buffer.byteLength(JSON.stringify(fact));
    if (room < 0) break;
    facts.push(fact);
  }
  return { recorded, live, isCut: isCut || facts.length < changes.length, changes: facts };
}

function changeFacts(change: Change): ChangeFacts {
  const { path, op, element, settable, sensitive } = change;
  const [attribute] = path;
  return {
    path: formatPath(path),
    attribute: typeof attribute === "string" ? attribute : "",
    op,
    ...valuesOf(change),
    ...(element === undefined ? {} : { element: json(element) }),
    sensitive: sensitive === true,
    settable,
    ignored: change.ignoredBy !== undefined || change.toldDespite !== undefined,
    ...(sensitive === true && change.toldDespite !== undefined ? { hidesCritical: true as const } : {}),
  };
}

function valuesOf({ op, sensitive, recorded, live }: Change): Pick<ChangeFacts, "recorded" | "live"> {
  if (sensitive === true)
    return { ...(op === "add" ? {} : { recorded: MASK }), ...(op === "remove" ? {} : { live: MASK }) };
  return {
    ...(recorded === undefined ? {} : { recorded: json(recorded) }),
    ...(live === undefined ? {} : { live: json(live) }),
  };
}

function json(value: Value): JsonValue {
  return encodeValue(value, []).json;
}
