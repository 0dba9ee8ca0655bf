import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { OPENAPI_FILE, openApiText } from "./openApiText.ts";

const made = JSON.parse(await openApiText());

it("docs/openapi.json describes the routes as they are (npm run docs)", async () => {
  const written = await readFile(new URL(`../../../../${OPENAPI_FILE}`, import.meta.url), "utf8");
  expect(JSON.parse(written)).toEqual(made);
});

it("describes every route, every answer and every reference that it makes", () => {
  expect(made.openapi).toBe("3.1.0");
  expect(Object.keys(made.paths)).toEqual(
    expect.arrayContaining([
      "/healthz",
      "/api/v1/stacks/{id}/check",
      "/api/v1/events/{source}",
      "/api/v1/stream",
    ]),
  );
  const references = JSON.stringify(made).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g);
  const names = new Set([...references].map(([, name]) => name ?? ""));
  expect(names.size).toBeGreaterThan(8);
  expect(Object.keys(made.components.schemas).sort()).toEqual([...names].sort());
  for (const methods of Object.values<Record<string, { summary?: string; responses: object }>>(made.paths)) {
    for (const { summary, responses } of Object.values(methods)) {
      expect(summary).toMatch(/\S/);
      expect(Object.keys(responses).length).toBeGreaterThan(0);
    }
  }
});
