/** Part of `npm run docs`: writes the description of the API. A test fails while it is out of date. */
import { writeFile } from "node:fs/promises";
import { OPENAPI_FILE, openApiText } from "./openApiText.ts";

await writeFile(new URL(`../../../../${OPENAPI_FILE}`, import.meta.url), await openApiText());
