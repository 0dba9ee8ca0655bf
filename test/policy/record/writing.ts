/** The files of the recorded cases: those that anybody writes for rules, one for each type. */

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { parseCases } from "../../../packages/anchorwatch/src/app/policy/cases/parseCases.ts";
import { builtinRules } from "../../../packages/anchorwatch/src/app/policy/rules/builtinRules.ts";
import type { ChangeFacts, DriftFacts } from "../../../packages/anchorwatch/src/policy/facts.ts";
import { speaksOf } from "../../../packages/anchorwatch/src/policy/rules/ruleSet.ts";
import type { Deployment } from "../../support/deployment.ts";
import { SupportError } from "../../support/error.ts";
import { findExecutable } from "../../support/executable.ts";
import type { CloudMachine } from "../../support/machine.ts";
import { run } from "../../support/run.ts";
import type { RecordedCase } from "./case.ts";

/** What the cases were recorded with. */
export interface Versions {
  readonly terraform: string;
  /** Of the provider hashicorp/aws. */
  readonly provider: string;
  readonly moto: string;
}

const FOLDER = new URL("../../../packages/anchorwatch/src/policy/packs/aws/cases/", import.meta.url);

/** Replaces all that were there. */
export function writeCases(recorded: ReadonlyMap<RecordedCase, DriftFacts>, versions: Versions): void {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  for (const [type, cases] of Map.groupBy(recorded, ([{ type }]) => type)) {
    const text = `# Written by npm run record:policies.\nversion: 1\ncases:\n${cases.map((one) => textOf(...one, versions)).join("")}`;
    const read = parseCases(text, type);
    const facts = read.ok ? read.cases.map((one) => one.facts) : [];
    if (!isDeepStrictEqual(plain(facts), plain(cases.map(([, facts]) => facts))))
      throw new SupportError(
        "unexpected_output",
        `the cases of ${type} are read as something else than what was written`,
      );
    writeFileSync(new URL(`${type}.yaml`, FOLDER), text);
  }
}

/** Whatever prototypes there are. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function textOf({ name, does, calls, fires }: RecordedCase, facts: DriftFacts, versions: Versions): string {
  const { stack, resource, verdict, recorded, live, isCut, changes } = facts;
  const called = calls.map(({ service, operation }) => `${service}.${operation}`).join(", ");
  const note = `Read by hashicorp/aws ${versions.provider} under Terraform ${versions.terraform} on moto ${versions.moto}, after ${called}.`;
  return [
    `  - name: ${JSON.stringify(`${name}: ${does}`)}`,
    `    note: ${JSON.stringify(note)}`,
    "    given:",
    `      stack: ${JSON.stringify(stack)}`,
    `      resource: ${JSON.stringify(resource)}`,
    `      verdict: ${verdict}`,
    ...(isCut ? ["      isCut: true"] : []),
    changes.length === 0 ? "      changes: []" : "      changes:",
    ...changes.map((change) => `        - ${JSON.stringify(changeOf(change))}`),
    `      recorded: ${JSON.stringify(recorded)}`,
    `      live: ${JSON.stringify(live)}`,
    "    expect:",
    `      rules: ${JSON.stringify(fires)}`,
    `      notRules: ${JSON.stringify(quietAt(facts, fires))}`,
    "",
  ].join("\n");
}

/** Without what is the same by default. */
function changeOf({ path, attribute, op, sensitive, settable, ignored, ...values }: ChangeFacts) {
  return {
    path,
    ...(attribute === path.split(/[.[]/)[0] ? {} : { attribute }),
    ...(op === "replace" ? {} : { op }),
    ...values,
    ...(sensitive && { sensitive }),
    ...(settable ? {} : { settable }),
    ...(ignored && { ignored }),
  };
}

/** Rules that speak of such a drift and have nothing to say of this one. */
function quietAt({ resource: { type }, verdict }: DriftFacts, fires: readonly string[]): readonly string[] {
  const { rules } = builtinRules().compiled;
  return rules
    .filter(({ types, source }) => speaksOf(types, source.on, type, verdict) && !fires.includes(source.id))
    .map(({ source }) => source.id);
}

export async function versionsOf(
  machine: CloudMachine,
  { folder, terraform }: Deployment,
): Promise<Versions> {
  const said = await run(machine.terraform, ["version", "-json"], { cwd: folder, env: terraform.env });
  const { terraform_version: version } = JSON.parse(said.stdout) as { readonly terraform_version: string };
  const python = findExecutable("python3", process.env) ?? "python3";
  const asked = await run(python, ["-c", "import moto; print(moto.__version__)"], {
    cwd: folder,
    env: process.env,
  });
  return { terraform: version, provider: machine.aws.version, moto: asked.stdout.trim() };
}
