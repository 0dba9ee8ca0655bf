/** Schema messages. Protocols 5 and 6 differ only in the numbers of `write_only` and in nested attribute types. */
import {
  bool,
  bytes,
  define,
  type Field,
  integer,
  type Message,
  type MessageOf,
  message,
  messages,
  string,
} from "./message.ts";

export interface AttributeMessage {
  readonly name: string;
  /** cty type as JSON; empty when `nestedType` is there. */
  readonly type: Uint8Array;
  readonly nestedType?: Partial<NestedTypeMessage> | undefined;
  readonly description: string;
  readonly required: boolean;
  readonly optional: boolean;
  readonly computed: boolean;
  readonly sensitive: boolean;
  readonly deprecated: boolean;
  readonly writeOnly: boolean;
}

/** `nesting`: 1 single, 2 list, 3 set, 4 map. */
export interface NestedTypeMessage {
  readonly attributes: readonly AttributeMessage[];
  readonly nesting: number;
}

export interface BlockMessage {
  readonly version: number;
  readonly attributes: readonly AttributeMessage[];
  readonly blockTypes: readonly NestedBlockMessage[];
  readonly description: string;
  readonly deprecated: boolean;
}

/** `nesting`: 1 single, 2 list, 3 set, 4 map, 5 group. */
export interface NestedBlockMessage {
  readonly typeName: string;
  readonly block: Partial<BlockMessage> | undefined;
  readonly nesting: number;
  readonly minItems: number;
  readonly maxItems: number;
}

/** A message may hold itself: the field looks its type up when it is used. */
function recursive<T>(number: number, type: () => Message<T>): Field<Partial<T> | undefined> {
  return message(number, {
    encode: (value) => type().encode(value),
    decode: (input) => type().decode(input),
    write: (writer, value) => type().write(writer, value),
    readAll: (reader, end) => type().readAll(reader, end),
  });
}

const attributeFields = {
  name: string(1),
  type: bytes(2),
  description: string(3),
  required: bool(4),
  optional: bool(5),
  computed: bool(6),
  sensitive: bool(7),
  deprecated: bool(9),
};

const Attribute5: Message<AttributeMessage> = define({ ...attributeFields, writeOnly: bool(10) });

const Attribute6: Message<AttributeMessage> = define({
  ...attributeFields,
  nestedType: recursive<NestedTypeMessage>(10, () => NestedType),
  writeOnly: bool(11),
});

const NestedType: Message<NestedTypeMessage> = define({
  attributes: messages(1, Attribute6),
  nesting: integer(3),
});

function block(attribute: Message<AttributeMessage>): Message<BlockMessage> {
  const nested: Message<NestedBlockMessage> = define({
    typeName: string(1),
    block: recursive<BlockMessage>(2, () => self),
    nesting: integer(3),
    minItems: integer(4),
    maxItems: integer(5),
  });
  const self: Message<BlockMessage> = define({
    version: integer(1),
    attributes: messages(2, attribute),
    blockTypes: messages(3, nested),
    description: string(4),
    deprecated: bool(6),
  });
  return self;
}

export interface SchemaMessage {
  readonly version: number;
  readonly block: Partial<BlockMessage> | undefined;
}

const schema = (attribute: Message<AttributeMessage>): Message<SchemaMessage> =>
  define({ version: integer(1), block: message(2, block(attribute)) });

/** The schema message of each protocol. */
export const SchemaMessages = { 5: schema(Attribute5), 6: schema(Attribute6) } as const;

export const ServerCapabilities = define({
  planDestroy: bool(1),
  getProviderSchemaOptional: bool(2),
  moveResourceState: bool(3),
});

export type ServerCapabilities = MessageOf<typeof ServerCapabilities>;
