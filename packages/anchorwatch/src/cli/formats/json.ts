/**
 * The contract for programs, `anchorwatch.check/v1`.
 * @see docs/check-format.md and docs/schema/check-v1.schema.json
 */
import type {
  Change,
  CheckResult,
  DeclaredChange,
  PendingChange,
  ResourceResult,
} from "../../domain/check.ts";
import type { Classification } from "../../domain/classification.ts";
import type { Warning } from "../../domain/errors.ts";
import { escapeJson } from "../../domain/escape.ts";
import { encodeValues, type JsonObject, type JsonValue } from "../../domain/jsonValue.ts";
import { sorted } from "./words.ts";

/** `all`: in-sync resources and informational changes too. Ends with a line break. */
export function renderJson(result: CheckResult, options: { readonly all: boolean }): string {
  const resources = sorted(result.resources).filter(({ verdict }) => options.all || verdict !== "in_sync");
  const document = {
    schema: "anchorwatch.check/v1",
    stack: { ...result.stack },
    startedAt: result.startedAt.toISOString(),
    finishedAt: result.finishedAt.toISOString(),
    trigger: result.trigger,
    coverage: { ...result.coverage },
    resources: resources.map((resource) => encodeResource(resource, options.all)),
    pending: result.pending.map(encodePending),
    identities: result.identities.map((identity) => ({ ...identity })),
    warnings: result.warnings.map(encodeWarning),
  };
  return `${escapeJson(JSON.stringify(document, null, 2))}\n`;
}

function encodeResource(resource: ResourceResult, all: boolean): JsonObject {
  const { address, changes, ...rest } = resource;
  const shown = changes?.filter((change) => all || change.informational !== true);
  return {
    // An unmanaged resource has no address: provider, type and import id are its identity.
    ...(resource.verdict === "unmanaged" || address === "" ? {} : { address }),
    type: rest.type,
    provider: rest.provider,
    id: rest.id,
    deposed: rest.deposed,
    verdict: rest.verdict,
    reason: rest.reason && { ...rest.reason },
    source: rest.source && { ...rest.source },
    changes: shown?.map(encodeChange),
    classification: rest.classification && encodeClassification(rest.classification),
  };
}

function encodeClassification({ againAt, ...said }: Classification): JsonValue {
  return {
    ...said,
    ...(againAt === undefined ? {} : { againAt: againAt.toISOString() }),
  } as unknown as JsonValue;
}

function encodeChange(change: Change): JsonValue {
  const { path, op, settable } = change;
  const flags = {
    ...(change.informational === true ? { informational: true } : {}),
    ...(change.ignoredBy === undefined ? {} : { ignoredBy: change.ignoredBy }),
    ...(change.toldDespite === undefined ? {} : { toldDespite: change.toldDespite }),
  };
  // No value of a sensitive change goes out, whatever the change carries.
  if (change.sensitive === true)
    return { path: [...path], op, sensitive: true, settable, ...flags } as JsonValue;
  const { recorded, live, element, recordedJson, liveJson } = change;
  const texts = {
    ...(recordedJson === undefined ? {} : { recordedJson }),
    ...(liveJson === undefined ? {} : { liveJson }),
  };
  return {
    path: [...path],
    op,
    ...encodeValues({ recorded, live, element }),
    ...texts,
    settable,
    ...flags,
  } as JsonValue;
}

function encodePending(pending: PendingChange): JsonObject {
  const { address, action, source, changes, alreadyLive } = pending;
  return {
    address,
    action,
    source: source && { ...source },
    changes: changes.map(encodeDeclared),
    alreadyLive,
  };
}

function encodeDeclared(change: DeclaredChange): JsonValue {
  const path = [...change.path];
  if (change.sensitive === true) return { path, sensitive: true } as JsonValue;
  const unknown = change.unknown === true ? { unknown: true } : {};
  return {
    path,
    ...encodeValues({ recorded: change.recorded, declared: change.declared }),
    ...unknown,
  } as JsonValue;
}

function encodeWarning(warning: Warning): JsonObject {
  const { code, message, hint, location } = warning;
  return { code, message, hint, location: location && { ...location } };
}
