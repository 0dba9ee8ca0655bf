/** Deploys the estate with what its cases need. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Deployment } from "../../support/deployment.ts";
import { SupportError } from "../../support/error.ts";
import type { Environment } from "../../support/executable.ts";
import { callAll } from "./caller.ts";
import { instancesOf, type RecordedCase } from "./case.ts";
import { recordedIn } from "./filling.ts";

/** More at once than Terraform does by itself: the provider's waits overlap. */
const PARALLELISM = 30;

/** The second apply takes down what the first one left unsettled. */
export async function deploy(
  deployment: Deployment,
  cases: readonly RecordedCase[],
  env: Environment,
): Promise<void> {
  const { terraform, folder } = deployment;
  const apply = async (started: boolean) => {
    const variables = { cases: instancesOf(cases), started };
    writeFileSync(join(folder, "cases.auto.tfvars.json"), JSON.stringify(variables));
    await terraform.apply({ parallelism: PARALLELISM });
  };
  await apply(false);
  await startTrails(deployment, env);
  await apply(true);
}

async function startTrails({ folder, moto, cloud }: Deployment, env: Environment): Promise<void> {
  const trails = [...recordedIn(folder)].filter(([address]) => address.startsWith("aws_cloudtrail.sound["));
  const calls = trails.map(([, { name = null }]) => ({
    service: "cloudtrail",
    operation: "start_logging",
    parameters: { Name: name },
  }));
  const place = { endpoint: moto.endpoint, region: cloud.region, folder, env };
  const refused = (await callAll(calls, place)).find((answer) => !answer.ok);
  if (refused !== undefined)
    throw new SupportError("moto_failed", `a trail could not be started: ${JSON.stringify(refused)}`);
}
