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
const ACTIONS: Readonly<Record<string, PendingChange["action"]>> = {
  create: "create",
  update: "update",
  delete: "delete",
  replace: "replace",
};

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
  if (outcome.status !== 0) throw planFailed(call, outcome);
  return events(outcome.stdout).flatMap(plannedAction);
}

interface PlanEvent {
  readonly type?: string;
  readonly change?: { readonly action?: string; readonly resource?: { readonly addr?: string } };
  readonly diagnostic?: { readonly severity?: string; readonly summary?: string; readonly detail?: string };
}

function plannedAction({ type, change }: PlanEvent): PlannedAction[] {
  const action = ACTIONS[change?.action ?? ""];
  const address = change?.resource?.addr;
  if (type !== "planned_change" || action === undefined || address === undefined) return [];
  return [{ address: address as ResourceAddress, action }];
}

/** One JSON object a line; a line that is none is for people. */
function events(stdout: string): PlanEvent[] {
  return stdout.split("\n").flatMap((line) => (line.startsWith("{") ? [JSON.parse(line) as PlanEvent] : []));
}

function planFailed(call: PlanCall, { stdout, stderr }: CommandOutcome): AnchorwatchError {
  const said = events(stdout).flatMap(({ diagnostic }) =>
    diagnostic?.severity === "error" ? [`${diagnostic.summary}. ${diagnostic.detail ?? ""}`.trim()] : [],
  );
  const why = call.mask((said.length > 0 ? said.join(" ") : stderr.trim()).replace(/\s+/g, " "));
  return new AnchorwatchError("terraform_plan_failed", `terraform plan failed in ${call.dir}: ${why}`, {
    hint: "Make `terraform plan -refresh=false` work in that folder, or leave --pending out.",
    location: { file: call.dir },
  });
}
