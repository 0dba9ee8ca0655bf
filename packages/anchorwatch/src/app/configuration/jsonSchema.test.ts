import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it, onTestFinished } from "vitest";
import { parse } from "yaml";
import { ACTIONS } from "../../auth/action.ts";
import { parsePolicyTests } from "../access/policyTests/parsePolicyTests.ts";
import { runPolicyTests } from "../access/policyTests/runPolicyTests.ts";
import { parseCases } from "../policy/cases/parseCases.ts";
import { parseRuleFile } from "../policy/rules/ruleFile.ts";
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
import { parseConfiguration } from "./parse.ts";
import { parseServerConfiguration } from "./server/parse.ts";

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
    ["version: 1\nstacks: [{ name: a, path: b, sweepEvery: 5m }]", true],
    ["version: 1\nstacks: [{ name: a, path: b, sweepEvery: 5 }]", false],
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

describe("the published JSON Schema of anchorwatch.server.yaml", () => {
  it("is up to date (npm run docs)", async () => {
    const published: unknown = JSON.parse(await readFile(new URL(SERVER_SCHEMA_FILE, REPOSITORY), "utf8"));
    expect(published).toEqual(JSON.parse(serverSchemaText()));
  });

  it.each([
    ["version: 1", true],
    ["version: 1\nledger: { place: audit, anchors: [{ folder: /mnt/share }] }", true],
    ["version: 1\nledger: { place: 's3://b-1/x', private: p, retention: 400d, key: { kms: 'arn:x' } }", true],
    ["version: 1\nledger: {}", false],
    ["version: 1\nledger: { place: audit, anchors: [{ }] }", false],
    ["version: 1\nledger: { place: audit, anchors: [{ folder: a, s3: 's3://bucket' }] }", false],
    ["version: 1\nledger: { place: audit, anchros: [] }", false],
    ["version: 1\nledger: { place: 's3://b-1/x', private: p, retention: 400 days }", false],
    ["version: 1\nstacks: []", false],
    ["version: 1\nwatch: { stacks: [{ folder: a }], sweepEvery: 5m }\nserver: { port: 0 }", true],
    ["version: 1\nwatch: { stacks: [{ folder: a, repository: 'https://g/x', ref: m }] }", false],
    ["version: 1\nwatch: { sweepEvery: 5 }", false],
    ["version: 1\nevents: [{ name: a, queue: 'https://sqs.eu-west-1.amazonaws.com/1/q' }]", true],
    ["version: 1\nevents: [{ name: a }]", false],
    ["version: 1\nidentities: [{ sessionName: '*', person: $1 }]", true],
    ["version: 1\nidentities: [{ sessionName: '*', principal: a, person: $1 }]", false],
    ["version: 1\nproviders: [{ source: aws, hashes: [] }]", false],
    ["version: 1\nlimits: { providerMemory: 1.5GiB }", true],
    ["version: 1\nlimits: { providerMemory: 1.5 }", false],
  ])("and the parser agree on %j", async (text, valid) => {
    const validate = new Ajv2020({ strict: false }).compile(JSON.parse(serverSchemaText()));
    expect(validate(parse(text))).toBe(valid);
    expect((await parseServerConfiguration(text, "server.yaml", "/etc")).ok).toBe(valid);
  });
});

describe("the published JSON Schema of tests of access", () => {
  it("is up to date (npm run docs)", async () => {
    const published: unknown = JSON.parse(
      await readFile(new URL(ACCESS_TEST_SCHEMA_FILE, REPOSITORY), "utf8"),
    );
    expect(published).toEqual(JSON.parse(accessTestSchemaText()));
  });

  it.each([
    ["version: 1\nprincipals: { a: {} }\ntests: [{ principal: a, action: watch.view, expect: deny }]", true],
    ["version: 1\nprincipals: { a: {} }\ntests: []", false],
    [
      "version: 1\nprincipals: { a: { role: viewer } }\ntests: [{ principal: a, action: watch.view, expect: deny }]",
      false,
    ],
    ["version: 1\nprincipals: { a: {} }\ntests: [{ principal: a, action: watch.vew, expect: deny }]", false],
    ["version: 1\nprincipals: { a: {} }\ntests: [{ principal: a, action: watch.view }]", false],
  ])("and the parser agree on %j", (text, valid) => {
    const validate = new Ajv2020({ strict: false }).compile(JSON.parse(accessTestSchemaText()));
    expect(validate(parse(text))).toBe(valid);
    expect(parsePolicyTests(text, "access.test.yaml").ok).toBe(valid);
  });
});

