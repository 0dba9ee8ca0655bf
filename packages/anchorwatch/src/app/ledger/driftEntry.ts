/** What an entry says of a drifted resource: its changes, and what was and is there, by path. */
import { createHash } from "node:crypto";
import { MASK } from "../../compare/mask.ts";
import type { Change, ResourceResult } from "../../domain/check.ts";
import { encodeValue, type JsonObject, type JsonValue } from "../../domain/jsonValue.ts";
import { formatPath, type Path } from "../../domain/path.ts";
import type { Value } from "../../domain/value.ts";
import { canonicalJson } from "../../ledger/entry/canonicalJson.ts";
import type { ContentInput } from "../../ledger/entry/content.ts";
import type { EntryInput } from "../../ledger/entry/form.ts";
import type { DriftData, DriftedResource } from "../../ledger/entry/kinds/drift.ts";

export interface Drifted {
  readonly digest: string;
  readonly members: Pick<EntryInput, "data" | "before" | "after">;
  readonly content: readonly ContentInput[];
}

/** Of the bytes an entry may have, what its values and changes may take; the rest is for names and references. */
const ROOM = 40_000;

export function resourceOf({ type, provider, id, deposed }: ResourceResult): DriftedResource {
  return {
    type,
    provider,
    ...(id ? { id: id.toWellFormed() } : {}),
    ...(deposed ? { deposed: deposed.toWellFormed() } : {}),
  };
}

/** @param serial of the state that it was compared with */
export function drifted(resource: ResourceResult, serial: number | undefined): Drifted {
  const all = resource.changes ?? [];
  // Computed attributes move all the time: they are neither drift nor news.
  const changes = all.filter(({ informational, ignoredBy }) => !informational && ignoredBy === undefined);
  const values = valuesOf(changes);
  const described = changes.map(describe);
  const base = {
    resource: { ...resourceOf(resource) },
    verdict: resource.verdict,
  };
  const compared: JsonObject = { ...base, changes: described, ...values };
  const digest = digestOf(compared);
  const ignored = all.flatMap(({ path, ignoredBy: by }) =>
    by === undefined ? [] : [{ path: jsonPath(path), by }],
  );
  const despite = changes.flatMap(({ path, toldDespite: by }) =>
    by === undefined ? [] : [{ path: jsonPath(path), by }],
  );
  const rest = {
    digest,
    ...(ignored.length === 0 ? {} : { ignored: wellFormed(ignored) }),
    ...(despite.length === 0 ? {} : { despite: wellFormed(despite) }),
    ...(resource.source === undefined ? {} : { source: { ...resource.source } }),
    ...(serial === undefined ? {} : { serial }),
  };
  const { numbers, ...sides } = values;
  const whole = { ...base, changes: described, ...rest, ...(numbers === undefined ? {} : { numbers }) };
  if (sizeOf({ ...whole, ...sides }) <= ROOM)
    return { digest, members: { ...sides, data: whole }, content: [] };
  const { ignored: _ignored, despite: _despite, ...short } = rest;
  const data = { ...base, changes: [], changesInContent: changes.length, ...short };
  const bytes = new TextEncoder().encode(canonicalJson({ ...compared, ...rest }));
  return { digest, members: { data }, content: [{ role: "changes", mediaType: "application/json", bytes }] };
}

function describe(change: Change): JsonObject {
  const { path, op, settable, sensitive, recordedFingerprint, liveFingerprint } = change;
  return {
    path: jsonPath(path),
    op,
    settable,
    ...(sensitive === undefined ? {} : { sensitive }),
    ...(recordedFingerprint === undefined ? {} : { recordedFingerprint }),
    ...(liveFingerprint === undefined ? {} : { liveFingerprint }),
  } satisfies Omit<DriftData["changes"][number], "path"> & { path: JsonValue };
}

type Side = "before" | "after";

interface Values {
  readonly before?: JsonObject;
  readonly after?: JsonObject;
  readonly numbers?: readonly JsonValue[];
}

