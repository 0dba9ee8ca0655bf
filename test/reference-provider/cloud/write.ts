/** Creating, changing and deleting in the store. Each runs inside `Store.change`. */
import { createHash } from "node:crypto";
import type { CtyObject } from "../../../packages/tfprovider/src/cty/value.ts";
import { ReferenceProviderError } from "../error.ts";
import { makeResource } from "../planning/make.ts";
import type { ProviderSettings } from "../schema/specification.ts";
import type { StoreContent } from "../store/content.ts";
import type { ResourceType } from "../types/catalogue.ts";
import type { JsonObject } from "../values/json.ts";
import { jsonObjectOf, jsonOf } from "../values/toJson.ts";
import { settleChildren } from "./mirror.ts";
import { viewOf, withoutWriteOnly } from "./read.ts";

export interface ResourceChange {
  /** Null on creation. */
  readonly prior: CtyObject | null;
  readonly planned: CtyObject;
  /** What the code sets, write-only values included. */
  readonly config: CtyObject;
}

/** Creates or changes a resource. @returns it as it then is */
export function writeResource(
  type: ResourceType,
  change: ResourceChange,
  content: StoreContent,
  settings: ProviderSettings,
): CtyObject {
  const { spec } = type;
  content.resources[spec.name] ??= {};
  const byId = content.resources[spec.name] as { [id: string]: JsonObject };
  const id =
    change.prior === null ? newId(type, change.planned, content, settings) : String(change.prior["id"]);
  const before = Object.hasOwn(byId, id) ? byId[id] : undefined;
  if (change.prior === null && before !== undefined) throw refused(`${spec.name} ${id} exists already`);
  if (change.prior !== null && before === undefined)
    throw refused(`${spec.name} ${id} does not exist any more`);
  const made = makeResource(type.members, {
    type: spec.name,
    id,
    resource: change.planned,
    prior: change.prior,
    settings,
  });
  const resource = { ...jsonObjectOf(made), ...writeOnlyOf(type, change.config, before) };
  const stored = spec.keep?.(resource, viewOf(content, settings)) ?? resource;
  byId[id] = settleChildren(spec, id, { config: change.config, stored, before }, content);
  return withoutWriteOnly(type, made);
}

/** Deletes a resource; one that is gone already is no error. */
export function deleteResource(type: ResourceType, prior: CtyObject, content: StoreContent): void {
  delete content.resources[type.spec.name]?.[String(prior["id"])];
}

function newId(
  { spec }: ResourceType,
  planned: CtyObject,
  content: StoreContent,
  settings: ProviderSettings,
): string {
  if (spec.idOf !== undefined) return spec.idOf(planned, settings);
  content.sequence = (content.sequence ?? 0) + 1;
  const hash = createHash("sha256").update(`${spec.name} ${content.sequence}`).digest("hex");
  return `${spec.idPrefix}-${hash.slice(0, 17)}`;
}

/** Write-only values come with the configuration alone; without one, the cloud keeps what it has. */
function writeOnlyOf(type: ResourceType, config: CtyObject, before: JsonObject | undefined): JsonObject {
  const names = type.members.filter(({ spec }) => spec?.writeOnly).map(({ name }) => name);
  return Object.fromEntries(
    names.map((name) => [name, jsonOf(config[name] ?? null) ?? before?.[name] ?? null]),
  );
}

function refused(message: string): ReferenceProviderError {
  return new ReferenceProviderError("conflict", message);
}
