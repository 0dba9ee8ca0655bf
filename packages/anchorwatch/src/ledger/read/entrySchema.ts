import { z } from "zod";
import { envelope } from "../entry/envelope.ts";
import { ENTRY_SCHEMA } from "../entry/form.ts";
import { KINDS, type KindRegistry } from "../entry/kinds/registry.ts";

/** Where the published schema lies. */
export const ENTRY_SCHEMA_FILE = "docs/schema/ledger-entry-v1.schema.json";

/**
 * The JSON Schema (draft 2020-12) of stored entries, as the text of its file. It is for readers: members and kinds that are not in
 * it are allowed, since later versions add some.
 */
export function entrySchemaText(kinds: KindRegistry = KINDS): string {
  const { $schema, properties = {}, required = [], ...rest } = jsonSchemaOf(envelope);
  const { additionalProperties: _strict, ...shape } = rest;
  const schema = {
    $schema,
    title: "An entry of Anchorwatch's ledger",
    ...shape,
    properties: { schema: { const: ENTRY_SCHEMA }, ...properties },
    required: ["schema", ...required],
    allOf: Object.entries(kinds).map(([kind, { title, schema: data }]) => {
      const { $schema: _same, ...form } = jsonSchemaOf(data);
      const isAnother = { properties: { kind: { not: { const: kind } } } };
      return { anyOf: [isAnother, { properties: { data: { title, ...form } } }] };
    }),
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

function jsonSchemaOf(schema: z.ZodType) {
  return z.toJSONSchema(schema, { target: "draft-2020-12", io: "input", unrepresentable: "any" });
}
