import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { cloudAt } from "../support/cloud.ts";
import { type Deployment, prepareDeployment, settle } from "../support/deployment.ts";
import { type Moto, startMoto } from "../support/moto.ts";
import { benchmarkEstate, REGION } from "./estates.ts";
import { count } from "./numbers.ts";
import type { CloudWorkplace } from "./workplace.ts";

// Few, so that moto keeps up: a connection that it drops makes the provider repeat a creation, which then exists already.
const PARALLELISM = 10;
const ATTEMPTS = 3;

export interface EstateOptions {
  /** EC2 in a moto of its own, so that the cloud answers two requests at a time. */
  readonly networkApart: boolean;
}

export interface BenchEstate extends Deployment {
  /** All processes of moto that it lies in. */
  readonly clouds: readonly Moto[];
}

/**
 * An estate of so many resources on a moto of its own, applied, and refreshed until Terraform finds nothing. Begins again
 * from nothing when Terraform fails: a simulated cloud under load drops a connection now and then.
 */
export async function deployEstate(
  place: CloudWorkplace,
  resources: number,
  options: EstateOptions,
): Promise<BenchEstate> {
  place.say(`deploying ${count(resources)} resources to moto`);
  for (let attempt = 1; ; attempt++) {
    try {
      return await deployOnce(place, resources, options);
    } catch (error) {
      place.signal.throwIfAborted();
      if (attempt === ATTEMPTS) throw error;
      place.say(`that failed; beginning again: ${errorLine(error)}`);
    }
  }
}

async function deployOnce(
  place: CloudWorkplace,
  resources: number,
  { networkApart }: EstateOptions,
): Promise<BenchEstate> {
  const code = benchmarkEstate(resources);
  const { machine, env } = place;
  const deployment = await prepareDeployment({ machine, env, code, region: REGION });
  const estate = networkApart
    ? await withNetworkApart(place, deployment)
    : { ...deployment, clouds: [deployment.moto] };
  try {
    await estate.terraform.apply({ parallelism: PARALLELISM });
    place.say("settling its state");
    await settle(estate.terraform, { parallelism: PARALLELISM });
    return estate;
  } catch (error) {
    await estate.close();
    throw error;
  }
}

async function withNetworkApart(
  { machine, env }: CloudWorkplace,
  deployment: Deployment,
): Promise<BenchEstate> {
  const network = await startMoto(machine.moto, env);
  writeFileSync(join(deployment.folder, "network.auto.tfvars"), `network = "${network.endpoint}"\n`);
  const { ec2 } = cloudAt(network.endpoint, REGION);
  return {
    ...deployment,
    cloud: { ...deployment.cloud, ec2 },
    clouds: [deployment.moto, network],
    close: async () => {
      await network.stop();
      await deployment.close();
    },
  };
}

function errorLine(error: unknown): string {
  return /^.*Error: .*$/m.exec(String(error).split("\n").slice(1).join("\n"))?.[0] ?? String(error);
}
