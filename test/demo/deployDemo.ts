import { fileURLToPath } from "node:url";
import { type Deployment, prepareDeployment } from "../support/deployment.ts";
import type { Environment } from "../support/executable.ts";
import type { CloudMachine } from "../support/machine.ts";

/** The demo's network on a cloud of its own, applied. Close it when done. */
export async function deployDemo(machine: CloudMachine, env: Environment): Promise<Deployment> {
  const code = fileURLToPath(new URL("estate", import.meta.url));
  const deployment = await prepareDeployment({ machine, env, code, region: "eu-central-1" });
  try {
    await deployment.terraform.apply({ parallelism: 30 });
    return deployment;
  } catch (error) {
    await deployment.close();
    throw error;
  }
}
