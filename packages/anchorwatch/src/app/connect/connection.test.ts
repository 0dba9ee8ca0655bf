import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { overlap, READ_IDS, WRITE_IDS } from "./catalogue/services.ts";
import { connectionFiles } from "./connection.ts";
import { explainedPermissions } from "./explain.ts";
import { checkLimits } from "./policyLimits.ts";
import { type GivenOptions, readOptions } from "./readOptions.ts";
import { readPolicies } from "./readPolicies.ts";
import { readRecord } from "./record.ts";

const EXTERNAL_ID = "anchorwatch-0123456789abcdef";
const GIVEN: GivenOptions = {
  principal: "arn:aws:iam::123456789012:role/ops/anchorwatch",
  region: "eu-central-1",
  executor: true,
};
const filesOf = (more: Partial<GivenOptions> = {}) => {
  const files = connectionFiles(readOptions({ ...GIVEN, ...more }), EXTERNAL_ID);
  return new Map(files.map(({ name, text }) => [name, text]));
};

test("the record of a connection gives back what it was made of, whatever was asked for", () => {
  const given = fc.record({
    services: fc.subarray([...READ_IDS], { minLength: 1 }).map((ids) => ids.join(",")),
    executorServices: fc.subarray([...WRITE_IDS]).map((ids) => ids.join(",")),
    ledgerLock: fc.constantFrom("own", "compliance", "governance"),
    ledgerRetention: fc.integer({ min: 2, max: 36_500 }).map((days) => `${days}d`),
    trail: fc.constantFrom(undefined, "s3://org-trail", "s3://org-trail/logs"),
  });
  fc.assert(
    fc.property(given, ({ trail, ...rest }) => {
      const options = readOptions({ ...GIVEN, ...rest, ...(trail === undefined ? {} : { trail }) });
      checkLimits(options);
      const files = connectionFiles(options, EXTERNAL_ID);
      const record = files.find(({ name }) => name === "connection.json")?.text ?? "";
      const again = readRecord(record, "connection.json");
      expect(again).toEqual({ options, externalId: EXTERNAL_ID });
      expect(connectionFiles(again.options, again.externalId)).toEqual(files);
    }),
    { numRuns: 40 },
  );
});

test("everything that can be asked for together stays within IAM's limits", () => {
  const all = { services: READ_IDS.join(","), executorServices: WRITE_IDS.join(",") };
  expect(() => checkLimits(readOptions({ ...GIVEN, ...all }))).not.toThrow();
});

test("what hands out content is denied until it is asked for by name", () => {
  const denied = (services?: string) =>
    readPolicies(readOptions({ ...GIVEN, ...(services === undefined ? {} : { services }) }))
      .flatMap(({ statements }) => statements)
      .filter(({ effect }) => effect === "Deny")
      .flatMap(({ actions }) => actions);
  const secrets = [
    "secretsmanager:GetSecretValue",
    "ssm:GetParameter",
    "lambda:GetFunction",
    "dynamodb:GetItem",
  ];
  expect(denied()).toEqual(expect.arrayContaining(secrets));
  const some = denied("default,lambda-code,cognito");
  expect(some).toContain("ssm:GetParameter");
  expect(some).not.toContain("lambda:GetFunction");
  expect(some).not.toContain("cognito-idp:DescribeUserPoolClient");
});

test("no read that is allowed by default is one that is denied", () => {
  const statements = readPolicies(readOptions(GIVEN)).flatMap((policy) => policy.statements);
  const of = (effect: string) =>
    statements.filter((statement) => statement.effect === effect).flatMap(({ actions }) => actions);
  expect(of("Allow").filter((action) => of("Deny").includes(action))).toEqual(["apigateway:GET"]);
  expect(of("Allow").filter((action) => !/:(?:Describe|Get|GET|List|Search|BatchGet)/.test(action))).toEqual(
    [],
  );
});

test("without an executor there is no role that could write", () => {
  const files = filesOf({ executor: false });
  expect(`${files.get("main.tf")}${files.get("template.yaml")}`).not.toMatch(/[Ee]xecutor/);
  expect(files.get("principal-policy.json")).not.toContain("SetSourceIdentity");
});

test("an executor that was given no service may write nothing", () => {
  const permissions = explainedPermissions(readOptions(GIVEN), EXTERNAL_ID);
  const executor = permissions.filter(({ who, effect }) => who === "executor role" && effect === "Allow");
  expect(executor.flatMap(({ actions }) => actions)).toEqual(["sts:AssumeRole", "sts:SetSourceIdentity"]);
});

test("a trail that exists is read where it lies, and none is made", () => {
  const files = filesOf({
    trail: "s3://org-trail/logs/AWSLogs/",
    trailKey: "arn:aws:kms:eu-central-1:210987654321:key/1234abcd",
  });
  expect(files.get("main.tf")).not.toContain("aws_cloudtrail");
  expect(files.get("main.tf")).toContain('"arn:aws:s3:::org-trail/logs/AWSLogs/*"');
  expect(files.get("main.tf")).toContain('"arn:aws:kms:eu-central-1:210987654321:key/1234abcd"');
  expect(files.get("anchorwatch.server.yaml")).toContain("trail: s3://org-trail/logs\n");
});

