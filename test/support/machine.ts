import { type Environment, findExecutable } from "./executable.ts";
import { findMirroredProvider, type MirroredProvider } from "./mirror.ts";

/** The programs of this machine that tests, demo and benchmark can use; they cannot be installed from a registry. */
export interface Machine {
  readonly terraform: string | undefined;
  readonly tofu: string | undefined;
  readonly moto: string | undefined;
  readonly aws: MirroredProvider | undefined;
  readonly chromium: string | undefined;
}

/** What a test against the real Terraform, the real AWS provider and moto needs. */
export interface CloudMachine {
  readonly terraform: string;
  readonly moto: string;
  readonly aws: MirroredProvider;
}

/** Looks at PATH and at the usual folders of provider mirrors; reads nothing else and writes nothing. */
export function inspectMachine(env: Environment): Machine {
  return {
    terraform: findExecutable("terraform", env),
    tofu: findExecutable("tofu", env),
    moto: findExecutable("moto_server", env),
    aws: findMirroredProvider({ namespace: "hashicorp", type: "aws" }, env),
    chromium: CHROMIUMS.map((name) => findExecutable(name, env)).find((path) => path !== undefined),
  };
}

/** As distributions call it, and Google's own. */
const CHROMIUMS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"] as const;

/** The machine with everything for a simulated cloud, or why that is skipped: one plain line for each missing thing. */
export function cloudMachine(
  machine: Pick<Machine, "terraform" | "moto" | "aws">,
):
  | { readonly ok: true; readonly machine: CloudMachine }
  | { readonly ok: false; readonly skipped: readonly string[] } {
  const { terraform, moto, aws } = machine;
  if (terraform !== undefined && moto !== undefined && aws !== undefined) {
    return { ok: true, machine: { terraform, moto, aws } };
  }
  const missing = [
    terraform === undefined && "terraform is not on PATH",
    moto === undefined && "moto_server is not on PATH (pip install 'moto[server]')",
    aws === undefined &&
      "no mirror of the provider hashicorp/aws was found (a folder that holds registry.terraform.io/hashicorp/aws)",
  ];
  return {
    ok: false,
    skipped: missing
      .filter((reason) => reason !== false)
      .map((reason) => `skipped: real cloud, because ${reason}`),
  };
}
