import { type Deployment, prepareDeployment, settle } from "../support/deployment.ts";
import { benchmarkEstate, REGION } from "./estates.ts";
import { count } from "./numbers.ts";
import type { CloudWorkplace } from "./workplace.ts";

// Few, so that moto keeps up: a connection that it drops makes the provider repeat a creation, which then exists already.
const PARALLELISM = 10;
const ATTEMPTS = 3;

/**
 * An estate of so many resources on a moto of its own, applied, and refreshed until Terraform finds nothing. Begins again
 * from nothing when Terraform fails: a simulated cloud under load drops a connection now and then.
 */
export async function deployEstate(place: CloudWorkplace, resources: number): Promise<Deployment> {
  place.say(`deploying ${count(resources)} resources to moto`);
  for (let attempt = 1; ; attempt++) {
    try {
      return await deployOnce(place, resources);
    } catch (error) {
      place.signal.throwIfAborted();
      if (attempt === ATTEMPTS) throw error;
      place.say(`that failed; beginning again: ${errorLine(error)}`);
    }
  }
}

async function deployOnce(place: CloudWorkplace, resources: number): Promise<Deployment> {
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

function errorLine(error: unknown): string {
  return /^.*Error: .*$/m.exec(String(error).split("\n").slice(1).join("\n"))?.[0] ?? String(error);
}
