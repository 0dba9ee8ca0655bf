import type { Fields } from "./fields.ts";
import type { Range } from "./json/types.ts";

/** What a state says of one instance, without looking into its value: small members, and places of the large ones. */
export interface InstanceRecord {
  /** Where the record begins, for errors. */
  readonly offset: number;
  readonly key: string | number | undefined;
  readonly deposed: string | undefined;
  readonly tainted: boolean;
  readonly schemaVersion: number;
  /** The provider configuration of this instance alone (OpenTofu); the resource's where there is none. */
  readonly provider: string | undefined;
  readonly attributes: Range | undefined;
  readonly attributesFlat: Range | undefined;
  readonly private: Range | undefined;
  /** Absent where nothing is marked. */
  readonly sensitive: Range | undefined;
  readonly dependencies: Range | undefined;
  /** `dependencies` are in the form of Terraform before 0.12.14: relative to the module. */
  readonly relativeDependencies: boolean;
}

type Draft = { -readonly [Member in keyof InstanceRecord]: InstanceRecord[Member] };

/** Reads the instance that comes next; `what` names it in errors. */
export function readInstanceRecord(fields: Fields, what: string): InstanceRecord {
  const draft: Draft = {
    offset: fields.scanner.offset,
    key: undefined,
    deposed: undefined,
    tainted: false,
    schemaVersion: 0,
    provider: undefined,
    attributes: undefined,
    attributesFlat: undefined,
    private: undefined,
    sensitive: undefined,
    dependencies: undefined,
    relativeDependencies: false,
  };
  fields.object(what, (key) => readMember(draft, fields, key, `"${key}" of ${what}`));
  return draft;
}

function readMember(draft: Draft, fields: Fields, key: string, what: string): void {
  switch (key) {
    case "index_key":
      draft.key = readKey(fields, what);
      return;
    case "status":
      draft.tainted = fields.string(what) === "tainted";
      return;
    case "deposed":
      draft.deposed = fields.string(what) || undefined;
      return;
    case "schema_version":
      draft.schemaVersion = fields.integer(what);
      return;
    case "provider":
      draft.provider = fields.string(what);
      return;
    case "attributes":
      draft.attributes = fields.rangeOrNull(what, "object");
      return;
    case "attributes_flat":
      draft.attributesFlat = readFlat(fields, what);
      return;
    case "private":
      draft.private = fields.rangeOrNull(what, "string");
      return;
    case "sensitive_attributes":
      draft.sensitive = unlessEmpty(fields, fields.rangeOrNull(what, "array"));
      return;
    case "dependencies":
      draft.dependencies = readNames(fields, what) ?? draft.dependencies;
      draft.relativeDependencies = false;
      return;
    case "depends_on":
      if (draft.dependencies !== undefined) fields.skip();
      else {
        draft.dependencies = readNames(fields, what);
        draft.relativeDependencies = draft.dependencies !== undefined;
      }
      return;
    default:
      fields.skip();
  }
}

function readKey(fields: Fields, what: string): string | number | undefined {
  switch (fields.scanner.kind()) {
    case "null":
      fields.skip();
      return undefined;
    case "number":
      return fields.integer(what);
    default:
      return fields.string(what);
  }
}

/** Flat attributes are strings by name; anything else could not be handed to a provider. */
function readFlat(fields: Fields, what: string): Range | undefined {
  if (fields.scanner.kind() === "null") return fields.rangeOrNull(what, "object");
  const start = fields.scanner.offset;
  fields.object(what, (key) => {
    fields.range(`${JSON.stringify(key)} in ${what}`, "string");
  });
  return { start, end: fields.scanner.offset };
}

function readNames(fields: Fields, what: string): Range | undefined {
  if (fields.scanner.kind() === "null") return fields.rangeOrNull(what, "array");
  const start = fields.scanner.offset;
  let empty = true;
  fields.array(what, (index) => {
    fields.range(`${what}[${index}]`, "string");
    empty = false;
  });
  return empty ? undefined : { start, end: fields.scanner.offset };
}

function unlessEmpty(fields: Fields, range: Range | undefined): Range | undefined {
  if (range === undefined) return undefined;
  const { bytes } = fields.state;
  const inside = bytes.subarray(range.start + 1, range.end - 1);
  return inside.every((byte) => byte <= 0x20) ? undefined : range;
}
