import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { SupportError } from "./error.ts";
import type { Environment } from "./executable.ts";
import type { CloudMachine } from "./machine.ts";
import { type Ran, run } from "./run.ts";

/** One resource that Terraform says has drifted. `before` is what the state records, `after` what Terraform read. */
export interface TerraformDrift {
  readonly address: string;
  readonly action: "update" | "delete" | "other";
  readonly before: unknown;
  readonly after: unknown;
}

export interface TerraformPlan {
  /** The same that `-refresh-only` calls drift, sorted by address. */
  readonly drift: readonly TerraformDrift[];
  /** Addresses that would be created, changed or deleted. */
  readonly planned: ReadonlySet<string>;
}

/** The real Terraform in one root module, with its own state file beside the code. */
export interface Terraform {
  readonly folder: string;
  /** The environment that it runs with: also right for a program that reads the same stack. */
  readonly env: NodeJS.ProcessEnv;
  init(): Promise<void>;
  /** Applies without asking. */
  apply(options?: { readonly parallelism?: number }): Promise<void>;
  /** Writes what is live into the state, without changing the cloud. Gives what had drifted before that. */
  refresh(options?: { readonly parallelism?: number }): Promise<readonly TerraformDrift[]>;
  /** What an ordinary `terraform plan` says. Changes nothing. */
  plan(options?: { readonly parallelism?: number }): Promise<TerraformPlan>;
  destroy(): Promise<void>;
  /** Any other command; its status is the caller's to judge. */
  run(args: readonly string[], signal?: AbortSignal): Promise<Ran>;
}

/**
 * Terraform that installs providers only from the machine's mirror and knows nothing of the user's cloud, credentials,
 * plugin cache or CLI configuration.
 * @param folder the root module. Gets `terraform.tfstate`, `.terraform/` and a CLI configuration.
 */
export function terraformIn(folder: string, machine: CloudMachine, env: Environment): Terraform {
  const cliConfig = join(folder, "cli.tfrc");
  writeFileSync(cliConfig, cliConfiguration(machine.aws.mirror));
  const environment = terraformEnvironment(env, cliConfig);
  const terraform = (args: readonly string[], signal?: AbortSignal) =>
    run(machine.terraform, args, { cwd: folder, env: environment, ...(signal && { signal }) });
  const must = async (args: readonly string[]) => expectSuccess(args, await terraform(args));
  const shownPlan = async (args: readonly string[]): Promise<TerraformPlan> => {
    await must(["plan", ...UNATTENDED, ...args, `-out=${PLAN}`]);
    const shown = JSON.parse(await must(["show", "-json", PLAN])) as ShownPlan;
    return { drift: driftIn(shown), planned: plannedIn(shown) };
  };
  return {
    folder,
    env: environment,
    run: terraform,
    init: async () => void (await must(["init", "-input=false", "-no-color"])),
    apply: async (options = {}) =>
      void (await must(["apply", ...UNATTENDED, ...parallel(options), "-auto-approve"])),
    refresh: async (options = {}) => {
      const { drift } = await shownPlan(["-refresh-only", ...parallel(options)]);
      // What was read is written without being read once more.
      await must(["apply", ...UNATTENDED, PLAN]);
      return drift;
    },
    destroy: async () => void (await must(["destroy", ...UNATTENDED, "-auto-approve"])),
    plan: (options = {}) => shownPlan(parallel(options)),
  };
}

const PLAN = "shown.tfplan";
const UNATTENDED = ["-input=false", "-no-color", "-lock=false"];

function parallel(options: { readonly parallelism?: number }): readonly string[] {
  return options.parallelism === undefined ? [] : [`-parallelism=${options.parallelism}`];
}

function cliConfiguration(mirror: string): string {
  return `disable_checkpoint = true
provider_installation {
  filesystem_mirror {
    path    = ${JSON.stringify(mirror)}
    include = ["registry.terraform.io/*/*"]
  }
}
`;
}

// Nothing of AWS_* or TF_* is inherited: a developer's profile, a plugin cache or a TF_VAR would change what is tested.
function terraformEnvironment(env: Environment, cliConfig: string): NodeJS.ProcessEnv {
  const own: NodeJS.ProcessEnv = {
    TF_CLI_CONFIG_FILE: cliConfig,
    TF_IN_AUTOMATION: "1",
    CHECKPOINT_DISABLE: "1",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: "none",
    AWS_SHARED_CREDENTIALS_FILE: "none",
  };
  for (const name of ["PATH", "HOME", "TMPDIR", "LANG"]) if (env[name] !== undefined) own[name] = env[name];
  return own;
}

function expectSuccess(args: readonly string[], ran: Ran): string {
  if (ran.status === 0) return ran.stdout;
  const output = `${ran.stdout}\n${ran.stderr}`.slice(-6_000);
  throw new SupportError(
    "terraform_failed",
    `terraform ${args[0]} ended with status ${ran.status}:\n${output}`,
  );
}

interface ShownPlan {
  readonly resource_drift?: readonly ShownChange[];
  readonly resource_changes?: readonly ShownChange[];
}

interface ShownChange {
  readonly address: string;
  readonly change: { readonly actions: readonly string[]; readonly before: unknown; readonly after: unknown };
}

function driftIn({ resource_drift: drift = [] }: ShownPlan): readonly TerraformDrift[] {
  return drift
    .map(({ address, change }) => ({
      address,
      action: actionOf(change.actions),
      before: change.before,
      after: change.after,
    }))
    .sort((a, b) => (a.address < b.address ? -1 : 1));
}

function plannedIn({ resource_changes: changes = [] }: ShownPlan): ReadonlySet<string> {
  const planned = changes.filter(
    ({ change }) => !change.actions.every((action) => action === "no-op" || action === "read"),
  );
  return new Set(planned.map(({ address }) => address));
}

function actionOf(actions: readonly string[]): TerraformDrift["action"] {
  const [first] = actions;
  return actions.length === 1 && (first === "update" || first === "delete") ? first : "other";
}
