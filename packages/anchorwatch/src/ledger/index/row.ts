/** What the index keeps of one entry. */
import type { JsonValue } from "../../domain/jsonValue.ts";
import { driftKey } from "../entry/driftKey.ts";
import { decodeEntry } from "../entry/entry.ts";
import type { StoredEntry } from "../entry/form.ts";

/** A text that many entries have: it is stored once. */
export interface Term {
  readonly type: "kind" | "stack" | "address" | "actor" | "user" | "system";
  readonly value: string;
  /** Another name for it: of a person, of a stack without its workspace. */
  readonly name: string;
}

export interface IndexRow {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly kind: Term;
  readonly stack: Term | undefined;
  readonly address: Term | undefined;
  readonly actor: Term;
  readonly text: string;
  readonly drift: DriftStep | undefined;
}

/** What an entry does to the list of open drifts. */
export type DriftStep =
  | ({ readonly kind: "open"; readonly resource: string } & DriftState)
  | ({ readonly kind: "update"; readonly drift: string } & DriftState)
  | { readonly kind: "close"; readonly drift: string };

interface DriftState {
  readonly digest: string;
  readonly serial: number | undefined;
  readonly lineage: string | undefined;
}

/** Undefined: the bytes are no entry of ours, and nobody can look for them. */
export function indexRow(bytes: Uint8Array): IndexRow | undefined {
  const decoded = decodeEntry(bytes);
  if (decoded.kind === "unreadable") return undefined;
  const { entry } = decoded;
  const { id, time, actor, stack, address } = entry;
  return {
    id,
    time: Date.parse(time),
    kind: { type: "kind", value: entry.kind, name: "" },
    stack: stack === undefined ? undefined : stackTerm(stack),
    address: address === undefined ? undefined : { type: "address", value: address, name: "" },
    actor: { type: actorType(actor.type), value: actor.id, name: actor.name ?? "" },
    text: textOf(entry),
    drift: driftStep(entry),
  };
}

/** One stack is one kind, name and workspace. */
export function stackTerm({
  kind,
  name,
  workspace,
}: Partial<Record<"kind" | "name" | "workspace", string>>): Term {
  return { type: "stack", value: JSON.stringify([kind ?? null, name, workspace ?? null]), name: name ?? "" };
}

function actorType(type: string): Term["type"] {
  return type === "actor" || type === "user" ? type : "system";
}

function textOf({ before: _before, after: _after, schema: _schema, ...entry }: StoredEntry): string {
  const texts: string[] = [];
  collect(entry as unknown as JsonValue, texts);
  // Nothing that people look for holds a line break with a space before it: no match runs over two texts.
  return texts.join("\n").toLowerCase();
}

function collect(value: JsonValue | undefined, texts: string[]): void {
  if (typeof value === "string") texts.push(value);
  else if (Array.isArray(value)) for (const item of value as readonly JsonValue[]) collect(item, texts);
  else if (typeof value === "object" && value !== null)
    for (const key in value) collect((value as Readonly<Record<string, JsonValue>>)[key], texts);
}

function driftStep(entry: StoredEntry): DriftStep | undefined {
  const { kind, address, data, stack } = entry;
  const state = {
    digest: typeof data["digest"] === "string" ? data["digest"] : "",
    serial: typeof data["serial"] === "number" ? data["serial"] : undefined,
    lineage: stack?.lineage,
  };
  if (kind === "drift.opened")
    return { kind: "open", resource: driftKey(address, data["resource"]), ...state };
  if (kind !== "drift.updated" && kind !== "drift.resolved") return undefined;
  const drift = entry.refs?.find(({ type }) => type === "drift")?.id;
  if (typeof drift !== "string") return undefined;
  return kind === "drift.updated" ? { kind: "update", drift, ...state } : { kind: "close", drift };
}
