import { readFile } from "node:fs/promises";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { configurationSchemaText, SCHEMA_FILE } from "./jsonSchema.ts";
import { parseConfiguration } from "./parse.ts";

const REPOSITORY = new URL("../../../../../", import.meta.url);

describe("the published JSON Schema of anchorwatch.yaml", () => {
  it("is up to date (npm run docs)", async () => {
    const published: unknown = JSON.parse(await readFile(new URL(SCHEMA_FILE, REPOSITORY), "utf8"));
    expect(published).toEqual(JSON.parse(configurationSchemaText()));
  });

  it.each([
    ["version: 1", true],
    ["version: 1\nstacks: [{ name: a, path: b, inputs: { x: [1, { y: z }] } }]", true],
    ["version: 1\nignore: [aws_instance, { type: x, not: true }]", true],
    ["version: 1\ndeadlines: { a: 90s }", true],
    ["version: 2", false],
    ["version: 1\nstakcs: []", false],
    ["version: 1\nstacks: [{ name: a }]", false],
    ["version: 1\nignore: [3]", false],
    ["version: 1\ndeadlines: { a: '90' }", false],
  ])("and the parser agree on %j", async (text, valid) => {
    const validate = new Ajv2020({ strict: false }).compile(JSON.parse(configurationSchemaText()));
    expect(validate(parse(text))).toBe(valid);
    expect(parseConfiguration(text, "anchorwatch.yaml").ok).toBe(valid);
  });
});

describe("the page about the configuration", () => {
  it("shows examples that are right, and names the schema for editors", async () => {
    const page = await readFile(new URL("docs/configuration.md", REPOSITORY), "utf8");
    const examples = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = ""]) => text);
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples)
      expect(parseConfiguration(example, "example")).toMatchObject({ ok: true });
    expect(page).toContain("# yaml-language-server: $schema=");
    expect(page).toContain("anchorwatch-v1.schema.json");
  });
});
