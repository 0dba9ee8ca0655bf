/**
 * Records the cases of the built-in rules for AWS: deploys an estate with the real Terraform on a simulated cloud, lets the cloud's API
 * change it behind Terraform's back, and writes down what our check sees through the real provider. Takes some minutes.
 */
import { fileURLToPath } from "node:url";
import { prepareDeployment } from "../../support/deployment.ts";
import { cloudMachine, inspectMachine } from "../../support/machine.ts";
import { type RecordedCase, readCases } from "./case.ts";
import { deploy } from "./deploying.ts";
import { recordCases } from "./recording.ts";
import { versionsOf, writeCases } from "./writing.ts";

const REGION = "eu-central-1";

const found = cloudMachine(inspectMachine(process.env));
if (!found.ok) {
  process.stderr.write(`${found.skipped.join("\n")}\n`);
  process.exit(1);
}
process.exitCode = await record(readCases());

async function record(cases: readonly RecordedCase[]): Promise<number> {
  if (!found.ok) return 1;
  const { machine } = found;
  const print = (line: string) => void process.stdout.write(`${line}\n`);
  const code = fileURLToPath(new URL("stack", import.meta.url));
  const deployment = await prepareDeployment({
    machine,
    env: process.env,
    code,
    region: REGION,
    managedPolicies: true,
  });
  try {
    print(`deploying the estate for ${cases.length} cases`);
    await deploy(deployment, cases, process.env);
    const { recorded, failed } = await recordCases(deployment, cases, process.env, print);
    writeCases(recorded, await versionsOf(machine, deployment));
    print(`${recorded.size} cases recorded`);
    for (const line of failed) print(`not recorded: ${line}`);
    return failed.length === 0 ? 0 : 1;
  } finally {
    await deployment.close();
  }
}
