/** Specifications as the messages that `GetProviderSchema` sends. */
import {
  type AttributeMessage,
  type BlockMessage,
  type NestedBlockMessage,
  SchemaMessages,
} from "../../../packages/tfprovider/src/wire/schema.ts";
import type { AttributeSpec, BlockSpec, NestedBlockSpec } from "./specification.ts";

const ATTRIBUTE_NESTING = { single: 1, list: 2, set: 3, map: 4 } as const;
const BLOCK_NESTING = { ...ATTRIBUTE_NESTING, group: 5 } as const;

/** Bytes of the protocol's schema message. */
export function encodeSchema(block: BlockSpec, version: number): Uint8Array {
  return SchemaMessages[6].encode({ version, block: blockMessage(block) });
}

function blockMessage(block: BlockSpec): Partial<BlockMessage> {
  return {
    attributes: Object.entries(block.attributes).map(attributeMessage),
    blockTypes: Object.entries(block.blocks ?? {}).map(nestedBlockMessage),
  };
}

function attributeMessage([name, spec]: readonly [string, AttributeSpec]): AttributeMessage {
  return {
    name,
    type: spec.nested === undefined ? Buffer.from(JSON.stringify(spec.type)) : new Uint8Array(0),
    nestedType: spec.nested && {
      nesting: ATTRIBUTE_NESTING[spec.nested.nesting],
      attributes: Object.entries(spec.nested.attributes).map(attributeMessage),
    },
    description: spec.description ?? "",
    required: spec.required ?? false,
    optional: spec.optional ?? false,
    computed: spec.computed ?? false,
    sensitive: spec.sensitive ?? false,
    deprecated: spec.deprecated ?? false,
    writeOnly: spec.writeOnly ?? false,
  };
}

function nestedBlockMessage([typeName, spec]: readonly [string, NestedBlockSpec]): NestedBlockMessage {
  return {
    typeName,
    block: blockMessage(spec.block),
    nesting: BLOCK_NESTING[spec.nesting],
    minItems: spec.minItems ?? 0,
    maxItems: spec.maxItems ?? 0,
  };
}
