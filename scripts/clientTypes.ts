/** Writes the client's types, `packages/anchorwatch/src/client/api.ts`, from `docs/openapi.json`. A test fails while they are out of date. */
import { readFileSync, writeFileSync } from "node:fs";
import openapiTS, { astToString } from "openapi-typescript";

export const CLIENT_TYPES = new URL("../packages/anchorwatch/src/client/api.ts", import.meta.url);

const description = new URL("../docs/openapi.json", import.meta.url);

/** The text of the file. */
export async function clientTypes(): Promise<string> {
  const nodes = await openapiTS(JSON.parse(readFileSync(description, "utf8")), {
    // What has a default may be left out of a request.
    defaultNonNullable: false,
  });
  return `// Made from docs/openapi.json by \`npm run docs\`.\n${astToString(nodes)}`;
}

if (import.meta.main) writeFileSync(CLIENT_TYPES, await clientTypes());
