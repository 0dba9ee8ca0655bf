/** Everything that the code says and nobody deployed, from what can be told natively and, where asked for, from Terraform. */
import type { PendingChange } from "../domain/check.ts";
import { AnchorwatchError, type Warning } from "../domain/errors.ts";
import { findTerraform } from "../terraform/command.ts";
import { type PlannedAction, planPending } from "../terraform/pending/terraformPlan.ts";
import type { Targeting } from "../terraform/read/targets.ts";
import type { StackRequest } from "./stackAccess.ts";
import { variableOption } from "./variableOption.ts";

export interface PendingSources {
  /** From the code's own values and addresses. */
  readonly native: readonly PendingChange[];
  readonly isTargeted: Targeting;
  /** Time was up before all was read: Terraform is not asked any more, and what was read is told. */
  readonly isCutShort: boolean;
  readonly signal: AbortSignal;
  readonly mask: (text: string) => string;
}

interface Pending {
  /** Of what the check was asked for. */
  readonly pending: readonly PendingChange[];
  readonly warnings: readonly Warning[];
}

/** @throws AnchorwatchError `terraform_command_failed`, `terraform_plan_failed` */
export async function pendingChanges(request: StackRequest, sources: PendingSources): Promise<Pending> {
  const { native, isTargeted, isCutShort } = sources;
  const isAsked = request.pending === "plan" && request.withCode;
  const all = isAsked && !isCutShort ? joined(native, await plannedBy(request, sources)) : native;
  return { pending: all.filter(isTargeted), warnings: isAsked && isCutShort ? [NOT_ASKED] : [] };
}

const NOT_ASKED: Warning = {
  code: "terraform_plan_failed",
  message:
    "terraform plan was not run, since the check's time was up: only what the code tells by itself is pending",
  hint: "Give the check more time with --timeout.",
};

async function plannedBy(
  request: StackRequest,
  { signal, mask }: PendingSources,
): Promise<readonly PlannedAction[]> {
  const command = findTerraform(request.environment);
  if (command === undefined) throw notThere();
  const { dir, workspace } = request;
  // Left alone, Terraform plans in the workspace that is selected in the folder.
  const environment = { ...request.environment, ...(workspace && { TF_WORKSPACE: workspace }) };
  const variables = request.variables.map(variableOption);
  return planPending({ command, dir, variables, environment, signal, mask });
}

/** Terraform says which resources; the values that were told natively come with them. */
function joined(
  native: readonly PendingChange[],
  planned: readonly PlannedAction[],
): readonly PendingChange[] {
  const known = new Map(native.map((change) => [change.address, change]));
  return planned.map(({ address, action }) => {
    const own = known.get(address);
    return own === undefined ? { address, action, changes: [], alreadyLive: false } : { ...own, action };
  });
}

function notThere(): AnchorwatchError {
  return new AnchorwatchError(
    "terraform_command_failed",
    "--pending needs terraform or tofu, and neither is on the PATH",
    {
      hint: "Install one of them, or leave --pending out: what the code tells by itself is shown all the same.",
    },
  );
}
