/** Writes `docs/policies-aws.md` from the built-in rules and their recorded cases. A test fails while the page is out of date. */
import { writeFileSync } from "node:fs";
import { builtinRules } from "../packages/anchorwatch/src/app/policy/rules/builtinRules.ts";
import type { CompiledRule } from "../packages/anchorwatch/src/policy/rules/compileRules.ts";
import { type AwsCase, readAwsCases } from "../test/policy/awsCases.ts";

const page = new URL("../docs/policies-aws.md", import.meta.url);

const SUBJECTS: Readonly<Record<string, string>> = {
  "network.yaml": "Network",
  "public.yaml": "Public data",
  "identity.yaml": "Identity",
  "encryption.yaml": "Encryption",
  "logging.yaml": "Logging and watching",
  "protection.yaml": "Backups and protection against deletion",
  "availability.yaml": "Availability",
  "code.yaml": "What runs",
  "cost.yaml": "Cost",
};

const cases = readAwsCases();
const rules = builtinRules().compiled.rules.filter(({ source }) => source.id.startsWith("aws."));
const types = new Set(cases.filter(({ fires }) => fires.length > 0).map(({ type }) => type));
const recordedWith = /^Read by (.*), after /.exec(cases[0]?.note ?? "")?.[1] ?? "";

/** The page, before it is formatted. */
export const policiesPage = [
  "# Built-in rules for AWS",
  "",
  `${rules.length} rules come with Anchorwatch; drifts of ${types.size} types of resources were recorded for them. This page is made from the rules by \`npm run docs\`. [policies.md](policies.md) says how rules work, how one is switched off, and how to write your own.`,
  "",
  `They are tested by ${cases.length} recorded drifts, not by what somebody thinks a drift looks like: a stack is deployed with the real Terraform on a simulated cloud, calls of the cloud's own API change it, and what Anchorwatch's check says of it through the real provider is kept (${recordedWith}). No real AWS account was used, and what the simulated cloud cannot do was not recorded. Who did it is not known in these cases, since it keeps no audit trail.`,
  "",
  "The cases are ordinary files of `anchorwatch policy test`, in `policy/packs/aws/cases/TYPE.yaml`; `anchorwatch policy test --builtin` runs them against the rules that are in force for you. Most ids and all times that the cloud invents are numbered in them, so that recording again (`npm run record:policies`, some ten minutes) changes little else than what really is another.",
  "",
  "A rule that no drift could be recorded for is not built in. The simulated cloud shows no changed parameters of `aws_db_parameter_group`, no changed key of a DynamoDB table, no deleted plan and no tags of AWS Backup, no protection of a machine against its termination, and the provider does not read which code a Lambda function was given; drifts of these are classified by what the attribute is about.",
  "",
  "“Fires at” names the cases that make the rule fire; “quiet at” those of the same types that must not.",
  ...Object.entries(SUBJECTS).flatMap(([file, title]) => [
    "",
    `## ${title}`,
    "",
    ...table(rules.filter(({ source }) => source.file.endsWith(`/${file}`))),
  ]),
  "",
].join("\n");

function table(some: readonly CompiledRule[]): string[] {
  return [
    "| rule | meaning | class | severity | fires at | quiet at | controls |",
    "| --- | --- | --- | --- | --- | --- | --- |",
    ...some.map(row),
  ];
}

function row({ source, types: globs }: CompiledRule): string {
  const { id, title, severity, controls } = source;
  const fired = cases.filter(({ fires }) => fires.includes(id));
  const patterns = (globs === undefined ? [] : source.types) ?? [];
  const quiet = cases.filter(({ type, fires }) => patterns.includes(type) && !fires.includes(id));
  const cells = [
    `\`${id}\``,
    title,
    source.class,
    severity,
    namesOf(fired),
    String(quiet.length),
    controls.join(", "),
  ];
  return `| ${cells.join(" | ")} |`;
}

function namesOf(some: readonly AwsCase[]): string {
  return some.map(({ name }) => `\`${name}\``).join(", ");
}

if (import.meta.main) writeFileSync(page, policiesPage);
