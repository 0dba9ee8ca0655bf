import { type Deployment, prepareDeployment, settle } from "../support/deployment.ts";
import { benchmarkEstate, REGION } from "./estates.ts";
import { count } from "./numbers.ts";
import type { CloudWorkplace } from "./workplace.ts";

const PARALLELISM = 30;

/** An estate of so many resources on a moto of its own, applied, and refreshed until Terraform finds nothing. */
export async function deployEstate(place: CloudWorkplace, resources: number): Promise<Deployment> {
  place.say(`deploying ${count(resources)} resources to moto`);
  const code = benchmarkEstate(resources);
  const { machine, env } = place;
  const deployment = await prepareDeployment({ machine, env, code, region: REGION });
  try {
    await deployment.terraform.apply({ parallelism: PARALLELISM });
    place.say("settling its state");
    await settle(deployment.terraform, { parallelism: PARALLELISM });
    return deployment;
  } catch (error) {
    await deployment.close();
    throw error;
  }
}