test.each([
  ["--principal", { principal: undefined }],
  ["--principal", { principal: "arn:aws:iam::123456789012:role/*" }],
  ["--principal", { principal: 'arn:aws:iam::123456789012:role/x" }${file("/etc/passwd")}' }],
  ["--region", { region: "eu" }],
  ["--region", { region: "eu-central-1\n" }],
  ["--region", { region: "cn-north-1" }],
  ["--account", { account: "12345678901" }],
  ["--name", { name: "Anchor" }],
  ["--name", { name: "a${x}b" }],
  ["--services", { services: "ec3" }],
  ["--services", { services: "," }],
  ["--executor-services", { executorServices: "everything" }],
  ["--executor-policy", { executorPolicy: "AdministratorAccess" }],
  ["--executor-policy", { executorPolicy: "arn:aws:iam::aws:policy/X", executorServices: "s3" }],
  ["--no-executor", { executor: false, executorServices: "s3" }],
  ["--trail", { trail: "org-trail" }],
  ["--trail", { trail: "s3://org-trail/a b" }],
  ["--trail-key", { trailKey: "arn:aws:kms:eu-central-1:210987654321:key/1" }],
  ["--ledger-lock", { ledgerLock: "forever" }],
  ["--ledger-retention", { ledgerRetention: "1d" }],
] as const)("%s is refused with a hint: %j", (flag, more) => {
  const { principal, ...rest } = { ...GIVEN, ...more };
  const given = principal === undefined ? rest : { ...rest, principal };
  expect(() => readOptions(given)).toThrow(
    expect.objectContaining({
      code: "connection_invalid",
      message: expect.stringContaining(flag),
      hint: expect.any(String),
    }),
  );
});

test("by default the read role may whatever the search for unmanaged resources asks for", async () => {
  const page = await readFile(new URL("../../../../../docs/unmanaged.md", import.meta.url), "utf8");
  const [, list = ""] = /identity needs the permissions([\s\S]*?)Nothing of it reads data/.exec(page) ?? [];
  const needed = [...list.matchAll(/`([a-z0-9]+:[A-Za-z]+)…?`/g)].map(([, action = ""]) => action);
  expect(needed.length).toBeGreaterThan(15);
  const statements = readPolicies(readOptions(GIVEN)).flatMap((policy) => policy.statements);
  const of = (effect: string) =>
    statements.filter((one) => one.effect === effect).flatMap(({ actions }) => actions);
  const allows = (action: string) =>
    of("Allow").some((pattern) => pattern.endsWith("*") && overlap(pattern, action)) ||
    of("Allow").includes(action);
  expect(needed.filter((action) => !allows(action))).toEqual([]);
  expect(needed.filter((action) => of("Deny").includes(action))).toEqual([]);
});

test("the executor can change neither the connection's roles nor whoever runs Anchorwatch", () => {
  const options = readOptions({ ...GIVEN, executorServices: "iam" });
  const guard = explainedPermissions(options, EXTERNAL_ID).find(({ effect, actions }) => {
    return effect === "Deny" && actions.includes("iam:Put*");
  });
  expect(guard?.resources).toEqual([
    "arn:aws:iam::123456789012:role/anchorwatch-*",
    "arn:aws:iam::123456789012:policy/anchorwatch-*",
    GIVEN.principal,
  ]);
});

test("a principal of another account is given no event to send, since the bus would take none from it", () => {
  const files = filesOf({ account: "210987654321" });
  expect(files.get("principal-policy.json")).not.toContain("events:PutEvents");
  expect(filesOf().get("principal-policy.json")).toContain("events:PutEvents");
});

test("both documents are refused in another account or region before anything is made", () => {
  const files = filesOf();
  expect(files.get("main.tf")).toContain('self.account_id == "123456789012"');
  const rules = (parse(files.get("template.yaml") ?? "", { logLevel: "silent" }) as { Rules: unknown }).Rules;
  expect(rules).toEqual({
    RightPlace: {
      Assertions: [
        {
          Assert: { "Fn::Equals": ["AWS::AccountId", "123456789012"] },
          AssertDescription: "This connection was written for the account 123456789012.",
        },
        {
          Assert: { "Fn::Equals": ["AWS::Region", "eu-central-1"] },
          AssertDescription: "This connection was written for the region eu-central-1.",
        },
      ],
    },
  });
});

test.each(["services", "executor"])("a record that names %s nobody knows is refused", (member) => {
  const record = filesOf({ executorServices: "s3", services: "ec2" }).get("connection.json") ?? "";
  const wrong = member === "services" ? record.replace('"ec2"', '"ec3"') : record.replace('"s3"', '"s4"');
  expect(() => readRecord(wrong, "connection.json")).toThrow(
    expect.objectContaining({ code: "connection_invalid", message: expect.stringContaining(member) }),
  );
});

test("a record that was tampered with is refused, naming the member", () => {
  const record = filesOf().get("connection.json") ?? "";
  const wrong = record.replace('"eu-central-1"', '"${file(1)}"');
  expect(() => readRecord(wrong, "x/connection.json")).toThrow(
    expect.objectContaining({
      code: "connection_invalid",
      message: expect.stringMatching(/x\/connection\.json.*region/),
    }),
  );
});
