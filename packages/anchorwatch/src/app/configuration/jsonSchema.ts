import { z } from "zod";
import { fileSchema } from "./schema.ts";

/** Where the published schema lies, for `# yaml-language-server: $schema=` and for editors. */
export const SCHEMA_FILE = "docs/schema/anchorwatch-v1.schema.json";

/** The JSON Schema (draft 2020-12) of `anchorwatch.yaml`, as the text of its file. */
export function configurationSchemaText(): string {
  const schema = z.toJSONSchema(fileSchema, { target: "draft-2020-12" });
  return `${JSON.stringify(schema, null, 2)}\n`;
}