describe.each([
  ["rules", RULE_SCHEMA_FILE, ruleSchemaText, (text: string) => parseRuleFile(text, "r.yaml", "operator").ok],
  ["cases for rules", CASE_SCHEMA_FILE, caseSchemaText, (text: string) => parseCases(text, "c.yaml").ok],
])("the published JSON Schema of %s", (_, file, schemaText, parses) => {
  it("is up to date (npm run docs)", async () => {
    const published: unknown = JSON.parse(await readFile(new URL(file, REPOSITORY), "utf8"));
    expect(published).toEqual(JSON.parse(schemaText()));
  });

  it.each([
    "version: 1\nrules: [{ id: a.b, title: t, when: 'true', class: security, severity: low, explain: e }]",
    "version: 1\nrules: [{ id: A, title: t, when: 'true', class: security, severity: low, explain: e }]",
    "version: 1\nrules: [{ id: a, title: t, when: 'true', class: secure, severity: low, explain: e }]",
    "version: 1\nadjust: [{ id: a, when: 'true', severity: raise 2, because: b }]",
    "version: 1\nadjust: [{ id: a, when: 'true', severity: raise 9, because: b }]",
    "version: 1\ncases: [{ name: n, given: { resource: { type: t } }, expect: { severity: low } }]",
    "version: 1\ncases: [{ name: n, given: {}, expect: {} }]",
    "version: 2",
  ])("and the parser agree on %j", (text) => {
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(JSON.parse(schemaText()));
    expect(validate(parse(text))).toBe(parses(text));
  });
});

describe("the page about access", () => {
  it("shows roles, policies and tests that are right together", async () => {
    const page = await readFile(new URL("docs/access.md", REPOSITORY), "utf8");
    const example = (language: string, start: string) =>
      [...page.matchAll(/```(\w+)\n([\s\S]*?)```/g)].find(
        ([, found, text = ""]) => found === language && text.includes(start),
      )?.[2] ?? "";
    const folder = await mkdtemp(join(tmpdir(), "anchorwatch-access-page-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, "production.cedar"), example("cedar", "strong-in-production"));
    const server = await parseServerConfiguration(
      example("yaml", "role: administrator"),
      "server.yaml",
      folder,
    );
    const tests = parsePolicyTests(example("yaml", "principals:"), "access.test.yaml");
    expect(server.ok ? [] : server.problems).toEqual([]);
    expect(tests.ok ? [] : tests.problems).toEqual([]);
    const results = tests.ok && server.ok ? runPolicyTests(tests.tests, server.configuration.access) : [];
    expect(results.map(({ failure }) => failure)).toEqual([undefined, undefined, undefined, undefined]);
    expect(page).toContain(`# yaml-language-server: $schema=./${ACCESS_TEST_SCHEMA_FILE}\n`);
    for (const action of Object.keys(ACTIONS)) expect(page).toContain(`| \`${action}\` |`);
  });
});

describe("the page about the configuration", () => {
  it("shows examples that are right, and names the schemas for editors", async () => {
    const page = await readFile(new URL("docs/configuration.md", REPOSITORY), "utf8");
    const examples = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = ""]) => text);
    expect(examples.length).toBeGreaterThan(1);
    for (const example of examples) {
      const isServers = /\n(?:ledger|watch|access|exceptions):/.test(example);
      const parsed = isServers
        ? await parseServerConfiguration(example, "example", "/etc")
        : parseConfiguration(example, "example");
      expect(parsed).toMatchObject({ ok: true });
    }
    for (const file of [SCHEMA_FILE, SERVER_SCHEMA_FILE])
      expect(page).toContain(`# yaml-language-server: $schema=./${file}\n`);
  });

  it("is joined by one about access, whose examples are right, too", async () => {
    const page = await readFile(new URL("docs/access.md", REPOSITORY), "utf8");
    const examples = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = ""]) => text);
    const servers = examples.filter((example) => /^access:/m.test(example));
    expect(servers.length).toBeGreaterThan(1);
    for (const example of servers) {
      const around = [
        /^version:/m.test(example) ? "" : "version: 1\n",
        /^server:/m.test(example) ? "" : "server: { publicUrl: https://anchorwatch.example.com }\n",
      ];
      // The files of policies stand on the page itself.
      const whole = around.join("") + example.replace(/^ +policies:.*\n/m, "");
      const parsed = await parseServerConfiguration(whole, "example", "/etc");
      expect(parsed).toMatchObject({ ok: true });
    }
  });
});