/** By path text. Elements of a set are a list: those that were taken away before, those that came after. */
function valuesOf(changes: readonly Change[]): Values {
  const sides: Record<Side, Record<string, JsonValue>> = {
    before: Object.create(null),
    after: Object.create(null),
  };
  const numbers: JsonValue[] = [];
  for (const { side, path, given } of changes.flatMap(parts)) {
    const key = formatPath(path).toWellFormed();
    if (given.kind === "fingerprint") {
      sides[side][key] = { fingerprint: given.fingerprint };
      continue;
    }
    const list = given.kind === "element" ? listAt(sides[side][key]) : undefined;
    const base = list === undefined ? [side, key] : [side, key, list.length];
    const encoded = encodeValue(given.value, base);
    const json = wellFormed(encoded.json);
    sides[side][key] = list === undefined ? json : [...list, json];
    numbers.push(...encoded.numbers);
  }
  return {
    ...(Object.keys(sides.before).length === 0 ? {} : { before: sides.before }),
    ...(Object.keys(sides.after).length === 0 ? {} : { after: sides.after }),
    ...(numbers.length === 0 ? {} : { numbers }),
  };
}

interface Part {
  readonly side: Side;
  readonly path: Path;
  readonly given:
    | { readonly kind: "value" | "element"; readonly value: Value }
    | { readonly kind: "fingerprint"; readonly fingerprint: string };
}

function listAt(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}

function parts(change: Change): readonly Part[] {
  const { path, op, element, recordedJson, liveJson } = change;
  if (change.sensitive === true) return secretParts(change);
  if (element !== undefined)
    return [{ side: op === "add" ? "after" : "before", path, given: { kind: "element", value: element } }];
  const text = path.findIndex((step) => typeof step === "object");
  // The whole document stands once under its attribute, whatever changed inside of it.
  const whole = text < 0 ? undefined : path.slice(0, text);
  return [
    part("before", path, change.recorded),
    part("after", path, change.live),
    ...(whole === undefined ? [] : [part("before", whole, recordedJson), part("after", whole, liveJson)]),
  ].flat();
}

function part(side: Side, path: Path, value: Value | undefined): readonly Part[] {
  return value === undefined ? [] : [{ side, path, given: { kind: "value", value } }];
}

/** A secret is told by its fingerprint; without a key, only that there was one. */
function secretParts({ path, op, recordedFingerprint, liveFingerprint }: Change): readonly Part[] {
  const sides = [
    { side: "before" as const, print: recordedFingerprint, isThere: op !== "add" },
    { side: "after" as const, print: liveFingerprint, isThere: op !== "remove" },
  ];
  const hasKey = sides.some(({ print }) => print !== undefined);
  return sides.flatMap(({ side, print, isThere }) => {
    if (print !== undefined) return [{ side, path, given: { kind: "fingerprint", fingerprint: print } }];
    return isThere && !hasKey ? part(side, path, MASK) : [];
  });
}

function jsonPath(path: Path): readonly JsonValue[] {
  return path.map((step) => wellFormed(typeof step === "object" ? { json: step.json } : step));
}

/** Texts of a state can hold half of a surrogate pair, which no canonical JSON can. */
function wellFormed(value: JsonValue): JsonValue {
  if (typeof value === "string") return value.toWellFormed();
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map((item) => wellFormed(item));
  if (typeof value !== "object" || value === null) return value;
  const object: Record<string, JsonValue> = Object.create(null);
  for (const [key, member] of Object.entries(value))
    if (member !== undefined) object[key.toWellFormed()] = wellFormed(member as JsonValue);
  return object;
}

function digestOf(value: JsonObject): string {
  return `sha256:${createHash("sha256").update(canonicalJson(value)).digest("hex")}`;
}

function sizeOf(value: JsonObject): number {
  return Buffer.byteLength(canonicalJson(value));
}
