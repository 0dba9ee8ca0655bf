/**
 * Pending changes as Terraform itself sees them: the code against the state, without a look at the cloud.
 * Only addresses and actions are asked for: a saved plan would put every secret of the stack on the disk in clear.
 * @see https://developer.hashicorp.com/terraform/internals/machine-readable-ui
 */
import type { ResourceAddress } from "../../domain/address.ts";
import type { PendingChange } from "../../domain/check.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import { type CommandOutcome, type Environment, runTerraform } from "../command.ts";

export interface PlanCall {
  readonly command: string;
  readonly dir: string;
  /** `-var` and `-var-file` options, in order. */
  readonly variables: readonly string[];
  readonly environment: Environment;
  readonly signal: AbortSignal;
  /** Removes secrets from what Terraform says. */
  readonly mask: (text: string) => string;
}

export interface PlannedAction {
  readonly address: ResourceAddress;
  readonly action: PendingChange["action"];
}

const DEADLINE_MS = 10 * 60_000;
const ACTIONS: ReadonlyMap<string, PendingChange["action"]> = new Map([
  ["create", "create"],
  ["update", "update"],
  ["delete", "delete"],
  ["replace", "replace"],
]);
/** Changes were found: so it ends where somebody's TF_CLI_ARGS asks for `-detailed-exitcode`. */
const CHANGES = 2;

/** @throws AnchorwatchError `terraform_plan_failed` with what Terraform said */
export async function planPending(call: PlanCall): Promise<readonly PlannedAction[]> {
  const args = ["plan", "-json", "-refresh=false", "-lock=false", "-input=false", ...call.variables];
  const { environment, signal } = call;
  const outcome = await runTerraform(call.command, {
    args,
    cwd: call.dir,
    environment,
    signal,
    deadlineMs: DEADLINE_MS,
  });
  if (outcome.status !== 0 && outcome.status !== CHANGES) throw planFailed(call, outcome);
  return events(outcome.stdout).flatMap(plannedAction);
}

interface PlanEvent {
  readonly type?: string;
  readonly change?: { readonly action?: string; readonly resource?: { readonly addr?: string } };
  readonly diagnostic?: { readonly severity?: string; readonly summary?: string; readonly detail?: string };
}

function plannedAction({ type, change }: PlanEvent): PlannedAction[] {
  const action = ACTIONS.get(change?.action ?? "");
  const address = change?.resource?.addr;
  if (type !== "planned_change" || action === undefined || address === undefined) return [];
  return [{ address: address as ResourceAddress, action }];
}

/** One JSON object a line; a line that is none is for people. */
function events(stdout: string): PlanEvent[] {
  return stdout.split("\n").flatMap(event);
}

function event(line: string): PlanEvent[] {
  if (!line.startsWith("{")) return [];
  try {
    return [JSON.parse(line) as PlanEvent];
  } catch (cause) {
    // Terraform's own lines are whole; a provider or a wrapper may print anything.
    if (cause instanceof SyntaxError) return [];
    throw cause;
  }
}

function planFailed(call: PlanCall, { status, stdout, stderr }: CommandOutcome): AnchorwatchError {
  const said = events(stdout).flatMap(({ diagnostic }) =>
    diagnostic?.severity === "error"
      ? [`${diagnostic.summary ?? ""}. ${diagnostic.detail ?? ""}`.trim()]
      : [],
  );
  // Masked as it was said: a secret of several lines is not found in one.
  const why = call
    .mask(said.length > 0 ? said.join(" ") : stderr)
    .replace(/\s+/g, " ")
    .trim();
  const message = `terraform plan failed in ${call.dir}: ${why || `it ended with status ${status} and said nothing`}`;
  return new AnchorwatchError("terraform_plan_failed", message, {
    hint: "Make `terraform plan -refresh=false` work in that folder, or leave --pending out.",
    location: { file: call.dir },
  });
}
