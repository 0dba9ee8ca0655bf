/** Part of `npm run docs`: writes the JSON Schemas that are made from code. A test fails while they are out of date. */
import { writeFile } from "node:fs/promises";
import { ENTRY_SCHEMA_FILE, entrySchemaText } from "../../ledger/read/entrySchema.ts";
import {
  ACCESS_TEST_SCHEMA_FILE,
  accessTestSchemaText,
  CASE_SCHEMA_FILE,
  caseSchemaText,
  configurationSchemaText,
  RULE_SCHEMA_FILE,
  ruleSchemaText,
  SCHEMA_FILE,
  SERVER_SCHEMA_FILE,
  serverSchemaText,
} from "./jsonSchema.ts";

const repository = new URL("../../../../../", import.meta.url);
await writeFile(new URL(SCHEMA_FILE, repository), configurationSchemaText());
await writeFile(new URL(SERVER_SCHEMA_FILE, repository), serverSchemaText());
await writeFile(new URL(ACCESS_TEST_SCHEMA_FILE, repository), accessTestSchemaText());
await writeFile(new URL(RULE_SCHEMA_FILE, repository), ruleSchemaText());
await writeFile(new URL(CASE_SCHEMA_FILE, repository), caseSchemaText());
await writeFile(new URL(ENTRY_SCHEMA_FILE, repository), entrySchemaText());
