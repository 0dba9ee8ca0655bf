import { expect, it } from "vitest";
import { formatProblem } from "../problems.ts";
import { parseServerConfiguration } from "./parse.ts";

async function read(lines: string) {
  const parsed = await parseServerConfiguration(`version: 1\n${lines}`, "server.yaml", "/etc/aw");
  return parsed.ok
    ? { unmanaged: parsed.configuration.watch.unmanaged, problems: "" }
    : { unmanaged: undefined, problems: parsed.problems.map(formatProblem).join("\n") };
}

it("is a search of accounts with what reaches them, and what is left out with the line that says so", async () => {
  const { unmanaged } = await read(`unmanaged:
  every: 30m
  accounts:
    - { name: prod, account: "123456789012", regions: [eu-central-1, eu-central-1], labels: { env: prod },
        aws: { role: "arn:aws:iam::123456789012:role/read", externalId: abc, endpoint: "http://localhost:5000" } }
    - { name: dev, regions: [us-east-1], without: [lambda] }
  ignore:
    - { type: "aws_iam_*", reason: single sign-on }`);
  expect(unmanaged).toEqual({
    everyMs: 1_800_000,
    accounts: [
      {
        ...{
          name: "prod",
          account: "123456789012",
          regions: ["eu-central-1"],
          labels: { env: "prod" },
          without: [],
        },
        aws: {
          role: "arn:aws:iam::123456789012:role/read",
          externalId: "abc",
          endpoint: "http://localhost:5000",
        },
      },
      { name: "dev", regions: ["us-east-1"], labels: {}, without: ["lambda"], aws: {} },
    ],
    ignore: [{ type: "aws_iam_*", reason: "single sign-on", origin: "server.yaml:9" }],
  });
});

it("is nothing where the file says nothing, and each hour where it does not say how often", async () => {
  expect((await read("")).unmanaged).toBeUndefined();
  expect(
    (await read("unmanaged: { accounts: [{ name: a, regions: [eu-west-1] }] }")).unmanaged,
  ).toMatchObject({
    everyMs: 3_600_000,
    ignore: [],
  });
});

it.each([
  ["every: 1s", /every: 1s is shorter than 1m/],
  ["ignore: [{ reason: r }]", /ignore\[0\] would leave out everything.*Add arn, type or tags/s],
  ["ignore: [{ arn: 'arn:*' }]", /reason/],
])("says what is wrong with %s", async (line, problem) => {
  const { problems } = await read(`unmanaged:\n  accounts: [{ name: a, regions: [eu-west-1] }]\n  ${line}`);
  expect(problems).toMatch(problem);
});

it.each([
  ["[{ name: a, regions: [] }]", /regions/],
  ["[{ name: a, regions: [europe] }]", /regions/],
  ["[{ name: a, regions: [eu-west-1], account: 12 }]", /account/],
  ["[{ name: a, regions: [eu-west-1], without: [dynamodb] }]", /without/],
  [
    "[{ name: a, regions: [eu-west-1] }, { name: a, regions: [eu-west-2] }]",
    /“a” is already taken in line 2/,
  ],
  ["[{ name: 'a b', regions: [eu-west-1] }]", /name/],
  ["[]", /accounts/],
])("refuses accounts %s", async (accounts, problem) => {
  expect((await read(`unmanaged: { accounts: ${accounts} }`)).problems).toMatch(problem);
});
