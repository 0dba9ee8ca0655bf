import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatAddress } from "../../packages/anchorwatch/src/domain/address.ts";
import { type Cloud, cloudAt } from "./cloud.ts";
import { SupportError } from "./error.ts";
import type { Environment } from "./executable.ts";
import type { CloudMachine } from "./machine.ts";
import { type Moto, type MotoOptions, startMoto } from "./moto.ts";
import { type Terraform, type TerraformDrift, terraformIn } from "./terraform.ts";

/** A root module with a simulated cloud of its own, in a temporary folder. */
export interface Deployment {
  readonly folder: string;
  readonly terraform: Terraform;
  readonly moto: Moto;
  readonly cloud: Cloud;
  /** An attribute (`id` when not named) of a resource, as the state holds it now. */
  recorded(address: string, attribute?: string): string;
  /** Stops the cloud and removes the folder. */
  close(): Promise<void>;
}

export interface DeploymentOptions extends MotoOptions {
  readonly machine: CloudMachine;
  readonly env: Environment;
  /** The code: a folder that is copied, or files by name. It declares `variable "cloud"`, the address of the cloud. */
  readonly code: string | Readonly<Record<string, string>>;
  readonly region: string;
}

/** Starts a cloud, copies the code and initialises Terraform; applies nothing. */
export async function prepareDeployment(options: DeploymentOptions): Promise<Deployment> {
  const folder = mkdtempSync(join(tmpdir(), "anchorwatch-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  let moto: Moto | undefined;
  try {
    writeCode(folder, options.code);
    moto = await startMoto(options.machine.moto, options.env, options);
    writeFileSync(join(folder, "cloud.auto.tfvars"), `cloud = ${JSON.stringify(moto.endpoint)}\n`);
    const terraform = terraformIn(folder, options.machine, options.env);
    await terraform.init();
    return deployment(folder, terraform, moto, options.region);
  } catch (error) {
    await moto?.stop();
    remove();
    throw error;
  }
}

/** What Terraform said while a state was settled. */
export interface Settling {
  /** What it called drift before anybody had touched anything. */
  readonly driftOfNobody: readonly TerraformDrift[];
  /** What it plans though all of the code was applied. */
  readonly planned: ReadonlySet<string>;
}

/** Refreshes the state until Terraform itself finds no drift in it: an apply alone leaves an unsettled record. */
export async function settle(
  terraform: Terraform,
  options: { readonly parallelism?: number } = {},
): Promise<Settling> {
  const driftOfNobody = await terraform.refresh(options);
  for (let refreshes = 1; refreshes <= 3; refreshes++) {
    const { drift, planned } = await terraform.plan(options);
    if (drift.length === 0) return { driftOfNobody, planned };
    await terraform.refresh(options);
  }
  throw new SupportError(
    "unexpected_output",
    "Terraform still reports drift after four refreshes of an idle cloud.",
  );
}

function deployment(folder: string, terraform: Terraform, moto: Moto, region: string): Deployment {
  return {
    folder,
    terraform,
    moto,
    cloud: cloudAt(moto.endpoint, region),
    recorded: (address, attribute = "id") =>
      recordedIn(join(folder, "terraform.tfstate"), address, attribute),
    close: async () => {
      await moto.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function writeCode(folder: string, code: DeploymentOptions["code"]): void {
  if (typeof code === "string") cpSync(code, folder, { recursive: true });
  else for (const [name, text] of Object.entries(code)) writeFileSync(join(folder, name), text);
}

interface State {
  readonly resources: readonly {
    readonly module?: string;
    readonly mode: "managed" | "data";
    readonly type: string;
    readonly name: string;
    readonly instances: readonly {
      readonly index_key?: string | number;
      readonly attributes: Readonly<Record<string, unknown>>;
    }[];
  }[];
}

function recordedIn(file: string, address: string, attribute: string): string {
  const state = JSON.parse(readFileSync(file, "utf8")) as State;
  for (const { module = "", mode, type, name, instances } of state.resources) {
    for (const { index_key: key, attributes } of instances) {
      const found = formatAddress({ module, mode, type, name, ...(key !== undefined && { key }) });
      if (found === address) return String(attributes[attribute]);
    }
  }
  throw new SupportError("unexpected_output", `${file} holds no ${address}.`);
}
