import { copyFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Deployment, prepareDeployment, type Settling, settle } from "../support/deployment.ts";
import type { Environment } from "../support/executable.ts";
import type { CloudMachine } from "../support/machine.ts";

/** The estate, applied and settled, with a copy of its state from right after the apply. */
export interface DeployedEstate extends Deployment, Settling {
  /** The state as one apply leaves it, absolute: much of it Terraform itself then calls drift. */
  readonly justApplied: string;
}

/** More at once than Terraform does by itself: the provider's waits overlap. */
export const PARALLELISM = 30;

/** Takes about a minute and a half; most of it are waits inside the provider. */
export async function deployEstate(machine: CloudMachine, env: Environment): Promise<DeployedEstate> {
  const code = fileURLToPath(new URL("stack", import.meta.url));
  const deployment = await prepareDeployment({
    machine,
    env,
    code,
    region: "eu-central-1",
    managedPolicies: true,
  });
  try {
    await deployment.terraform.apply({ parallelism: PARALLELISM });
    const justApplied = `${deployment.folder}/just-applied.json`;
    copyFileSync(`${deployment.folder}/terraform.tfstate`, justApplied);
    const settling = await settle(deployment.terraform, { parallelism: PARALLELISM });
    return { ...deployment, justApplied, ...settling };
  } catch (error) {
    await deployment.close();
    throw error;
  }
}
