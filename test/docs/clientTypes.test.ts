import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { CLIENT_TYPES, clientTypes } from "../../scripts/clientTypes.ts";

test("the client's types say what docs/openapi.json says (npm run docs)", async () => {
  const written = readFileSync(CLIENT_TYPES, "utf8");
  expect(written === (await clientTypes())).toBe(true);
  expect(written).toContain('"/api/v1/drifts/{id}"');
});
