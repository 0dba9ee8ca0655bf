import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "../support/executable.ts";
import type { CloudMachine } from "../support/machine.ts";
import { CONSOLE_CHANGES } from "./console.ts";
import { deployDemo } from "./deployDemo.ts";
import type { Stage } from "./stage.ts";

/** The real AWS provider on a mock of AWS. */
export async function awsStage(machine: CloudMachine, environment: Environment): Promise<Stage> {
  const deployment = await deployDemo(machine, environment);
  return {
    name: "harbour",
    folder: deployment.folder,
    environment: deployment.terraform.env,
    resources: resourcesIn(join(deployment.folder, "terraform.tfstate")),
    changes: CONSOLE_CHANGES.map(({ says, make, address, service, call, names }) => ({
      says,
      address,
      make: () => make(deployment),
      call: { service, name: call, identifiers: names(deployment) },
    })),
    close: () => deployment.close(),
  };
}

function resourcesIn(statePath: string): number {
  const state = JSON.parse(readFileSync(statePath, "utf8")) as {
    readonly resources: readonly { readonly mode: string; readonly instances: readonly unknown[] }[];
  };
  const managed = state.resources.filter(({ mode }) => mode === "managed");
  return managed.reduce((count, { instances }) => count + instances.length, 0);
}
