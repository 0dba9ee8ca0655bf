/** A provider's schema in plain data: what a resource type's value holds and what its author may set. */
import { typeFromJson } from "../cty/decode.ts";
import type { CtyType, ObjectType } from "../cty/type.ts";
import { ProviderError } from "../errors.ts";
import type { Protocol } from "../wire/rpc.ts";
import type {
  AttributeMessage,
  BlockMessage,
  NestedBlockMessage,
  NestedTypeMessage,
  SchemaMessage,
} from "../wire/schema.ts";
import { SchemaMessages } from "../wire/schema.ts";

export interface Schema {
  /** Version of the resource's state; a state with another one is upgraded by the provider. */
  readonly version: number;
  readonly block: Block;
  /** The cty type of a whole value. */
  readonly type: CtyType;
}

export interface Block {
  readonly attributes: ReadonlyMap<string, Attribute>;
  readonly blocks: ReadonlyMap<string, NestedBlock>;
}

export interface Attribute {
  readonly type: CtyType;
  /** Attributes with flags of their own inside this one (protocol 6). */
  readonly nested?: NestedAttributes;
  readonly required: boolean;
  readonly optional: boolean;
  readonly computed: boolean;
  readonly sensitive: boolean;
  readonly writeOnly: boolean;
  readonly deprecated: boolean;
}

export interface NestedAttributes {
  readonly nesting: "single" | "list" | "set" | "map";
  readonly attributes: ReadonlyMap<string, Attribute>;
}

export interface NestedBlock {
  /** `group` is a single block that is never null. */
  readonly nesting: "single" | "list" | "set" | "map" | "group";
  readonly block: Block;
  readonly minItems: number;
  readonly maxItems: number;
}

const NESTING = [undefined, "single", "list", "set", "map", "group"] as const;

/** @throws ProviderError `schema_invalid`, `cty_type_invalid` */
export function decodeSchema(bytes: Uint8Array, protocol: Protocol): Schema {
  const message = decodeMessage(bytes, protocol);
  const block = blockOf(message.block ?? {});
  return { version: message.version, block, type: blockType(block) };
}

function decodeMessage(bytes: Uint8Array, protocol: Protocol): SchemaMessage {
  try {
    return SchemaMessages[protocol].decode(bytes);
  } catch (cause) {
    throw new ProviderError("schema_invalid", "a schema of the provider is no valid message", { cause });
  }
}

function blockOf(message: Partial<BlockMessage>): Block {
  const attributes = new Map((message.attributes ?? []).map((a) => [a.name, attributeOf(a)]));
  const blocks = new Map((message.blockTypes ?? []).map((b) => [b.typeName, nestedBlockOf(b)]));
  return { attributes, blocks };
}

function attributeOf(message: AttributeMessage): Attribute {
  const { required, optional, computed, sensitive, writeOnly, deprecated } = message;
  const flags = { required, optional, computed, sensitive, writeOnly: writeOnly ?? false, deprecated };
  if (message.nestedType === undefined) return { type: typeFromJson(decodeText(message.type)), ...flags };
  const nested = nestedAttributesOf(message.nestedType);
  return { type: nestedType(nested), nested, ...flags };
}

function nestedAttributesOf(message: Partial<NestedTypeMessage>): NestedAttributes {
  const nesting = NESTING[message.nesting ?? 0];
  if (nesting === undefined || nesting === "group") throw invalid("a nested attribute", message.nesting);
  return { nesting, attributes: new Map((message.attributes ?? []).map((a) => [a.name, attributeOf(a)])) };
}

function nestedBlockOf(message: NestedBlockMessage): NestedBlock {
  const nesting = NESTING[message.nesting];
  if (nesting === undefined) throw invalid(`the block ${message.typeName}`, message.nesting);
  return {
    nesting,
    block: blockOf(message.block ?? {}),
    minItems: message.minItems,
    maxItems: message.maxItems,
  };
}

function nestedType({ nesting, attributes }: NestedAttributes): CtyType {
  const element = objectType([...attributes].map(([name, attribute]) => [name, attribute.type]));
  return nesting === "single" ? element : { kind: nesting, element };
}

function blockType(block: Block): CtyType {
  const attributes = [...block.attributes].map(([name, attribute]) => [name, attribute.type] as const);
  const blocks = [...block.blocks].map(([name, nested]) => [name, nestedBlockType(nested)] as const);
  return objectType([...attributes, ...blocks]);
}

/** In the order of names, in which cty writes them: then values that are equal are mostly equal bytes. */
function objectType(members: readonly (readonly [string, CtyType])[]): ObjectType {
  return { kind: "object", attributes: new Map([...members].sort(([a], [b]) => (a < b ? -1 : 1))) };
}

function nestedBlockType({ nesting, block }: NestedBlock): CtyType {
  const element = blockType(block);
  return nesting === "single" || nesting === "group" ? element : { kind: nesting, element };
}

function decodeText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}

function invalid(what: string, nesting: number | undefined): ProviderError {
  return new ProviderError("schema_invalid", `${what} has the unknown nesting mode ${nesting}`);
}
