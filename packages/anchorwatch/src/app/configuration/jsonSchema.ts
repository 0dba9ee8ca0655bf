import { z } from "zod";
import { policyTestSchema } from "../access/policyTests/policyTestSchema.ts";
import { caseFileSchema } from "../policy/cases/caseSchema.ts";
import { ruleFileSchema } from "../policy/rules/ruleSchema.ts";
import { fileSchema } from "./schema.ts";
import { serverFileSchema } from "./server/schema.ts";

/** Where the published schema lies, for `# yaml-language-server: $schema=` and for editors. */
export const SCHEMA_FILE = "docs/schema/anchorwatch-v1.schema.json";

/** The same of `anchorwatch.server.yaml`. */
export const SERVER_SCHEMA_FILE = "docs/schema/anchorwatch-server-v1.schema.json";

/** The same of files with tests of access. */
export const ACCESS_TEST_SCHEMA_FILE = "docs/schema/access-test-v1.schema.json";

/** The same of files of rules, and of files with cases for them. */
export const RULE_SCHEMA_FILE = "docs/schema/rules-v1.schema.json";
export const CASE_SCHEMA_FILE = "docs/schema/policy-cases-v1.schema.json";

/** The JSON Schema (draft 2020-12) of `anchorwatch.yaml`, as the text of its file. */
export function configurationSchemaText(): string {
  return schemaText(fileSchema);
}

export function serverSchemaText(): string {
  return schemaText(serverFileSchema);
}

export function accessTestSchemaText(): string {
  return schemaText(policyTestSchema);
}

export function ruleSchemaText(): string {
  return schemaText(ruleFileSchema);
}

export function caseSchemaText(): string {
  return schemaText(caseFileSchema);
}

function schemaText(form: z.ZodType): string {
  const schema = z.toJSONSchema(form, { target: "draft-2020-12" });
  return `${JSON.stringify(schema, null, 2)}\n`;
}
