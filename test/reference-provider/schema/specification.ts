/** How the resource types of this provider are written down: their schema, and what their cloud does with each attribute. */
import type { CtyObject, CtyValue } from "../../../packages/tfprovider/src/cty/value.ts";
import type { Json, JsonObject } from "../values/json.ts";

/** What the provider block says, as far as values depend on it. */
export interface ProviderSettings {
  /** The JSON file that is the cloud. */
  readonly path: string;
  readonly region: string;
  readonly token: string | undefined;
  readonly role: string | undefined;
  readonly endpoint: string | undefined;
  readonly defaultTags: Readonly<Record<string, string>>;
}

/** What the cloud knows when it makes up a computed value. */
export interface Making {
  readonly type: string;
  readonly id: string;
  /** The resource as planned, with unknown values where they are still to be made. */
  readonly resource: CtyObject;
  /** The innermost object that holds the attribute: the same as `resource` outside nested values. */
  readonly owner: CtyObject;
  /** The resource before the change; null on creation. */
  readonly prior: CtyObject | null;
  readonly settings: ProviderSettings;
}

/** A cty type as the protocol writes it in JSON: `"string"`, `["set","string"]`. */
export type TypeJson = string | readonly [string, unknown];

export interface AttributeSpec {
  /** Absent when `nested` is there. */
  readonly type?: TypeJson;
  readonly nested?: NestedSpec;
  readonly description?: string;
  readonly required?: true;
  readonly optional?: true;
  readonly computed?: true;
  readonly sensitive?: true;
  readonly writeOnly?: true;
  readonly deprecated?: true;
  /** Planned when the code does not set the attribute, which must be optional and computed. */
  readonly default?: CtyValue;
  readonly forcesReplacement?: true;
  /** Two spellings of one value: the plan keeps the earlier one. */
  readonly sameWhen?: "equal_json" | "equal_ignoring_case";
  /** Computed anew by every change of the resource, for instance a revision counter. */
  readonly volatile?: true;
  /** Made up by the cloud when the value is still unknown; null without it. */
  readonly make?: (making: Making) => CtyValue;
  /** Always follows from the rest of the planned resource; unknown values in, unknown out. */
  readonly derive?: (resource: CtyObject, settings: ProviderSettings) => CtyValue;
  /** Shows what other resources, each on its own, attach to this one. */
  readonly mirrors?: MirrorSpec;
}

interface NestedSpec {
  readonly nesting: "single" | "list" | "set" | "map";
  readonly attributes: Readonly<Record<string, AttributeSpec>>;
}

/** An attribute of a parent that shows its children, whether any code declares them or not. */
export interface MirrorSpec {
  readonly childType: string;
  /** The id of the parent that a child belongs to. */
  readonly parentOf: (child: JsonObject) => Json | undefined;
  readonly elementOf: (child: JsonObject) => Json;
  /** The attribute holds one value and not a set of them. */
  readonly single?: true;
}

export interface BlockSpec {
  readonly attributes: Readonly<Record<string, AttributeSpec>>;
  readonly blocks?: Readonly<Record<string, NestedBlockSpec>>;
}

export interface NestedBlockSpec {
  /** `group` is a single block that is never null. */
  readonly nesting: "single" | "list" | "set" | "map" | "group";
  readonly block: BlockSpec;
  readonly minItems?: number;
  readonly maxItems?: number;
}

/** A value found wrong before anything is sent to the cloud. */
export interface Objection {
  readonly attribute: string;
  readonly summary: string;
  readonly detail: string;
}

export interface ResourceTypeSpec {
  readonly name: string;
  /** Version of the state; an older one goes through `upgrade`. */
  readonly version: number;
  readonly block: BlockSpec;
  /** Ids look like `net-0a1b2c3d4e5f60718`. */
  readonly idPrefix: string;
  /** The id where it follows from the resource itself and is no made-up one. */
  readonly idOf?: (resource: CtyObject, settings: ProviderSettings) => string;
  readonly validate?: (config: CtyObject) => readonly Objection[];
  /** What a state of an older version recorded, in the terms of the present one. */
  readonly upgrade?: (recorded: JsonObject, version: number) => JsonObject;
  /** Updates and deletions need the private data that came with creation, as with many real providers. */
  readonly needsPrivate?: true;
  /** What the cloud's record says beyond its own words: counts, merged tags. */
  readonly present?: (stored: JsonObject, view: CloudView) => JsonObject;
  readonly keep?: (resource: JsonObject, view: CloudView) => JsonObject;
}

export interface CloudView {
  readonly settings: ProviderSettings;
  /** All resources of a type by id. */
  readonly ofType: (type: string) => Readonly<Record<string, JsonObject>>;
}
