import { expect, it } from "vitest";
import type { Deployment } from "../support/deployment.ts";
import { cloudMachine, inspectMachine } from "../support/machine.ts";
import { CONSOLE_CHANGES } from "./console.ts";
import { deployDemo } from "./deployDemo.ts";

const found = cloudMachine(inspectMachine(process.env));
// Terraform tells these two twice: once where the change was made, once where it is repeated.
const MIRRORS = ["aws_iam_role.deploy", "aws_s3_bucket.logs"];
const name = "deploys the demo, and Terraform sees every change made in the console";

const drifted = async ({ terraform }: Deployment) => (await terraform.plan({ parallelism: 30 })).drift;

it.skipIf(!found.ok)(found.ok ? name : found.skipped.join("; "), { timeout: 180_000 }, async () => {
  if (!found.ok) return;
  const deployment = await deployDemo(found.machine, process.env);
  try {
    const before = (await drifted(deployment)).map((drift) => JSON.stringify(drift));
    for (const change of CONSOLE_CHANGES) await change.make(deployment);
    const fresh = (await drifted(deployment)).filter((drift) => !before.includes(JSON.stringify(drift)));
    const changed = CONSOLE_CHANGES.map((change) => change.address);
    expect(fresh.map((drift) => drift.address)).toEqual([...changed, ...MIRRORS].sort());
  } finally {
    await deployment.close();
  }
});
